"""The endings of files that stand for a format of records. Imports none of the formats."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thresher.app.export import Format

#: By format, the usual ending first.
ENDINGS: "dict[Format, tuple[str, ...]]" = {
    "jsonl": (".jsonl", ".ndjson"),
    "csv": (".csv",),
    "xlsx": (".xlsx",),
    "markdown": (".md", ".markdown"),
}


def format_of_ending(path: Path) -> "Format | None":
    """The format that the path's ending stands for; None where it stands for none."""
    ending = path.suffix.lower()
    return next((name for name, endings in ENDINGS.items() if ending in endings), None)
