"""What training takes in memory, beside the estimate: python tests/benchmarks/bench_training_memory.py LABELS

LABELS are lines of labels for expenses/receipt. The starter takes the largest pass of each plan and a step
with `train_cuda`, in a process of its own. Measured is the process's peak over what it held with torch and
the labels loaded, before the base; on a GPU the peak of its arrays.
"""

import json
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

from thresher.adapters.training.batches import collate
from thresher.adapters.training.memory import estimate
from thresher.adapters.training.plan import make_plan
from thresher.adapters.training.run_config import RunConfig
from thresher.app.locations import Locations
from thresher.app.models import library

EXAMPLES = 12
#: The plans, by the keys in which they differ.
PLANS: tuple[dict[str, Any], ...] = (
    {"precision": "float32"},
    {"precision": "float32", "batch_tokens": 1024},
    {"precision": "float32", "gradient_checkpointing": True},
    {"precision": "float32", "base_storage": "packed"},
    {"precision": "bfloat16"},
    {"precision": "bfloat16", "base_storage": "packed", "gradient_checkpointing": True},
)


def turn(keys: dict[str, Any], labels: Path) -> None:
    """One plan, in a process of its own; writes the bytes as JSON."""
    import psutil
    import torch

    from thresher.train_cuda.device import find_device, peak_memory, room
    from thresher.train_cuda.learner import TorchLearner

    warnings.simplefilter("ignore")
    config = RunConfig.model_validate(
        {
            "base": library.find(Locations.default().models, "starter").folder,
            "out": Path(tempfile.gettempdir()) / "unused",
            "domain": "expenses",
            "record_type": "receipt",
            "labels": [labels],
            "unfit_values": "skip",
            "validation_share": 0.0,
            "batch_tokens": 2048,
            **keys,
        }
    )
    plan = make_plan(config)
    device = find_device(config.precision)
    torch.ones(512, 512, dtype=device.products, device=device.where).matmul(
        torch.ones(512, 512, dtype=device.products, device=device.where)
    )
    before = psutil.Process().memory_info().rss if device.on_cpu else 0
    learner = TorchLearner(plan)
    batches = [collate(plan.train, each) for step in range(plan.steps) for each in plan.step(step)]
    batch = max(batches, key=lambda batch: batch.tokens.size)
    learner.accumulate(batch, 0)
    learner.update(batch.target_count, 1e-4)
    told = {"estimate": estimate(plan, room()), "measured": (peak_memory(device) or 0) - before}
    print(json.dumps(told))  # noqa: T201


def main(labels: Path) -> None:
    """Each plan, and a table."""
    lines = labels.read_text("utf-8").splitlines()[:EXAMPLES]
    with tempfile.TemporaryDirectory() as folder:
        few = Path(folder) / "labels.jsonl"
        few.write_text("\n".join(lines) + "\n", "utf-8")
        for keys in PLANS:
            command = [sys.executable, __file__, "--turn", json.dumps(keys), str(few)]
            said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            told = json.loads(said.splitlines()[-1])
            name = ", ".join(f"{key} {value}" for key, value in keys.items())
            print(  # noqa: T201
                f"{told['estimate'] / 1e9:6.2f} GB estimated {told['measured'] / 1e9:6.2f} GB measured "
                f"{told['estimate'] / told['measured']:5.2f} x  {name}",
                flush=True,
            )


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Name a file of labels for expenses/receipt.")
    if sys.argv[1] == "--turn":
        turn(json.loads(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(Path(sys.argv[1]))
