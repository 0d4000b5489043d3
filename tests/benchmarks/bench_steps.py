"""How many steps a run needs, and which of its steps is the best: judged on labels that it does not see.

    python tests/benchmarks/bench_steps.py LABELLED --results FILE --only manufacturing/work_order \\
        --labels 10 100 --steps 60 120
    python tests/benchmarks/bench_steps.py --results FILE --table

LABELLED is a folder with DOMAIN/RECORD_TYPE/train.jsonl. Of it the first so many labels are trained on,
starting from the general adapter, with a tenth held back to validate on; the last `JUDGES` are what the
adapter of each quarter of the run is judged on, and that of the lowest validation loss. Nothing of dev.jsonl
is read: what is found here may become a default. The first command goes on where it was stopped.
"""

import argparse
import tempfile
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dev_scores import labelled, scores_of
from label_runs import run_on_first
from results import add_result, markdown, measuring, read_results

from thresher.adapters.manifest import Manifest
from thresher.adapters.training.command import write_layers
from thresher.adapters.training.loop import Loop
from thresher.adapters.training.metrics import Metric
from thresher.adapters.training.plan import make_plan
from thresher.app.registry.folders import GENERAL

JUDGES = 60
#: Steps between two validations.
EVERY = 10


def measure(folder: Path, labels: int, batch: int, steps: int) -> Iterator[dict[str, Any]]:
    """A result for each quarter of the run, and for the step of the lowest loss."""
    from thresher.train_cuda.device import settled
    from thresher.train_cuda.learner import TorchLearner

    others = labelled(folder, "train.jsonl")
    assert labels + JUDGES <= len(others), "what judges is not trained on"
    judges = others[-JUDGES:]
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        every = {"batch_size": batch, "steps": steps, "evaluate_every": EVERY}
        plan = make_plan(settled(run_on_first(folder, labels, GENERAL / "starter", work, work, **every)))
        learner = TorchLearner(plan)
        losses: dict[int, float] = {}

        def keep(metric: Metric) -> None:
            if metric.kind == "validation":
                losses[metric.step] = metric.loss
                manifest = Manifest(
                    name="kept",
                    made=datetime.now(UTC),
                    origin="trained",
                    base=plan.base.identity,
                    pack=plan.pack,
                    weights="",
                )
                write_layers(work / f"{metric.step}", learner, plan, manifest)

        trained = Loop(plan, learner, work, keep).run(threading.Event())
        lowest = min(losses, key=lambda step: losses[step]) if losses else None
        told = {"record_type": f"{folder.parent.name}/{folder.name}", "labels": labels, "batch": batch}
        told |= {"steps": steps, "held": plan.data.validation, "seconds": round(trained.seconds, 1)}
        for step in sorted(losses):
            if step != lowest and step * 4 % steps:
                continue
            scores = scores_of(folder, judges, work / f"{step}")
            yield told | {
                "step": step,
                "loss": losses[step],
                "lowest": step == lowest,
                "f1": scores.total.f1,
                "all_right_share": scores.right_share,
            }


def table(results: Sequence[dict[str, Any]]) -> str:
    """A row for each run: F1 after each quarter, and of the step of the lowest loss."""
    rows = []
    keys = ("record_type", "labels", "batch", "steps")
    for key in dict.fromkeys(tuple(one[name] for name in keys) for one in results):
        own = [one for one in results if tuple(one[name] for name in keys) == key]
        quarters = {one["step"] * 4 / one["steps"]: one for one in own}
        lowest = next(one for one in own if one["lowest"])
        rows.append(
            [
                *map(str, key),
                *(f"{quarters[at]['f1'] or 0:.3f}" if at in quarters else "" for at in (1, 2, 3, 4)),
                f"{lowest['f1'] or 0:.3f} (step {lowest['step']}, {lowest['held']} held back)",
            ]
        )
    titles = ("record type", "labels", "batch", "steps", "a quarter", "half", "three quarters", "all")
    return markdown([*titles, "lowest loss"], rows)


def main() -> None:
    """Measures what is missing, or prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path, nargs="?")
    parser.add_argument("--only", nargs="*", default=[], metavar="DOMAIN/RECORD_TYPE")
    parser.add_argument("--labels", nargs="*", type=int, default=[10, 100])
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--steps", nargs="*", type=int, default=[60, 120])
    asked = measuring(parser, table)
    results = read_results(asked.results)
    done = {(one["record_type"], one["labels"], one["batch"], one["steps"]) for one in results}
    for name in asked.only:
        for labels in asked.labels:
            for steps in asked.steps:
                if (name, labels, asked.batch, steps) in done:
                    continue
                for one in list(measure(asked.labelled / name, labels, asked.batch, steps)):
                    add_result(asked.results, one)


if __name__ == "__main__":
    main()
