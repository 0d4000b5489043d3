"""A sweep: short runs of a trainer on the user's own labels, one a learning rate, until the best is found.

Knows the trainer as a process, which reads the labels, too. Each try has a folder; what came of it is kept
there, so that a sweep that was stopped or killed goes on where it was.
"""

import json
import math
import shutil
import threading
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thresher.adapters.atomic import saving
from thresher.adapters.errors import UsageError
from thresher.adapters.manifest import TriedRate
from thresher.adapters.training.command import ADAPTER, Trainer
from thresher.adapters.training.metrics import Metric, read_metrics
from thresher.adapters.training.plan import steps_of
from thresher.adapters.training.reading import Reading
from thresher.adapters.training.run_config import RunConfig, save_run
from thresher.adapters.training.state import STATE_FILE
from thresher.app.training.process import ASKED_FILE, TrainingDiverged, TrainingStopped, read, train
from thresher.app.training.rate_search import best_exponent, least_tries_left, next_exponent, rate_of

#: The steps of a try are those of an epoch, but no fewer and no more than these, and never more than the
#: run's own.
LEAST_STEPS, MOST_STEPS = 40, 60
#: What is kept of a try, in its folder.
TRY_FILE = "try.json"
#: Where the trainer says what the labels come to, within the sweep's folder, until that is read.
_READING = "reading"


@dataclass(frozen=True)
class TryBegins:
    """The next rate. `more` tries follow at least."""

    rate: float
    steps: int
    number: int
    more: int


@dataclass(frozen=True)
class TryEnds:
    """What came of it. `before`: it was tried in an earlier part of the sweep."""

    tried: TriedRate
    before: bool


@dataclass(frozen=True)
class SweepEnds:
    """The tries by rate, and the rate that was best."""

    tries: tuple[TriedRate, ...]
    rate: float


SweepNews = TryBegins | TryEnds | SweepEnds


@dataclass(frozen=True)
class _Trial:
    """A try to be. `labels` is the hash of what is tried, but for rate and steps."""

    config: RunConfig
    rate: float
    steps: int
    labels: str

    @property
    def hash(self) -> str:
        """What came of another one is never taken for what came of this."""
        return f"{self.labels} {self.steps}"


def sweep(
    config: RunConfig, folder: Path, trainer: Trainer, cancel: threading.Event
) -> Generator[Metric | str | SweepNews, None, SweepEnds]:
    """Tries rates for the run of `config`, each in a folder of its own within `folder`.

    Yields what comes as it comes; returns what it ends with. A rate whose loss is not finite is the worst,
    and the sweep goes on. Raises UsageError where nothing is held back to judge by, where no rate
    is any good, or where `folder` has the tries of other labels; TrainingStopped; TrainingError.
    """
    reading = _read(config, folder, trainer, cancel)
    yield from reading.notes
    said = set(reading.notes)
    steps = _steps(config, reading)
    default = config.model_copy(update={"learning_rate": None}).used_learning_rate(reading.hidden_size)
    tries: dict[int, TriedRate] = {}
    losses: dict[int, float] = {}
    while (exponent := next_exponent(losses)) is not None:
        rate = rate_of(default, exponent)
        trial = _Trial(_short(config, steps, rate, folder), rate, steps, reading.hash)
        tried = _kept(trial)
        before = tried is not None
        if tried is None:
            if cancel.is_set():
                raise TrainingStopped("stopped; the same command goes on with the sweep")
            yield TryBegins(rate, steps, len(tries) + 1, least_tries_left(losses) - 1)
            tried = yield from _tried(trial, trainer, cancel, said)
        tries[exponent] = tried
        losses[exponent] = math.inf if tried.loss is None else tried.loss
        yield TryEnds(tried, before)
    best = best_exponent(losses)
    if best is None or math.isinf(losses[best]):
        raise UsageError(
            f"no rate from {rate_of(default, min(losses)):g} up has a finite loss: look at the labels, then "
            f"remove {folder} and sweep again."
        )
    ends = SweepEnds(tuple(tries[each] for each in sorted(tries)), rate_of(default, best))
    yield ends
    return ends


def _read(config: RunConfig, folder: Path, trainer: Trainer, cancel: threading.Event) -> Reading:
    """What the labels come to. Raises UsageError where none is held back."""
    out = folder / _READING
    try:
        reading = read(config.model_copy(update={"epochs": 1, "steps": None, "out": out}), trainer, cancel)
    except TrainingStopped:
        raise TrainingStopped("stopped before the sweep began") from None
    finally:
        shutil.rmtree(out, ignore_errors=True)  # its notes quote values of the labels
    if not reading.validation:
        raise UsageError(
            f"a sweep judges rates by labels that are held back, and of these {reading.train} none is. "
            "Name files with --validation, or give more labels."
        )
    return reading


def _steps(config: RunConfig, reading: Reading) -> int:
    epoch = reading.steps_per_epoch
    return min(max(epoch, LEAST_STEPS), steps_of(config, epoch), MOST_STEPS)


def _short(config: RunConfig, steps: int, rate: float, folder: Path) -> RunConfig:
    # One validation, at the end: the schedule comes to its end there too.
    short = {"epochs": 1, "steps": steps, "evaluate_every": steps}
    return config.model_copy(update={**short, "learning_rate": rate, "out": folder / f"rate-{rate:g}"})


def _tried(
    trial: _Trial, trainer: Trainer, cancel: threading.Event, said: set[str]
) -> Generator[Metric | str, None, TriedRate]:
    """Runs the trainer, and keeps what came of it, not the adapter. Yields no line that was `said` before."""
    config = trial.config
    save_run(config.out / ASKED_FILE, config)  # first: a try that is there says how it began
    _keep(trial, None)
    loss: float | None = None
    try:
        for news in train(config, trainer, cancel):
            if news not in said:
                yield news
            if isinstance(news, str):
                said.add(news)
        loss = read_metrics(config.out)[-1].loss
    except TrainingDiverged:
        pass
    tried = TriedRate(rate=trial.rate, loss=loss, steps=trial.steps)
    _keep(trial, tried)
    shutil.rmtree(config.out / ADAPTER, ignore_errors=True)
    (config.out / STATE_FILE).unlink(missing_ok=True)
    return tried


def _keep(trial: _Trial, tried: TriedRate | None) -> None:
    """Writes what the try is, by the hash of its run, and what came of it so far."""
    content = {"run": trial.hash, "tried": tried.model_dump() if tried else None}
    remedy = "Free some space or allow writing; the same command then goes on."
    with saving(trial.config.out / TRY_FILE, remedy) as file:
        file.write(json.dumps(content).encode())


def _kept(trial: _Trial) -> TriedRate | None:
    """What came of the try in an earlier part of this sweep. Raises UsageError where it was another's."""
    path = trial.config.out / TRY_FILE
    try:
        content: Any = json.loads(path.read_bytes())
        run, tried = content["run"], content["tried"]
        kept = TriedRate.model_validate(tried) if tried is not None else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path}: cannot be read ({error}). Remove the folder {trial.config.out}: the rate is then tried "
            "again."
        ) from error
    if run != trial.hash:
        raise UsageError(
            f"{path}: is of another sweep: labels, base or configuration differ from now. Put them back, "
            f"choose another --name, or remove the folder {trial.config.out.parent} to sweep anew."
        )
    return kept
