"""JSON lines: the lines of a file that hold something, where each stands, and what it says."""

import json
from pathlib import Path
from typing import Any, NamedTuple


class Line(NamedTuple):
    """A line that is not blank: its number from 1, its place as `FILE:NUMBER`, its bytes."""

    number: int
    where: str
    data: bytes

    def parsed(self) -> Any:
        """The line's value. Raises ValueError where it is no JSON in UTF-8, or too deep to be read."""
        try:
            return json.loads(self.data.decode())
        except RecursionError:
            raise ValueError("lists or objects lie too deep in each other") from None


def json_lines(path: Path) -> list[Line]:
    """The lines of a file, a byte order mark before them or not. Raises OSError.

    Lines end at a line feed alone: a text in them may hold U+2028.
    """
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    lines = enumerate(content.split(b"\n"), start=1)
    return [Line(number, f"{path}:{number}", data) for number, data in lines if data.strip()]
