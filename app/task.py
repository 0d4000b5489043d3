"""What is asked of a batch: which record, of which model and adapter."""

from dataclasses import dataclass

from thresher.adapters.fields import Field
from thresher.adapters.shots import Shot

#: The record type of a task that has no domain: the fields alone were given.
NO_TYPE = "record"
#: A value that is wrong three times in four is not worth stating. Half of a record type's F1 is best
#: (see `calibration.doubt`); of easy ones less is asked: in review a likely value is worth more than none.
STATE_FROM = 0.25


@dataclass(frozen=True)
class Task:
    """A record type, its fields (pack's and given), and who answers.

    `pack_hash` is the sha256 of the record type's instructions and fields in its pack; "" where the fields
    alone were given. `adapter` is the name of the one that answers; None where the base model does alone.
    `most_windows` bounds how many windows of a document are asked; None where all are. What is right less
    often than `state_from` is not stated. A source's own fields are joined with these; with `open_fields`
    they come in their place. `shots` are shown before each document.
    """

    domain: str
    record_type: str
    instructions: str
    fields: tuple[Field, ...]
    pack_hash: str = ""
    model: str = "starter"
    adapter: str | None = None
    most_windows: int | None = None
    state_from: float = STATE_FROM
    open_fields: bool = False
    shots: tuple[Shot, ...] = ()
