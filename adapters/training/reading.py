"""What a trainer found when it read a run: the app plans a sweep by it, and reads no label itself.

A trainer's process can be ended at once, whatever long document it is at.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from thresher.adapters.atomic import saving
from thresher.adapters.training.plan import Plan
from thresher.adapters.visible import one_line

_FILE = "reading.json"


class Reading(BaseModel):
    """The content of reading.json."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hash: str = Field(description="of the run, its base and its examples: see Plan.hash")
    steps_per_epoch: int
    hidden_size: int = Field(description="the base's")
    train: int = Field(description="labels to train on")
    validation: int = Field(description="windows that are held back")
    notes: tuple[str, ...] = Field(description="what the user is told, as each trainer says it")


def save_reading(plan: Plan) -> None:
    """Writes what the plan came to into the run's folder. Raises UsageError."""
    reading = Reading(
        hash=plan.hash,
        steps_per_epoch=plan.steps_per_epoch,
        hidden_size=plan.base.hidden_size,
        train=plan.data.train,
        validation=len(plan.validation),
        notes=tuple(one_line(note) for note in plan.notes),
    )
    with saving(plan.config.out / _FILE, "Free some space or allow writing.") as file:
        file.write(reading.model_dump_json().encode())


def load_reading(folder: Path) -> Reading:
    """What the trainer found that just read the run in the folder."""
    return Reading.model_validate_json((folder / _FILE).read_bytes())
