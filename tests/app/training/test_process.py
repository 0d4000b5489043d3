"""A trainer as a process: how it ends, and what is made of that. A script stands in for it."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from thresher.adapters.errors import ModelError, ThresherError, UsageError
from thresher.adapters.training.reading import Reading
from thresher.adapters.training.run_config import RunConfig
from thresher.app.cli.exits import exit_code
from thresher.app.training import process
from thresher.app.training.process import TrainingDiverged, TrainingError, TrainingStopped, read, train

Trainer = Callable[[str], RunConfig]


@pytest.fixture
def trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trainer:
    """Puts a script of the shell in the trainer's place; gives a run."""

    def of(script: str) -> RunConfig:
        path = tmp_path / "trainer"
        path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        path.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(path))
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


def test_what_the_trainer_finds_in_a_run_is_read(trainer: Trainer) -> None:
    found = Reading(hash="h", steps_per_epoch=2, hidden_size=64, train=9, validation=1, notes=("9 labels",))
    writes = f"cat > \"${{4%/*}}/reading.json\" <<'END'\n{found.model_dump_json()}\nEND"
    run = trainer(f'[ "$6" = --just-read ] || exit 4\n{writes}')
    assert read(run, "train_mlx", threading.Event()) == found


def test_labels_that_are_wrong_when_they_are_read_are_wrong_here(trainer: Trainer) -> None:
    with pytest.raises(UsageError, match=r"^no label$"):
        read(trainer("echo 'Error: no label' >&2; exit 2"), "train_mlx", threading.Event())


def test_a_defect_of_the_trainer_is_told_with_its_last_line(trainer: Trainer) -> None:
    run = trainer("echo Traceback >&2; echo 'KeyError: x' >&2; exit 1")
    with pytest.raises(TrainingError, match="the trainer failed: KeyError: x"):
        list(train(run, "train_mlx", threading.Event()))


def test_a_trainer_that_was_killed_is_told_with_what_helps(trainer: Trainer) -> None:
    with pytest.raises(TrainingError, match=r"in passes as large: close .* another --name with a smaller"):
        list(train(trainer("kill -9 $$"), "train_mlx", threading.Event()))


#: Says its number and runs on; a deaf one takes no notice of a signal.
RUNS = 'echo "Note: $$"; exec sleep 60'
DEAF = f"trap '' TERM; {RUNS}"


def is_gone(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    return False


@pytest.fixture
def interrupted() -> Iterator[None]:
    """Ctrl-C comes in a moment."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 1.0)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_a_trainer_that_does_not_listen_yet_is_stopped_by_the_signal(trainer: Trainer) -> None:
    cancel = threading.Event()
    news = train(trainer(RUNS), "train_mlx", cancel)
    pid = str(next(news))
    cancel.set()
    with pytest.raises(TrainingStopped):
        next(news)
    assert is_gone(pid)


def test_a_second_ctrl_c_leaves_no_trainer(
    trainer: Trainer, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first waits for the step in hand, as long as that takes."""
    monkeypatch.setattr(process, "_GRACE", 60.0)
    cancel = threading.Event()
    news = train(trainer(DEAF), "train_mlx", cancel)
    pid = str(next(news))
    cancel.set()
    request.getfixturevalue("interrupted")
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        next(news)
    assert time.monotonic() - began < 30
    assert is_gone(pid)


def test_a_caller_that_goes_away_leaves_no_trainer(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_GRACE", 0.2)
    news = train(trainer(DEAF), "train_mlx", threading.Event())
    pid = str(next(news))
    news.close()  # type: ignore[attr-defined]
    assert is_gone(pid)
