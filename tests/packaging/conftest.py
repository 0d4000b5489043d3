"""The scripts of `packaging/`, as modules, and a maker of adapters on a tiny base."""

import json
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from thresher.app.locations import Locations
from thresher.app.models import local

SETS = {
    "expenses/receipt": {"company": "Shop", "total": "7.50"},
    "manufacturing/work_order": {"states": ["leaking"], "activities": []},
}
KEYS = {"steps": 2, "rank": 2, "batch_tokens": 1024, "answer_tokens": 64}

_SCRIPTS = (
    "adapter_card",
    "make_adapters",
    "make_agreements",
    "make_assorted",
    "make_examples",
    "make_listings",
    "make_record_forms",
    "merging",
    "recipes",
    "rounds",
    "scoring",
)
_WRITERS = (
    "clinical_notes",
    "invoice_facts",
    "order_notes",
    "page_layout",
    "production_facts",
    "production_writer",
    "risk_facts",
    "risk_parties",
    "risk_values",
    "risk_writer",
    "statement_facts",
    "statement_writer",
    "valuation_facts",
    "valuation_values",
    "valuation_writer",
)


@pytest.fixture(scope="session")
def scripts(repository: Path) -> Iterator[dict[str, Any]]:
    """By name. Skips where they are not: the sdist has none."""
    folder = repository / "packaging"
    if not (folder / "make_listings.py").is_file():
        pytest.skip("not a checkout: the sdist has no packaging scripts")
    sys.path.insert(0, str(folder))
    try:
        modules = {name: import_module(name) for name in _SCRIPTS}
        yield modules | {name: import_module(f"writers.{name}") for name in _WRITERS}
    finally:
        sys.path.remove(str(folder))


@pytest.fixture
def make(
    scripts: dict[str, Any],
    home: Locations,
    starter: Path,
    tmp_path: Path,
    base_maker: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], Any]:
    """A maker with two recipes, whose places are in this test's folder."""
    local.add(home.models, base_maker(tmp_path / "base", starter, "llama"), "tiny")
    recipes, adapters = tmp_path / "recipes", scripts["make_adapters"]
    recipes.mkdir()
    sources = {}
    for name, output in SETS.items():
        folder = tmp_path / "data" / name
        folder.mkdir(parents=True)
        for side, count in (("train", 12), ("dev", 3)):
            lines = [
                {"id": f"{side}-{n}", "input": f"Shop {side} {n}\nleaking\n7.50", "output": output}
                for n in range(count)
            ]
            (folder / f"{side}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        sources[name] = {
            "title": f"Labels of {name}",
            "licence": f"licence of {name}",
            "attribution": f"authors of {name}",
            "labels": [f"data/{name}/train.jsonl"],
            "dev": f"data/{name}/dev.jsonl",
        }
    augment = {"share": 0.5, "rename": 0.5}
    (recipes / "sources.yaml").write_text(yaml.safe_dump(sources), "utf-8")
    general = {"strength": 0.5, "run": {"augment": augment}, "sets": {name: {"most": 6} for name in SETS}}
    (recipes / "general.yaml").write_text(yaml.safe_dump(general), "utf-8")
    expenses = {"parent": "general", "run": {"learning_rate": 0.01}, "sets": {"expenses/receipt": None}}
    (recipes / "expenses.yaml").write_text(yaml.safe_dump(expenses), "utf-8")
    monkeypatch.setattr(scripts["recipes"], "FOLDER", recipes)
    monkeypatch.setattr(adapters, "MADE", recipes / "made.yaml")
    monkeypatch.setattr(adapters, "GENERAL_FOLDER", tmp_path / "shipped" / "general")
    monkeypatch.setattr(adapters, "SHIPPED", tmp_path / "shipped" / "packs")
    return lambda: adapters.Maker(tmp_path / "data", tmp_path / "work", "tiny", "train_mlx", "a desk", KEYS)


@pytest.fixture
def always_better(scripts: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Two steps on a random base make nothing better than its parent, and what is not does not ship."""
    monkeypatch.setattr(scripts["make_adapters"].Maker, "_worse", lambda *_: "")
