"""The large pictures of a Word document: its text is read, what they show is not."""

from collections.abc import Iterable
from typing import Any

from thresher.app.documents.pictures import LARGE

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PLACE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
#: What places a drawing, which may be a picture: in its line, or anywhere on its page.
DRAWINGS = f"{_PLACE}inline", f"{_PLACE}anchor"
_LETTER = 12240 * 15840  # in twentieths of a point, of which each is 635 of a drawing's units
_UNIT = 635


def has_large_picture(body: Any, drawings: Iterable[Any]) -> bool:
    """Whether one of the body's drawings is a picture of much of a page, and is not behind the text."""
    page = _size(body.find(f".//{_W}pgSz"), f"{_W}w", f"{_W}h") or _LETTER
    for place in drawings:
        size = _size(place.find(f"{_PLACE}extent"), "cx", "cy") / _UNIT**2
        behind = place.get("behindDoc") in ("1", "true")
        if size > LARGE * page and place.find(f".//{_PICTURE}") is not None and not behind:
            return True
    return False


def _size(element: Any | None, width: str, height: str) -> int:
    sides = ("", "") if element is None else (element.get(width, ""), element.get(height, ""))
    return int(sides[0]) * int(sides[1]) if all(side.isdecimal() and len(side) < 20 for side in sides) else 0
