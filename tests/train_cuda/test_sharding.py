"""A base in shares: less of it in each process, and the very same adapter."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.training.metrics import read_metrics


@pytest.mark.parametrize("storage", ["dense", "packed"])
def test_two_processes_hold_half_the_base_each_and_train_as_with_all_of_it(
    storage: str, make_run: Any, repository: Path, tmp_path: Path
) -> None:
    """Of three passes a step one process has one less, and it has none in validation.

    What they end with is the same to the bit as with a whole base in each, and after a stop.
    """
    run = make_run(
        tmp_path / "run",
        steps=4,
        accumulation=3,
        batch_size=2,
        evaluate_every=2,
        validation_share=0.1,
        precision="float32",
        base_storage=storage,
        gradient_checkpointing=storage == "packed",
        shard_base=True,
    )
    script = repository / "tests" / "train_cuda" / "in_shares.py"
    launcher = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
    done = subprocess.run(
        [sys.executable, *launcher, str(script), str(run)],
        capture_output=True,
        text=True,
        timeout=240,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads((run.parent / f"found-{rank}.json").read_text("utf-8")) for rank in (0, 1)]
    for each in found:
        assert each["share"] == each["after a pass"]
        assert each["resumed is the same"]
        assert each["unshared is the same"]
    shares = [each["share"] for each in found]
    assert sum(shares) == found[0]["whole"]
    assert max(shares) <= 0.51 * found[0]["whole"]
    lines = [
        [(m.step, m.kind, m.loss, m.tokens) for m in read_metrics(run.parent / folder)]
        for folder in ("left", "stopped", "dp")
    ]
    assert lines[0] == lines[1] == lines[2]
    assert len(lines[0]) == 4 + 2
