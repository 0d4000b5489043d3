"""The large pictures of a Word document: its text is read, what they show is not."""

from typing import Any

from thresher.app.documents.pictures import LARGE

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PLACE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
#: Removed by a tracked change, or a second copy for old programs.
_NOT_SHOWN = {
    f"{_W}del",
    f"{_W}moveFrom",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}
_LETTER = 12240 * 15840  # in twentieths of a point, of which each is 635 of a drawing's units
_UNIT = 635


def has_large_picture(body: Any) -> bool:
    """Whether a picture covers much of a page, other than one behind the text."""
    page = _size(body.find(f".//{_W}pgSz"), f"{_W}w", f"{_W}h") or _LETTER
    for place in body.iter(f"{_PLACE}inline", f"{_PLACE}anchor"):
        size = _size(place.find(f"{_PLACE}extent"), "cx", "cy") / _UNIT**2
        if size > LARGE * page and place.find(f".//{_PICTURE}") is not None and _is_beside_text(place):
            return True
    return False


def _is_beside_text(place: Any) -> bool:
    behind = place.get("behindDoc") in ("1", "true")
    return not behind and not any(ancestor.tag in _NOT_SHOWN for ancestor in place.iterancestors())


def _size(element: Any | None, width: str, height: str) -> int:
    sides = ("", "") if element is None else (element.get(width, ""), element.get(height, ""))
    return int(sides[0]) * int(sides[1]) if all(side.isdecimal() and len(side) < 20 for side in sides) else 0
