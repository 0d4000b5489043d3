"""What it saves to compute once what rows begin with: bench_heads.py DOMAIN/TYPE LABELLED [STEPS]

LABELLED is a folder with DOMAIN/TYPE/train.jsonl. The same batches go through the base and back in turns:
each row whole; the rows' head once, with a mask behind it, as transformers attends; the head once, without a
mask, as a run has it. Told are the seconds of the processor. The first batch is not timed.
"""

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from label_runs import run_on_first

from thresher.adapters.training.batches import BatchPlan, collate
from thresher.adapters.training.plan import Plan, make_plan
from thresher.train_cuda.learner import TorchLearner

LABELS, ROWS, TOKENS = 120, 8, 2048
#: Whether the head is computed once, and how the model attends; None is as a run has it.
SIDES = {"whole rows": (False, None), "with a mask": (True, "sdpa"), "as in a run": (True, None)}


def measure(plan: Plan, steps: int) -> dict[str, float]:
    """By side, the seconds of the batches that have more rows than one."""
    learner = TorchLearner(plan)
    model = learner._model
    own = model.config._attn_implementation
    seconds = dict.fromkeys(SIDES, 0.0)
    batches = BatchPlan([len(example) for example in plan.train], TOKENS, ROWS, 7).epoch(0)
    several = [batch for batch in batches if len(batch) > 1][: steps + 1]
    if len(several) <= steps:
        sys.exit(f"There are {len(several) - 1} batches to time: ask for no more.")
    for step, chosen in enumerate(several):
        batch = collate(plan.train, chosen)
        for side, (once, attention) in SIDES.items():
            model.set_attn_implementation(attention or own)
            began = time.process_time()
            learner.accumulate(batch if once else replace(batch, head=0), step)
            seconds[side] += (time.process_time() - began) if step else 0.0
    return seconds


def main(record: str, labelled: Path, steps: int) -> None:
    """The sides' table."""
    with tempfile.TemporaryDirectory() as work:
        more = {"batch_size": ROWS, "batch_tokens": TOKENS, "validation_share": 0.0}
        here = Path(work)
        plan = make_plan(run_on_first(labelled / record, LABELS, None, here, here / "run", **more))
        seconds = measure(plan, steps)
    mean = sum(len(example) for example in plan.train) / len(plan.train)
    head = sum(example.shared for example in plan.train) / len(plan.train)
    print(f"{record}: {mean:.0f} tokens an example, {head:.0f} of them its head; {steps} batches")  # noqa: T201
    for side, taken in seconds.items():
        print(f"{side:12} {taken:6.1f} s {taken / seconds['as in a run']:5.2f} x")  # noqa: T201


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("Name a record type and the folder of labelled documents.")
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 6)
