"""A PDF page's glyphs → words with boxes, as the page is shown: its rotation and crop are applied.

Spaces in a PDF are hints: some files have none, some one after each letter. A word ends at a space or at a
gap, whichever comes first; where its letters are spaced out, at a wider gap than theirs.
"""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
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
#: Letters are spaced out by up to this share of their height, each as far from the next to within EVEN.
SPACED = 0.5
EVEN = 0.05
#: So many letters tell that they are spaced out: single signs stand in columns, too.
TELLING = 4


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
    runs: list[list[_Glyph]] = []  # one without a glyph is a space
    for glyph in _glyphs(page, name):
        if glyph is None:
            runs.append([])
        elif runs and runs[-1] and _continues(runs[-1][-1], glyph):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    return [_word(run) for run in _drawn_together(runs) if run]


def _drawn_together(runs: list[list[_Glyph]]) -> Iterator[list[_Glyph]]:
    """The runs, those of one letter each joined to words where letters are spaced out."""
    stretches: list[list[list[_Glyph]]] = []
    for run in runs:
        if stretches and _may_be_spaced(stretches[-1][-1], run):
            stretches[-1].append(run)
        else:
            stretches.append([run])
    # A line has one spacing; what it is, its longer words tell.
    spacings = {_line(stretch): _spacing(stretch) for stretch in stretches if _tells(stretch)}
    for stretch in stretches:
        spacing = spacings.get(_line(stretch)) if len(stretch) > 1 else None
        if spacing is None:
            yield from stretch
            continue
        word: list[_Glyph] = []
        for run in stretch:
            if word and abs(_gap(word[-1], run[0]) - spacing) > EVEN * _height(run[0]):
                yield word
                word = []
            word.extend(run)
        yield word


def _may_be_spaced(last: list[_Glyph], run: list[_Glyph]) -> bool:
    """Whether both are a letter, and as far from one another as the letters of a word may be."""
    if not (last and run and _is_letter(last) and _is_letter(run)):
        return False
    one, other = last[0], run[0]
    height = max(_height(one), _height(other))
    return (
        one.turn == other.turn
        and one.leftward == other.leftward
        and abs(one.baseline - other.baseline) <= LEVEL * height
        and 0 < _gap(one, other) <= SPACED * height
    )


def _is_letter(run: list[_Glyph]) -> bool:
    return len(run) == 1 or all(glyph.goes_on for glyph in run[1:])


def _tells(stretch: list[list[_Glyph]]) -> bool:
    """Whether letters are spaced out: one gap parts all but words, though the letters differ in width.

    Of single signs in columns either the gaps differ or the widths do not.
    """
    if len(stretch) < TELLING:
        return False
    height, spacing = _height(stretch[0][0]), _spacing(stretch)
    gaps = [_gap(last[0], run[0]) for last, run in pairwise(stretch)]
    even = [gap - spacing <= EVEN * height for gap in gaps]
    if sum(even) < TELLING - 1 or any(EVEN * height < gap - spacing < GAP * height for gap in gaps):
        return False
    widths = [run[0].level[2] - run[0].level[0] for run, close in zip(stretch, even, strict=False) if close]
    return max(widths) - min(widths) > GAP * height


def _spacing(stretch: list[list[_Glyph]]) -> float:
    return min(_gap(last[0], run[0]) for last, run in pairwise(stretch))


def _line(stretch: list[list[_Glyph]]) -> tuple[int, float] | None:
    return (stretch[0][0].turn, round(stretch[0][0].baseline, 2)) if stretch[0] else None


def _continues(last: _Glyph, glyph: _Glyph) -> bool:
    if glyph.goes_on:
        return True
    if last.turn != glyph.turn or last.leftward != glyph.leftward:
        return False
    _, top, right, bottom = last.level
    left, own_top, _, own_bottom = glyph.level
    height = max(bottom - top, own_bottom - own_top)
    if abs(glyph.baseline - last.baseline) > LEVEL * height:
        return False
    if glyph.leftward:
        return _gap(last, glyph) <= GAP * height
    return -BACK * height < left - right <= GAP * height


def _gap(last: _Glyph, glyph: _Glyph) -> float:
    gap = glyph.level[0] - last.level[2]
    # What runs left may stand on either side of the last one, or over it.
    return max(gap, last.level[0] - glyph.level[2]) if glyph.leftward else gap


def _height(glyph: _Glyph) -> float:
    return glyph.level[3] - glyph.level[1]


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
            shown = as_shown(box, page_turn, bounds)
            level = turned_back(shown, turn)
            origin = turned_back(as_shown((x.value, y.value, x.value, y.value), page_turn, bounds), turn)
            yield _Glyph(letter, shown, level, origin[1], turn, goes_on, runs_left(letter))
    finally:
        text.close()


def _drawn_by_one(handle: Any, *letters: int) -> bool:
    import pypdfium2.raw as raw

    objects = [raw.FPDFText_GetTextObject(handle, index) for index in letters]
    first, second = (ctypes.cast(each, ctypes.c_void_p).value for each in objects)
    return first is not None and first == second


def as_shown(box: Box, page_turn: int, bounds: Box) -> Box:
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
