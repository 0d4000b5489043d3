"""What each of two processes does in `test_sharding`: torchrun in_shares.py RUN.yaml

Loads the base whole and in shares and counts what it holds, trains, and trains again with a stop on the way.
Each process writes what it found beside the run, as JSON.
"""

import json
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist

from thresher.adapters.training.loop import Loop, Stopped
from thresher.adapters.training.plan import Plan, make_plan
from thresher.adapters.training.run_config import read_run
from thresher.train_cuda.base import load_base
from thresher.train_cuda.checkpointing import blocks_of
from thresher.train_cuda.device import Device, join
from thresher.train_cuda.learner import TorchLearner
from thresher.train_cuda.leave import leave

CPU = Device(torch.device("cpu"), torch.float32)


def held(model: Any) -> int:
    """The bytes of the blocks' frozen weights in this process."""
    weights = [w for block in blocks_of(model) for w in block.parameters() if not w.requires_grad]
    return sum((w.to_local() if hasattr(w, "to_local") else w).nbytes for w in weights)


def trained(plan: Plan, folder: Path, stop_after: int | None = None) -> dict[str, Any]:
    """The state at the end of the run in that folder; it is stopped on the way, and goes on, if asked."""
    (folder).mkdir(exist_ok=True)
    stop = threading.Event()

    def tell(metric: Any) -> None:
        if metric.step == stop_after:
            stop.set()

    learner = TorchLearner(plan, CPU)
    try:
        Loop(plan, learner, folder, tell).run(stop)
        assert stop_after is None
    except Stopped:
        dist.barrier()  # the first process alone writes the state
        learner = TorchLearner(plan, CPU)
        Loop(plan, learner, folder).run(threading.Event())
    return learner.state()


def main(run: Path) -> None:
    """All of it."""
    rank, _ = join()
    config = read_run(run)
    plan = make_plan(config)
    packed = config.base_storage == "packed"
    found: dict[str, Any] = {
        "whole": held(load_base(config.base, CPU, packed)),
        "share": held(load_base(config.base, CPU, packed, sharded=True)),
    }
    learner = TorchLearner(plan, CPU)
    learner.loss(next(plan.validation_batches()))
    found["after a pass"] = held(learner._model)
    left = trained(plan, run.parent / "left")
    stopped = trained(plan, run.parent / "stopped", stop_after=2)
    whole = trained(replace(plan, config=config.model_copy(update={"shard_base": False})), run.parent / "dp")
    found["resumed is the same"] = all(np.array_equal(left[name], stopped[name]) for name in left)
    found["unshared is the same"] = all(np.array_equal(left[name], whole[name]) for name in left)
    (run.parent / f"found-{rank}.json").write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    leave(0)
