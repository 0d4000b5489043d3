"""The loop of a run: steps, validation, saves. The same for every trainer.

Knows no model and no device: a `Learner` takes the steps. After a kill at any moment the run goes on from
the last save and ends with the same adapter as one left alone.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from thresher.adapters.errors import UsageError
from thresher.adapters.training.batches import as_padding, collate
from thresher.adapters.training.learner import Learner
from thresher.adapters.training.metrics import Metric, MetricsWriter
from thresher.adapters.training.plan import Plan
from thresher.adapters.training.schedule import rate_at
from thresher.adapters.training.state import Progress, SavedState, load_state, save_state


class Stopped(Exception):
    """The run was asked to stop; its state is saved."""


class Diverged(UsageError):
    """A loss or the gradients are not finite any more, most often because the rate is too high."""


@dataclass(frozen=True)
class Trained:
    """The end of a run: the learner holds the adapter of its last step."""

    steps: int
    seconds: float


class Loop:
    """One run in one folder. All processes of a run go through it together; the first one writes."""

    def __init__(
        self, plan: Plan, learner: Learner, folder: Path, tell: Callable[[Metric], None] | None = None
    ) -> None:
        """`tell` is called with each line of the metrics."""
        self._plan, self._learner, self._folder = plan, learner, folder
        self._tell = tell
        self._writes = learner.rank == 0
        self._progress = Progress()
        self._began = time.monotonic()

    def run(self, stop: threading.Event) -> Trained:
        """From the saved state, or from the start, to the end.

        Raises Stopped soon after `stop` is set, Diverged where a loss is not finite, UsageError where a save
        fails or the processes of the run see different runs.
        """
        saved = load_state(self._folder, self._plan.hash)
        if saved:
            self._progress = saved.progress
            self._learner.restore(saved.tensors, saved.progress.step)
        self._agree()
        self._began = time.monotonic() - self._progress.seconds
        resumed = saved.progress.step if saved else None
        with MetricsWriter(self._folder, resumed) if self._writes else _Silent() as metrics:
            while self._progress.step < self._plan.steps:
                if self._learner.total(float(stop.is_set()))[0]:
                    self._save()
                    raise Stopped
                self._step(metrics)
        return Trained(self._progress.step, self._elapsed())

    def _agree(self) -> None:
        """Every process must see the same run at the same step, or they would add up what does not belong."""
        learner = self._learner
        # Numbers below 2**20: a sum in float32 is exact.
        mine = [float(int(self._plan.hash[:5], 16)), float(self._progress.step)]
        if learner.total(*mine) != [learner.world * each for each in mine]:
            raise UsageError(
                "the processes of this run do not see the same labels, base, configuration or saved state. "
                "Give all of them the same files, the run's folder too."
            )

    def _step(self, metrics: "MetricsWriter | _Silent") -> None:
        plan, learner, began = self._plan, self._learner, time.monotonic()
        step = self._progress.step
        batches = plan.step(step)
        loss, targets, tokens = 0.0, 0, 0
        broken: list[str] = []
        for at, counts in self._dealt(len(batches)):
            batch = collate(plan.train, batches[at])
            batch = batch if counts else as_padding(batch)
            one = learner.accumulate(batch, step * len(batches) + at)
            broken += [] if math.isfinite(one) else batch.ids
            loss += one
            targets += batch.target_count
            tokens += int(batch.lengths.sum())
        loss, all_targets, all_tokens = learner.total(loss, targets, tokens)
        _check("the loss is", loss, step, broken)
        rate = rate_at(step, plan.steps, plan.rate, plan.config.warm_up, plan.config.rate_floor)
        norm = learner.update(int(all_targets), rate)
        _check("the gradients are", norm, step, [plan.train[each].id for batch in batches for each in batch])
        seconds = max(time.monotonic() - began, 1e-9)
        self._progress = replace(self._progress, step=step + 1, seconds=self._elapsed())
        self._put(
            metrics,
            Metric(
                step=step + 1,
                steps=plan.steps,
                kind="train",
                loss=loss / all_targets,
                tokens=int(all_tokens),
                targets=int(all_targets),
                tokens_per_second=all_tokens / seconds,
                seconds=self._progress.seconds,
                rate=rate,
                norm=norm,
                memory=learner.peak_memory(),
            ),
        )
        if plan.validates_after(step + 1):
            self._validate(metrics)
        if (step + 1) % plan.config.save_every == 0 or step + 1 == plan.steps:
            self._save()

    def _validate(self, metrics: "MetricsWriter | _Silent") -> None:
        learner, began = self._learner, time.monotonic()
        loss, targets, tokens = 0.0, 0, 0
        broken: list[str] = []
        batches = list(self._plan.validation_batches())
        for at, counts in self._dealt(len(batches)):
            batch = batches[at] if counts else as_padding(batches[at])
            one = learner.loss(batch)
            broken += [] if math.isfinite(one) else batch.ids
            loss += one
            targets += batch.target_count
            tokens += int(batch.lengths.sum())
        loss, targets_, tokens_ = learner.total(loss, targets, tokens)
        step = self._progress.step
        _check("the loss is", loss, step, broken)
        seconds = time.monotonic() - began
        self._put(
            metrics,
            Metric(
                step=step,
                steps=self._plan.steps,
                kind="validation",
                loss=loss / targets_,
                tokens=int(tokens_),
                targets=int(targets_),
                tokens_per_second=tokens_ / max(seconds, 1e-9),
                seconds=self._elapsed(),
                memory=learner.peak_memory(),
            ),
        )

    def _dealt(self, count: int) -> Iterator[tuple[int, bool]]:
        """The places of this process's passes among `count`, and whether each counts.

        A process that has none left when others have goes along where a pass is all processes' work.
        """
        learner = self._learner
        for first in range(0, count, learner.world):
            if (at := first + learner.rank) < count:
                yield at, True
            elif learner.in_step:
                yield count - 1, False

    def _put(self, metrics: "MetricsWriter | _Silent", metric: Metric) -> None:
        metrics.write(metric)
        if self._tell and self._writes:
            self._tell(metric)

    def _save(self) -> None:
        tensors = self._learner.state()
        self._progress = replace(self._progress, seconds=self._elapsed())
        if self._writes:
            save_state(self._folder, self._plan.hash, SavedState(self._progress, tensors))

    def _elapsed(self) -> float:
        return time.monotonic() - self._began


def _check(what: str, number: float, step: int, ids: Sequence[str]) -> None:
    """Raises Diverged where a number that all processes share is not finite, so that all of them end.

    `ids` are the labels at fault that this process saw; another one may have seen them.
    """
    if not math.isfinite(number):
        where = f"in the batch of {', '.join(ids)}" if ids else "in a batch of another process"
        raise Diverged(
            f"{what} not finite at step {step + 1}, {where}. The run stopped; the state saved before stays. "
            "Look at these labels, or lower learning_rate."
        )


class _Silent:
    """Stands for the metrics where another process writes them."""

    def write(self, metric: Metric) -> None:
        """Nothing."""

    def __enter__(self) -> "_Silent":
        return self

    def __exit__(self, *_: object) -> None:
        pass
