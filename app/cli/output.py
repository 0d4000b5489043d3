"""Where records go: stdout or a file, in the format that was named or that the file's ending says."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.app.endings import ENDINGS, format_of_ending
from thresher.app.paths import is_file

if TYPE_CHECKING:
    from thresher.app.export import Format, Writer


def format_of(name: str | None, output: Path | None) -> "Format":
    """The format's name. Raises UsageError where the ending says none."""
    for format_name in ENDINGS:
        if name == format_name:
            return format_name
    if output is None:
        return "jsonl"
    if name is None and (found := format_of_ending(output)):
        return found
    raise UsageError(f"{output}: the ending names no format. Say which: --format {'|'.join(ENDINGS)}.")


@contextmanager
def writing(
    format_name: str | None, output: Path | None, overwrite: bool, fields: Sequence[Field]
) -> "Iterator[Writer]":
    """What writes records; the file takes its name when the block ends, unless it was abandoned.

    Raises UsageError where the file exists and may not be replaced, before any work is done.
    """
    from thresher.app.export import open_writer

    kind = format_of(format_name, output)
    if output is not None and is_file(output) and not overwrite:
        raise UsageError(f"{output} is there already. Choose another name, or replace it with --overwrite.")
    if output is None and kind == "xlsx" and sys.stdout.isatty():
        raise UsageError("a workbook cannot be shown on a terminal. Name a file: --output records.xlsx.")
    with open_writer(kind, output or sys.stdout, fields, overwrite=overwrite) as writer:
        yield writer
