"""A trainer's command: `python -m thresher.train_… RUN.yaml`. The same for both trainers.

Narrates on stderr; the metrics and the adapter are in the run's folder. Exit codes: 0 the adapter is written,
2 the run or its labels are wrong, 130 stopped with a state from which the same command goes on.
"""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from thresher.adapters.adapter import Adapter
from thresher.adapters.adapter_folder import write_adapter
from thresher.adapters.errors import ThresherError, UsageError
from thresher.adapters.manifest import Manifest, Recipe
from thresher.adapters.training.learner import Learner
from thresher.adapters.training.loop import Loop, Stopped, Trained
from thresher.adapters.training.memory import affordable
from thresher.adapters.training.metrics import Metric
from thresher.adapters.training.plan import Plan, make_plan
from thresher.adapters.training.run_config import read_run, save_run
from thresher.adapters.training.sides import save_documents
from thresher.adapters.training.state import STATE_FILE

Trainer = Literal["train_mlx", "train_cuda"]
#: The exit code of a stop that left a state, and how a line begins that says what is wrong.
STOPPED = 130
TOLD = "Error: "
#: The adapter's folder within the run's.
ADAPTER = "adapter"
#: The run as it came to be, in its folder.
RUN_FILE = "run.yaml"


def main(
    trainer: Trainer,
    versions: dict[str, str],
    memory: Callable[[], int],
    make_learner: Callable[[Plan], Learner],
) -> int:
    """Runs the command of sys.argv. `memory` tells the bytes that are free, `versions` those of libraries."""
    parser = argparse.ArgumentParser(
        prog=f"python -m thresher.{trainer}",
        description="Trains an adapter. Ctrl-C stops with a state from which the same command goes on.",
    )
    parser.add_argument("run", type=Path, help="the run's YAML file")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        folder = _train(parser.parse_args().run, trainer, versions, memory, make_learner, stop)
    except Stopped:
        _say("Stopped. The state is saved: the same command goes on from here.")
        return STOPPED
    except ThresherError as error:
        _say(f"{TOLD}{error}")
        return 2
    if folder is not None:
        _say(f"The adapter is in {folder}.")
    return 0


def _train(
    run: Path,
    trainer: Trainer,
    versions: dict[str, str],
    memory: Callable[[], int],
    make_learner: Callable[[Plan], Learner],
    stop: threading.Event,
) -> Path | None:
    """The folder of the adapter; None in a process that does not write."""
    config = read_run(run)
    if (config.out / ADAPTER).exists():
        raise UsageError(f"{config.out / ADAPTER}: is there already. Choose another `out`, or remove it.")
    if (config.out / STATE_FILE).exists():
        # The passes of a run that goes on stay as they were, however much memory there is now.
        before = read_run(config.out / RUN_FILE)
        passes = ("batch_tokens", "accumulation", "gradient_checkpointing")
        config = config.model_copy(update={key: getattr(before, key) for key in passes})
    plan = make_plan(config)
    plan, notes = affordable(plan, memory())
    learner = make_learner(plan)
    if learner.rank == 0:
        for note in (*plan.notes, *notes):
            _say(note)
        # What the run came to be: the app reads it, and a reader of the adapter can run it again.
        save_run(config.out / RUN_FILE, plan.config)
        save_documents(config.out, plan.documents)
    trained = Loop(plan, learner, config.out, _Narrator(plan.steps)).run(stop)
    if learner.rank != 0:
        return None
    adapter = Adapter(learner.layers(), plan.config.used_alpha, _manifest(plan, trained, trainer, versions))
    write_adapter(config.out / ADAPTER, adapter)
    (config.out / STATE_FILE).unlink(missing_ok=True)
    return config.out / ADAPTER


def _manifest(plan: Plan, trained: Trained, trainer: Trainer, versions: dict[str, str]) -> Manifest:
    return Manifest(
        name=plan.config.out.name,
        made=datetime.now(UTC).replace(microsecond=0),
        origin="trained",
        base=plan.base.identity,
        pack=plan.pack,
        weights="",
        parent=plan.parent,
        recipe=Recipe(
            trainer=trainer,
            versions=versions,
            # Paths say where this user keeps things, and nothing of the recipe.
            configuration=plan.config.model_dump(mode="json", exclude=plan.config.paths()),
            learning_rate=plan.rate,
            steps=trained.best_step or trained.step,
            seconds=round(trained.seconds, 1),
        ),
        data=plan.data,
    )


class _Narrator:
    """A line now and then: the step, the loss, the time left."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._first: Metric | None = None
        self._told = 0.0

    def __call__(self, metric: Metric) -> None:
        if metric.kind == "validation":
            _say(f"  step {metric.step} of {self._steps}: validation loss {metric.loss:.4f}")
            return
        self._first = self._first or metric
        now = time.monotonic()
        if now - self._told < 5 and metric.step < self._steps:
            return
        self._told = now
        done = metric.step - self._first.step
        left = (metric.seconds - self._first.seconds) / max(done, 1) * (self._steps - metric.step)
        _say(
            f"  step {metric.step} of {self._steps}: loss {metric.loss:.4f}, "
            f"{metric.tokens_per_second:,.0f} tokens a second"
            + (f", about {_span(left)} left" if done else "")
        )


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
