"""JSON lines: the lines of a file that hold something, where each stands, and what it says."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple


class RepeatedKeyError(ValueError):
    """An object has a key twice: which value is meant is not known, and a reader would take the last."""


class Line(NamedTuple):
    """A line that is not blank: its number from 1, its place as `FILE:NUMBER`, its bytes."""

    number: int
    where: str
    data: bytes

    def parsed(self) -> Any:
        """The line's value (see `parsed`). Raises ValueError likewise."""
        return parsed(self.data)


def parsed(data: bytes | str) -> Any:
    """The value of a JSON text.

    NULs and halves of surrogate pairs in its texts, which no database or tokenizer takes, become a
    space and U+FFFD: offsets stay. Raises ValueError, which goes on behind the name of what was read: it is
    no JSON in UTF-8, too deep, or (RepeatedKeyError) has a key twice.
    """
    try:
        text = data.decode() if isinstance(data, bytes) else data
        return _storable(json.loads(text, object_pairs_hook=_object))
    except RepeatedKeyError:
        raise
    except ValueError as error:
        raise ValueError(f"is no JSON in UTF-8 ({error})") from error
    except RecursionError:
        raise ValueError("is no JSON in UTF-8 (lists or objects lie too deep in each other)") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        key = _storable(name)
        if key in found:
            raise RepeatedKeyError(f"has the key {key!r} twice: leave one of them out")
        found[key] = value
    return found


def _storable(value: Any) -> Any:
    match value:
        case str():
            return re.sub(r"[\ud800-\udfff]", "\ufffd", value.replace("\0", " "))
        case list():
            return [_storable(item) for item in value]
        case dict():
            return {key: _storable(item) for key, item in value.items()}
        case _:
            return value


def json_lines(path: Path) -> list[Line]:
    """The lines of a file, a byte order mark before them or not. Raises OSError.

    Lines end at a line feed alone: a text in them may hold U+2028.
    """
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    lines = enumerate(content.split(b"\n"), start=1)
    return [Line(number, f"{path}:{number}", data) for number, data in lines if data.strip()]
