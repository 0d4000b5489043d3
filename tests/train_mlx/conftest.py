"""A tiny base, twelve labels of unequal length, and a run's configuration."""

import json
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.training.plan import Plan, make_plan
from thresher.adapters.training.run_config import RunConfig

_WORDS = [
    "tea",
    "coffee",
    "bread",
    "flour",
    "butter",
    "salt",
    "sugar",
    "milk",
    "honey",
    "rye",
    "oats",
    "figs",
]


@pytest.fixture(autouse=True)
def steady_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A product's last bits follow from its threads, and those from what else runs: not here."""
    monkeypatch.setattr("thresher.train_mlx.learner.fit_threads", lambda: None)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")  # of the processes that a test starts


@pytest.fixture(scope="session")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Receipts that name a shop, a date and a total."""
    path = tmp_path_factory.mktemp("labels") / "labels.jsonl"
    lines = []
    for number in range(12):
        day, total = f"2026-03-{number + 1:02d}", f"{number + 3}.50"
        goods = "\n".join(f"{word} 1.00" for word in _WORDS[: 1 + number])
        text = f"{_WORDS[number].title()} House\n{day}\n{goods}\nTOTAL {total}\n"
        output = {"company": f"{_WORDS[number].title()} House", "date": day, "total": total}
        lines.append(json.dumps({"id": f"r{number}", "input": text, "output": output}))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def run_of(base: Path, labels: Path, out: Path, **changes: Any) -> RunConfig:
    """A run of nine steps with two passes each."""
    given = {
        "base": base,
        "out": out,
        "domain": "expenses",
        "record_type": "receipt",
        "labels": [labels],
        "validation_share": 0.2,
        "rank": 4,
        "epochs": 3,
        "batch_size": 2,
        "batch_tokens": 1024,
        "accumulation": 2,
        "save_every": 2,
        "learning_rate": 0.01,
    }
    return RunConfig.model_validate(given | changes)


@pytest.fixture
def plan(tiny_base: Path, labels: Path, tmp_path: Path) -> Plan:
    """The plan of that run."""
    return make_plan(run_of(tiny_base, labels, tmp_path / "run"))
