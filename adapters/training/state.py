"""A run's resumable state: one safetensors file, replaced whole. Everything else of a run follows from the
step's number, the seed and the configuration.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.atomic import saving
from thresher.adapters.errors import UsageError
from thresher.adapters.tensor_file import Tensor, read_floats, read_metadata, read_tensors, tensor_bytes

STATE_FILE = "state.safetensors"
FORMAT = 1


@dataclass(frozen=True)
class Progress:
    """Where a run stands after `step` steps. `seconds` are those of all parts of the run."""

    step: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class SavedState:
    """The progress, and the learner's tensors."""

    progress: Progress
    tensors: Mapping[str, NDArray[np.float32]]


def save_state(folder: Path, run: str, state: SavedState) -> None:
    """Writes the file whole or not at all. `run` is the hash of what the run is: see `Plan.hash`.

    Raises UsageError where it cannot be written: the state before stays.
    """
    about = {"format": str(FORMAT), "run": run, "progress": json.dumps(asdict(state.progress))}
    remedy = "Free some space or allow writing; the same command then goes on where the last state was saved."
    with saving(folder / STATE_FILE, remedy) as file:
        file.write(tensor_bytes(state.tensors, about))


def refuse_another(folder: Path, run: str) -> None:
    """Raises UsageError where there is a state that `load_state` would refuse."""
    if (folder / STATE_FILE).exists():
        _checked(folder / STATE_FILE, run)


def load_state(folder: Path, run: str) -> SavedState | None:
    """The state of an interrupted run, None where there is none.

    Raises UsageError where it is of another run, or of a newer version, or broken.
    """
    path = folder / STATE_FILE
    if not path.exists():
        return None
    tensors, about = _checked(path, run)
    arrays = {tensor.name: read_floats(tensor) for tensor in tensors}
    return SavedState(Progress(**json.loads(about["progress"])), arrays)


def _checked(path: Path, run: str) -> tuple[list[Tensor], Mapping[str, str]]:
    """The places of its tensors, and what it says of itself: no tensor is read."""
    tensors = read_tensors(path, UsageError)
    about = read_metadata(path)
    if int(about.get("format", "0")) > FORMAT:
        raise UsageError(f"{path}: is from a newer Thresher. Update Thresher.")
    if about.get("run") != run:
        raise UsageError(
            f"{path}: is the state of another run: labels, base or configuration differ from now. Put them "
            "back, or remove this file to give up what was trained there, or start anew in another folder: "
            "`out` of the run's file, --name of `thresher train`."
        )
    return tensors, about
