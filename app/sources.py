"""What to read: files, folders, globs, and lines of a JSON-lines file."""

from dataclasses import dataclass
from pathlib import Path

from thresher.adapters.fields import Field


@dataclass(frozen=True)
class Source:
    """One document to come: a file (`path`), or a text that is already there (`text`)."""

    id: str
    path: Path | None = None
    text: str | None = None
    fields: tuple[Field, ...] | None = None  # where they differ from record to record
