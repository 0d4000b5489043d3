"""A PDF page's glyphs → words with boxes, as the page is shown: its rotation and crop are applied.

Spaces in a PDF are hints: some files have none, some one after each letter. A word ends at a space or at a
gap, whichever comes first.
"""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from thresher.app.documents.directions import runs_left
from thresher.app.documents.document import Box
from thresher.app.documents.leftward import letters_as_read
from thresher.app.documents.lines import GAP, Word, turned_back
from thresher.app.documents.parsing import parsing

#: Glyphs of one word stand on one baseline, to within this share of their height.
LEVEL = 0.3
#: A glyph that begins further back than this share of its height begins something new.
BACK = 0.5


@dataclass(frozen=True, slots=True)
class _Glyph:
    text: str
    box: Box
    level: Box
    baseline: float
    turn: int
    goes_on: bool  # of the same mark on the page as the one before it, as the letters of a ligature are
    leftward: bool  # read from right to left


def words_of_page(page: Any, name: str) -> list[Word]:
    """The words of the page's text layer, in the file's order. Raises CorruptDocumentError with `name`."""
    words: list[Word] = []
    run: list[_Glyph] = []
    for glyph in _glyphs(page, name):
        if run and (glyph is None or not _continues(run[-1], glyph)):
            words.append(_word(run))
            run = []
        if glyph is not None:
            run.append(glyph)
    if run:
        words.append(_word(run))
    return words


def _continues(last: _Glyph, glyph: _Glyph) -> bool:
    if glyph.goes_on:
        return True
    if last.turn != glyph.turn or last.leftward != glyph.leftward:
        return False
    height = max(last.level[3] - last.level[1], glyph.level[3] - glyph.level[1])
    if abs(glyph.baseline - last.baseline) > LEVEL * height:
        return False
    gap = glyph.level[0] - last.level[2]
    if glyph.leftward:  # on either side of the last one, or over it
        return max(gap, last.level[0] - glyph.level[2]) <= GAP * height
    return -BACK * height < gap <= GAP * height


def _word(run: list[_Glyph]) -> Word:
    return Word(
        _leftward_text(run) if run[0].leftward else "".join(glyph.text for glyph in run),
        box=_around([glyph.box for glyph in run]),
        level=_around([glyph.level for glyph in run]),
        baseline=run[0].baseline,
        turn=run[0].turn,
    )


def _leftward_text(run: list[_Glyph]) -> str:
    marks: list[tuple[str, float, float]] = []
    for glyph in run:
        before = marks.pop()[0] if glyph.goes_on and marks else ""
        marks.append((before + glyph.text, glyph.level[0], glyph.level[2]))
    return letters_as_read(marks)


def _around(boxes: list[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _glyphs(page: Any, name: str) -> Iterator[_Glyph | None]:
    """Each glyph of the page; None for a space or a line end."""
    import pypdfium2.raw as raw

    with parsing(name, "PDF"):
        bounds = page.get_bbox()
        page_turn = page.get_rotation() // 90
        text = page.get_textpage()
        count = text.count_chars()
    try:
        handle = text.raw  # the bare handle: looking it up for every call costs a tenth of the time
        rect = raw.FS_RECTF()
        x, y = ctypes.c_double(), ctypes.c_double()
        into_rect, into_x, into_y = ctypes.byref(rect), ctypes.byref(x), ctypes.byref(y)
        high = ""
        last: tuple[float, ...] = ()
        drawn = -1
        for index in range(count):
            code = raw.FPDFText_GetUnicode(handle, index)
            if 0xD800 <= code < 0xDC00:  # characters beyond the first plane come as two halves
                high = chr(code)
                continue
            letter = chr(code)
            if high:
                letter = (high + letter).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
                high = ""
            if letter.isspace() or code < 32:
                yield None
                continue
            if not raw.FPDFText_GetLooseCharBox(handle, index, into_rect):
                continue
            raw.FPDFText_GetCharOrigin(handle, index, into_x, into_y)
            box = rect.left, rect.bottom, rect.right, rect.top
            place = (*box, x.value, y.value)
            if not all(map(math.isfinite, place)):
                continue
            # Two marks may be laid over one another: letters of one are drawn by one object, too.
            goes_on = place == last and _drawn_by_one(handle, drawn, index)
            last, drawn = place, index
            # Radians, clockwise, of the letters in the page's own coordinates; -1 where it is not known.
            angle = max(raw.FPDFText_GetCharAngle(handle, index), 0.0)
            turn = (round(angle / (math.pi / 2)) + page_turn) % 4
            shown = _shown(box, page_turn, bounds)
            level = turned_back(shown, turn)
            origin = turned_back(_shown((x.value, y.value, x.value, y.value), page_turn, bounds), turn)
            yield _Glyph(letter, shown, level, origin[1], turn, goes_on, runs_left(letter))
    finally:
        text.close()


def _drawn_by_one(handle: Any, *letters: int) -> bool:
    import pypdfium2.raw as raw

    objects = [raw.FPDFText_GetTextObject(handle, index) for index in letters]
    first, second = (ctypes.cast(each, ctypes.c_void_p).value for each in objects)
    return first is not None and first == second


def _shown(box: Box, page_turn: int, bounds: Box) -> Box:
    """From the page's own coordinates, which grow upwards, to those of the page as it is shown."""
    left, bottom, right, top = bounds
    x0, y0, x1, y1 = box
    match page_turn:
        case 1:
            return y0 - bottom, x0 - left, y1 - bottom, x1 - left
        case 2:
            return right - x1, y0 - bottom, right - x0, y1 - bottom
        case 3:
            return top - y1, right - x1, top - y0, right - x0
        case _:
            return x0 - left, top - y1, x1 - left, top - y0
