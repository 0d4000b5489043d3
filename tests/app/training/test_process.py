"""A trainer as a process: how it ends, and what is made of that. A script stands in for it."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from thresher.adapters.errors import ModelError, ThresherError, UsageError
from thresher.adapters.training.run_config import RunConfig
from thresher.app.cli.exits import exit_code
from thresher.app.training import process
from thresher.app.training.process import TrainingDiverged, TrainingError, train

Trainer = Callable[[str], RunConfig]


@pytest.fixture
def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trainer:
    """Puts a script of the shell in the trainer's place; gives a run."""

    def of(script: str) -> RunConfig:
        path = tmp_path / "trainer"
        path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        path.chmod(0o755)
        monkeypatch.setattr(process.sys, "executable", str(path))
        return RunConfig(base=tmp_path, out=tmp_path / "run", labels=(tmp_path / "labels.jsonl",))

    return of


@pytest.mark.parametrize(
    ("code", "kind", "ends"),
    [
        (2, UsageError, 2),
        (3, TrainingDiverged, 1),
        (4, TrainingError, 1),
        (5, ModelError, 3),
        (1, TrainingError, 1),
    ],
)
def test_what_is_wrong_there_is_wrong_here(
    trainer: Trainer, code: int, kind: type[ThresherError], ends: int
) -> None:
    run = trainer(f"echo 'Note: read' >&2; echo 'Error: one' >&2; echo 'two' >&2; exit {code}")
    news = train(run, "train_mlx", threading.Event())
    assert next(news) == "read"
    with pytest.raises(ThresherError) as raised:
        next(news)
    assert type(raised.value) is kind
    assert raised.value.lines == ("one", "two")
    assert exit_code(raised.value) == ends


def test_a_defect_of_the_trainer_is_told_with_its_last_line(trainer: Trainer) -> None:
    run = trainer("echo Traceback >&2; echo 'KeyError: x' >&2; exit 1")
    with pytest.raises(TrainingError, match="the trainer failed: KeyError: x"):
        list(train(run, "train_mlx", threading.Event()))


def test_a_trainer_that_was_killed_is_told_with_what_helps(trainer: Trainer) -> None:
    with pytest.raises(TrainingError, match=r"in passes as large: close .* another --name with a smaller"):
        list(train(trainer("kill -9 $$"), "train_mlx", threading.Event()))
