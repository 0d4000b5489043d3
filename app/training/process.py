"""A trainer as a process of its own: started, watched through its metrics and what it says, stopped.

A crash or a cancel there harms nothing here. It goes on from its last save when the same run starts again,
and stops by itself when this process is gone.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from thresher.adapters.errors import ModelError, ThresherError, UsageError
from thresher.adapters.training.command import JUST_READ, WITH_PARENT, Trainer
from thresher.adapters.training.exit_codes import DIVERGED, NO_MODEL, STOPPED, WRONG
from thresher.adapters.training.metrics import Metric, read_metrics
from thresher.adapters.training.narration import NOTED, TOLD
from thresher.adapters.training.reading import Reading, load_reading
from thresher.adapters.training.run_config import RunConfig, save_run

#: What the trainer is asked for, in the run's folder.
ASKED_FILE = "asked.yaml"
#: Seconds between two looks at the metrics, and for a trainer to stop whose caller went away.
_LOOK = 0.25
_GRACE = 10.0


class TrainingError(ThresherError):
    """The trainer could not go on; the message is the trainer's own."""

    kind = "training"


class TrainingDiverged(TrainingError):
    """The loss is not finite any more."""


class TrainingStopped(ThresherError):
    """The run was stopped and can go on."""

    kind = "stopped"


#: What an exit code of the trainer is here: what is wrong use there, is so of the command that started it.
_KINDS: dict[int, type[ThresherError]] = {
    WRONG: UsageError,
    DIVERGED: TrainingDiverged,
    NO_MODEL: ModelError,
}


def read(config: RunConfig, trainer: Trainer, cancel: threading.Event) -> Reading:
    """Has the trainer read the run and train nothing; returns what it found.

    A set `cancel` ends it at once. Raises what `train` does.
    """
    for _ in _followed(config, trainer, cancel, JUST_READ):
        pass
    return load_reading(config.out)


def train(config: RunConfig, trainer: Trainer, cancel: threading.Event) -> Iterator[Metric | str]:
    """Runs the trainer to its end; yields the metrics and what it says, as they come.

    A set `cancel` stops the run at its next step. However this ends, no trainer is left. Raises
    TrainingStopped then, UsageError where the run or its labels are wrong, ModelError where its base is
    broken, TrainingDiverged where its loss is not finite, TrainingError where the trainer fails otherwise.
    """
    return _followed(config, trainer, cancel)


def _followed(
    config: RunConfig, trainer: Trainer, cancel: threading.Event, *options: str
) -> Iterator[Metric | str]:
    asked = config.out / ASKED_FILE
    save_run(asked, config)
    with tempfile.TemporaryFile() as said:
        # A file and no pipe: a process that says much never waits for a reader.
        with subprocess.Popen(
            # -P: no file of the folder that it is called from, a `token.py` say, is taken for a module.
            [sys.executable, "-P", "-m", f"thresher.{trainer}", str(asked), WITH_PARENT, *options],
            # Nothing is written to it: however this process ends, the pipe ends too, and the trainer stops.
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            # Ctrl-C on the terminal reaches this process alone, which then stops the trainer.
            start_new_session=True,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"},
        ) as process:
            stopping = False
            try:
                watch = _Watch(config.out, said)
                while process.poll() is None:
                    yield from watch.news()
                    if not stopping and cancel.wait(_LOOK):
                        process.terminate()
                        stopping = True
                    elif stopping:
                        with suppress(subprocess.TimeoutExpired):
                            process.wait(_LOOK)
                yield from watch.news()
            finally:
                _end(process, _GRACE if not cancel.is_set() else 0)
        # While it reads the signal ends it: there is nothing to be saved.
        if process.returncode == STOPPED or (cancel.is_set() and process.returncode == -signal.SIGTERM):
            raise TrainingStopped("stopped; the same command goes on from the last step that was saved")
        if process.returncode != 0:
            raise watch.trouble(process.returncode)


def _end(process: "subprocess.Popen[bytes]", grace: float) -> None:
    """Ends a trainer that still runs: its caller went away, or was told to stop and broke off. It has so many
    seconds to save its state; what a kill costs are the steps since it last did.
    """
    try:
        if grace and process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(grace)
    finally:
        process.kill()
        process.wait()


class _Watch:
    """What a trainer has written since the last look."""

    def __init__(self, folder: Path, said: IO[bytes]) -> None:
        self._folder, self._said = folder, said
        # What an earlier part of the run has written is old news.
        self._metrics = len(read_metrics(folder))
        self._at = 0
        self._rest = b""
        self._last = ""
        self._wrong: list[str] = []

    def news(self) -> Iterator[Metric | str]:
        while data := os.pread(self._said.fileno(), 1 << 20, self._at):
            self._at += len(data)
            *lines, self._rest = (self._rest + data).split(b"\n")
            for line in lines:
                yield from self._heard(line.decode("utf-8", errors="replace"))
        metrics = read_metrics(self._folder)
        yield from metrics[self._metrics :]
        self._metrics = len(metrics)

    def _heard(self, line: str) -> Iterator[str]:
        """The notes: its progress comes from the metrics, better told, what is wrong with the error."""
        self._last = line if line.strip() else self._last
        if self._wrong:
            self._wrong.append(line)
        elif line.startswith(TOLD):
            self._wrong.append(line.removeprefix(TOLD))
        elif line.startswith(NOTED):
            yield line.removeprefix(NOTED)

    def trouble(self, code: int) -> ThresherError:
        if self._wrong:
            wrong = _KINDS.get(code, TrainingError)("\n".join(self._wrong))
            wrong.lines = tuple(self._wrong)
            return wrong
        if code < 0:
            return TrainingError(
                f"the trainer was killed (signal {-code}), perhaps for want of memory. The same command goes "
                "on from the last save, in passes as large: close other programs first. Smaller passes need "
                "less memory and are another run: choose another --name with a smaller --batch-tokens."
            )
        last = self._last.strip() or "it said nothing"
        return TrainingError(f"the trainer failed: {last}. Run `thresher doctor`.")
