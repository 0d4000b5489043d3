"""`thresher train --sweep` on a tiny base: rates are tried on the labels, and the best one trains."""

import json
import math
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.errors import UsageError
from thresher.adapters.training.metrics import Metric, read_metrics
from thresher.adapters.training.plan import make_plan
from thresher.adapters.training.reading import Reading, load_reading, save_reading
from thresher.adapters.training.run_config import RunConfig, read_run
from thresher.app.cli.main import run_command
from thresher.app.locations import Locations
from thresher.app.session import Session
from thresher.app.training import sweep as sweeping
from thresher.app.training.candidate import TrainingTask, train_candidate
from thresher.app.training.place import begun
from thresher.app.training.process import TrainingDiverged, TrainingStopped
from thresher.app.training.sweep import SweepEnds, TryBegins, TryEnds

from ..conftest import AddAdapter
from .tasks import training_task

RECIPE: dict[str, Any] = {"steps": 3, "rank": 2, "batch_tokens": 1024}
OPTIONS = ["--sweep", "--steps", "3", "--rank", "2", "--batch-tokens", "1024"]
COMMAND = ["train", "--domain", "expenses", *OPTIONS]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    path = tmp_path / "labels.jsonl"
    write_labels(path, 24)
    return path


def write_labels(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            day = f"2026-04-{number + 1:02d}"
            output = {"company": f"Shop {number}", "date": day, "total": f"{number}.20"}
            text = f"Shop {number}\n{day}\nTOTAL {number}.20\n"
            file.write(json.dumps({"id": f"l{number}", "input": text, "output": output}) + "\n")


def task_of(labels: Path, **changes: Any) -> TrainingTask:
    return training_task("expenses", "receipt", labels, **{"recipe": RECIPE, "sweep": True, **changes})


def untrained(monkeypatch: pytest.MonkeyPatch, losses: dict[int, float | None]) -> list[float]:
    """Puts known losses in the trainer's place, None to diverge, by exponent; returns the rates it sees."""
    seen: list[float] = []

    def known(config: RunConfig, *_: Any) -> Iterator[str]:
        assert config.learning_rate is not None
        seen.append(config.learning_rate)
        place = round(math.log2(seen[-1] / seen[0]))
        loss = losses[place]
        yield "the labels are read"
        if loss is None:
            raise TrainingDiverged("the loss is not finite")
        line = {"step": 1, "steps": 1, "kind": "validation", "loss": loss, "tokens": 1, "targets": 1}
        line |= {"tokens_per_second": 1.0, "seconds": 1.0}
        (config.out / "metrics.jsonl").write_text(json.dumps(line) + "\n", "utf-8")

    def read_here(config: RunConfig, *_: Any) -> Reading:
        save_reading(make_plan(config))
        return load_reading(config.out)

    monkeypatch.setattr(sweeping, "train", known)
    monkeypatch.setattr(sweeping, "read", read_here)
    return seen


def test_the_best_rate_of_the_tries_trains_the_adapter(
    home_with_tiny: Locations,
    labels: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = home_with_tiny.training / "expenses-1" / "sweep"
    # Stopped after the first try, and again when the second begins.
    for moment in (TryEnds, TryBegins):
        with pytest.raises(TrainingStopped):
            stop_at(moment, home_with_tiny, task_of(labels))
    (metrics,) = folder.glob("rate-*/metrics.jsonl")
    first = metrics.read_bytes()

    assert run_command([*COMMAND, "--labels", str(labels)]) == 0
    told = capsys.readouterr().err
    assert metrics.read_bytes() == first
    assert told.count("(tried before)") == 1
    assert told.count("labels to train on") == 2  # before the tries, and in the run
    with Session(home_with_tiny) as session:
        recipe = session.registry.find("expenses-1").manifest.recipe
    assert recipe is not None
    assert len(recipe.tried) >= 3
    best = min(recipe.tried, key=lambda each: each.loss if each.loss is not None else float("inf"))
    assert recipe.learning_rate == recipe.configuration["learning_rate"] == best.rate
    assert all(each.steps <= 3 for each in recipe.tried)
    for each in recipe.tried:
        out = folder / f"rate-{each.rate:g}"
        assert read_metrics(out)[-1].loss == each.loss
        assert sorted(path.name for path in out.iterdir()) == [
            ".trainer.lock",
            "asked.yaml",
            "documents.json",
            "metrics.jsonl",
            "run.yaml",
        ]
    assert not (folder / "reading").exists()
    assert f"{best.loss:.4f}  <- taken" in told
    assert read_run(folder / "run" / "run.yaml").learning_rate == best.rate
    # Once the adapter is gone, its name is free for a sweep of other labels.
    with Session(home_with_tiny) as session:
        session.registry.remove("expenses-1")
    write_labels(labels, 25)
    untrained(monkeypatch, {0: 1.0, 1: 2.0, -1: 2.0})
    assert len(swept(home_with_tiny, labels)[0].tries) == 3


def test_a_stop_while_labels_are_read_waits_for_no_document(
    home_with_tiny: Locations, labels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless, reads = tmp_path / "trainer", tmp_path / "reads"
    endless.write_text(f"#!/bin/sh\nmkdir '{reads}'\nexec sleep 600\n", "utf-8")
    endless.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(endless))
    cancel = threading.Event()

    def stop_once_it_reads() -> None:
        while not reads.exists():
            time.sleep(0.05)
        cancel.set()

    threading.Thread(target=stop_once_it_reads, daemon=True).start()
    with Session(home_with_tiny) as session, pytest.raises(TrainingStopped, match="before the sweep began"):
        list(train_candidate(session, task_of(labels), cancel))
    assert not begun(home_with_tiny.training / "expenses-1")
    assert not any((home_with_tiny.training / "expenses-1" / "sweep").iterdir())


def test_a_rate_that_diverges_is_the_worst_and_the_sweep_goes_on(
    home_with_tiny: Locations, labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = untrained(monkeypatch, {0: None, -1: 2.0, -2: 1.0, -3: 1.5})
    ends, lines = swept(home_with_tiny, labels)
    assert [each.loss for each in ends.tries] == [1.5, 1.0, 2.0, None]
    assert ends.rate == seen[2]
    assert lines.count("the labels are read") == 1
    # What was tried is not tried again, the one that diverged neither.
    assert swept(home_with_tiny, labels)[0] == ends
    assert len(seen) == 4


def test_no_rate_with_a_finite_loss_is_said(
    home_with_tiny: Locations, labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    untrained(monkeypatch, dict.fromkeys(range(-4, 1)))
    with pytest.raises(UsageError, match=r"no rate from .* up has a finite loss"):
        swept(home_with_tiny, labels)


def test_tries_of_other_labels_are_refused(
    home_with_tiny: Locations, labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    untrained(monkeypatch, {0: 1.0, 1: 2.0, -1: 2.0})
    swept(home_with_tiny, labels)
    write_labels(labels, 25)
    with pytest.raises(UsageError, match=r"try.json: is of another sweep"):
        swept(home_with_tiny, labels)


def test_a_try_that_cannot_be_read_is_named(
    home_with_tiny: Locations, labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    untrained(monkeypatch, {0: 1.0, 1: 2.0, -1: 2.0})
    swept(home_with_tiny, labels)
    broken = next((home_with_tiny.training / "expenses-1" / "sweep").glob("rate-*")) / "try.json"
    broken.write_text("{", "utf-8")
    with pytest.raises(UsageError, match=r"try.json: cannot be read"):
        swept(home_with_tiny, labels)


def stop_at(moment: type, home: Locations, task: TrainingTask) -> None:
    """Asks to stop once news of that kind comes, and reads on."""
    cancel = threading.Event()
    with Session(home) as session:
        for news in train_candidate(session, task, cancel):
            if isinstance(news, moment):
                cancel.set()


def swept(home: Locations, labels: Path) -> tuple[SweepEnds, list[str]]:
    """How the sweep ends, and the lines that it says; the run after it is left alone."""
    lines: list[str] = []
    with Session(home) as session:
        for news in train_candidate(session, task_of(labels), threading.Event()):
            if isinstance(news, SweepEnds):
                return news, lines
            lines += [news] if isinstance(news, str) else []
    raise AssertionError("the sweep did not end")


def test_a_sweep_goes_on_with_the_adapter_that_it_began_with(
    home_with_tiny: Locations, labels: Path, monkeypatch: pytest.MonkeyPatch, add_adapter: AddAdapter
) -> None:
    """Whatever answers by now, also where it was stopped in its first try."""
    for seed, name in enumerate(("first", "other")):
        add_adapter(name, seed)
    untrained(monkeypatch, {0: 1.0, 1: 2.0, -1: 2.0})
    task = task_of(labels, recipe=RECIPE | {"rank": 4})
    with Session(home_with_tiny) as session:
        session.promote("first", "expenses", force=True)
        with pytest.raises(TrainingStopped):
            stop_at(TryEnds, home_with_tiny, task)
        session.promote("other", "expenses", force=True)
        news = train_candidate(session, task, threading.Event())
        assert next(news) == "goes on where it was stopped; it began with first"
        assert any(isinstance(each, SweepEnds) for each in news)


def test_a_run_without_a_sweep_is_never_taken_for_it(
    home_with_tiny: Locations, labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plain run of the same name that was stopped leaves a state, which the sweep's run must not meet."""
    # So many steps that the stop comes in time on a busy machine, too.
    long = RECIPE | {"steps": 500}
    with pytest.raises(TrainingStopped):
        stop_at(Metric, home_with_tiny, task_of(labels, sweep=False, recipe=long))
    plain = home_with_tiny.training / "expenses-1" / "state.safetensors"
    before = plain.read_bytes()
    untrained(monkeypatch, {0: 1.0, 1: 2.0, -1: 2.0})
    assert run_command([*COMMAND, "--labels", str(labels)]) == 0
    assert plain.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--learning-rate", "0.01"], "--sweep finds the learning rate"),
        ([], "held back"),
    ],
)
def test_what_a_sweep_needs_is_said(
    home_with_tiny: Locations,
    tmp_path: Path,
    arguments: list[str],
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    few = tmp_path / "few.jsonl"
    write_labels(few, 2)
    assert run_command([*COMMAND, "--labels", str(few), *arguments]) == 2
    assert told in capsys.readouterr().err
