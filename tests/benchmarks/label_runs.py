"""A run of the trainer on the first labels of a record type."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from thresher.adapters.training.command import ADAPTER
from thresher.adapters.training.run_config import RunConfig, parse_run, save_run
from thresher.app.locations import Locations
from thresher.app.models import library


def run_on_first(
    folder: Path, count: int, parent: Path | None, work: Path, out: Path, **more: Any
) -> RunConfig:
    """Of the starter, on the first `count` labels of DOMAIN/RECORD_TYPE/train.jsonl, which are put in `work`.

    None is kept for the proof: what judges is others. `more` are keys of the run.
    """
    lines = (folder / "train.jsonl").read_text("utf-8").splitlines(keepends=True)[:count]
    (work / "labels.jsonl").write_text("".join(lines), "utf-8")
    asked = {
        "base": library.find(Locations.default().models, "starter").folder,
        "out": out,
        "domain": folder.parent.name,
        "record_type": folder.name,
        "labels": [work / "labels.jsonl"],
        "unfit_values": "skip",
        "proof_share": 0.0,
        "parent": parent,
        **more,
    }
    return parse_run(asked, "the run", work)


def trained(run: RunConfig, work: Path, trainer: str) -> Path:
    """The folder of the adapter that the run makes. Raises CalledProcessError where the trainer fails."""
    save_run(work / "run.yaml", run)
    command = [sys.executable, "-P", "-m", f"thresher.train_{trainer}", str(work / "run.yaml")]
    subprocess.run(command, check=True)
    return run.out / ADAPTER
