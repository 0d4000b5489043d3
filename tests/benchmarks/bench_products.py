"""What it saves on a CPU to multiply in bfloat16, and to attend row by row:
bench_products.py DOMAIN/TYPE LABELLED [STEPS]

LABELLED is a folder with DOMAIN/TYPE/train.jsonl. Learners take the same steps in turns: all in float32; the
frozen layers alone in bfloat16; every product with factors in it, as a run has it; and that with torch's own
attention for all rows. Told are the seconds of the processor, and how far the losses of a step were from
float32's at most. The first step of each is not timed.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from label_runs import run_on_first

from thresher.adapters.training.batches import BatchPlan, collate
from thresher.adapters.training.plan import Plan, make_plan
from thresher.train_cuda import attention, learner
from thresher.train_cuda.device import Device

LABELS, ROWS, TOKENS = 120, 8, 2048
#: The type of the frozen layers' products, and how the steps are taken.
SIDES: dict[str, tuple[torch.dtype, Callable[[], AbstractContextManager[Any]]]] = {
    "float32": (torch.float32, nullcontext),
    "frozen layers": (torch.bfloat16, lambda: patch.object(learner, "rough_products", nullcontext)),
    "every product": (torch.bfloat16, nullcontext),
    "torch's attention": (torch.bfloat16, lambda: patch.object(attention, "_SHORT", 0)),
}


def measure(plan: Plan, steps: int) -> tuple[dict[str, float], dict[str, float]]:
    """By side, the seconds of the steps and the largest share by which a loss differed from float32's."""
    cpu = torch.device("cpu")
    learners = {side: learner.TorchLearner(plan, Device(cpu, dtype)) for side, (dtype, _) in SIDES.items()}
    seconds, apart = dict.fromkeys(SIDES, 0.0), dict.fromkeys(SIDES, 0.0)
    batches = BatchPlan([len(example) for example in plan.train], TOKENS, ROWS, 7).epoch(0)
    if len(batches) <= steps:
        sys.exit(f"There are {len(batches) - 1} steps to time: ask for no more.")
    for step, chosen in enumerate(batches[: steps + 1]):
        batch = collate(plan.train, chosen)
        losses = {}
        for side, (_, taken) in SIDES.items():
            began = time.process_time()
            with taken():
                losses[side] = learners[side].accumulate(batch, step)
            learners[side].update(batch.target_count, 1e-3)
            seconds[side] += (time.process_time() - began) if step else 0.0
            apart[side] = max(apart[side], abs(losses[side] / losses["float32"] - 1))
    return seconds, apart


def main(record: str, labelled: Path, steps: int) -> None:
    """The sides' table."""
    with tempfile.TemporaryDirectory() as work:
        more = {"batch_size": ROWS, "batch_tokens": TOKENS, "validation_share": 0.0}
        here = Path(work)
        plan = make_plan(run_on_first(labelled / record, LABELS, None, here, here / "run", **more))
        seconds, apart = measure(plan, steps)
    mean = sum(len(example) for example in plan.train) / len(plan.train)
    print(f"{record}: {mean:.0f} tokens an example, {steps} steps of {TOKENS} tokens at most")  # noqa: T201
    for side in SIDES:
        share = seconds[side] / seconds["every product"]
        print(f"{side:18} {seconds[side]:6.1f} s {share:5.2f} x, losses within {apart[side]:.1%}")  # noqa: T201


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("Name a record type and the folder of labelled documents.")
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 12)
