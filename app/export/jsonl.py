"""JSON lines: the exact form, a line a record, each on its way as soon as it is written."""

import json
from collections.abc import Sequence
from typing import Any

from thresher.adapters.fields import Field
from thresher.app.export.form import record_json
from thresher.app.export.target import Target
from thresher.app.record import Record

#: Ends of line to some readers, though not to JSON's; they can only stand inside strings.
_LINE_ENDS = str.maketrans({"\u0085": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def record_line(record: Record) -> bytes:
    """The record as a line."""
    return json_line(record_json(record))


def json_line(value: Any) -> bytes:
    """A value as a line of UTF-8 with its end of line. A lone surrogate goes as its JSON escape."""
    line = json.dumps(value, ensure_ascii=False).translate(_LINE_ENDS)
    return line.encode("utf-8", "backslashreplace") + b"\n"


class JsonLines:
    """A line for each `write`."""

    keeps_partial = True

    def __init__(self, target: Target) -> None:
        self._target = target

    def write(self, record: Record, _: Sequence[Field] | None) -> None:
        """One line, whole when this returns."""
        self._target.write(record_line(record))

    def end(self) -> None:
        """Nothing comes after the last line."""
