"""What is asked of a batch: which record, of which model."""

from dataclasses import dataclass

from thresher.adapters.fields import Field


@dataclass(frozen=True)
class Task:
    """A record type, its fields (pack's and given), and who answers.

    `pack_hash` is the sha256 of the pack's files; "" where the fields alone were given.
    """

    domain: str
    record_type: str
    instructions: str
    fields: tuple[Field, ...]
    pack_hash: str = ""
    model: str = "starter"
    adapter: str | None = None
