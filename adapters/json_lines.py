"""JSON lines: the lines of a file that hold something, where each stands, and what it says."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple


class Line(NamedTuple):
    """A line that is not blank: its number from 1, its place as `FILE:NUMBER`, its bytes."""

    number: int
    where: str
    data: bytes

    def parsed(self) -> Any:
        """The line's value (see `parsed`). Raises ValueError where it is no JSON in UTF-8, or too deep."""
        return parsed(self.data.decode())


def parsed(text: str) -> Any:
    """The value of a JSON text.

    NULs and halves of surrogate pairs in its texts, which no database or tokenizer takes, become a
    space and U+FFFD: offsets stay. Raises ValueError as `Line.parsed` does.
    """
    try:
        return _storable(json.loads(text))
    except RecursionError:
        raise ValueError("lists or objects lie too deep in each other") from None


def _storable(value: Any) -> Any:
    match value:
        case str():
            return re.sub(r"[\ud800-\udfff]", "\ufffd", value.replace("\0", " "))
        case list():
            return [_storable(item) for item in value]
        case dict():
            return {_storable(key): _storable(item) for key, item in value.items()}
        case _:
            return value


def json_lines(path: Path) -> list[Line]:
    """The lines of a file, a byte order mark before them or not. Raises OSError.

    Lines end at a line feed alone: a text in them may hold U+2028.
    """
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    lines = enumerate(content.split(b"\n"), start=1)
    return [Line(number, f"{path}:{number}", data) for number, data in lines if data.strip()]
