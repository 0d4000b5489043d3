"""A PDF page's glyphs → words with boxes, as the page is shown: its rotation and crop are applied.

Spaces in a PDF are hints: some files have none, some one after each letter. A word ends at a space or at a
gap, whichever comes first.
"""

import ctypes
import math
from dataclasses import dataclass
from typing import Any

from thresher.app.documents.document import Box
from thresher.app.documents.lines import Word

#: A gap wider than this share of the glyph's height ends a word, space or none.
GAP = 0.13
#: Glyphs of one word stand on one baseline, to within this share of their height.
LEVEL = 0.3


@dataclass(frozen=True, slots=True)
class _Glyph:
    text: str
    box: Box
    baseline: float
    turn: int  # quarter turns, clockwise, as shown


def words_of_page(page: Any) -> list[Word]:
    """The words of the page's text layer, in the file's order. Text that runs up or down is left out last."""
    words: list[Word] = []
    run: list[_Glyph] = []
    for glyph in _glyphs(page):
        if run and (glyph is None or not _continues(run[-1], glyph)):
            words.append(_word(run))
            run = []
        if glyph is not None:
            run.append(glyph)
    if run:
        words.append(_word(run))
    return words


def _continues(last: _Glyph, next_: _Glyph) -> bool:
    height = max(last.box[3] - last.box[1], next_.box[3] - next_.box[1])
    if last.turn != next_.turn or last.turn % 2:
        return last.turn == next_.turn and abs(next_.box[0] - last.box[0]) < height
    gap = next_.box[0] - last.box[2]
    return abs(next_.baseline - last.baseline) <= LEVEL * height and -0.5 * height < gap <= GAP * height


def _word(run: list[_Glyph]) -> Word:
    lefts, tops, rights, bottoms = zip(*(glyph.box for glyph in run), strict=True)
    box = (min(lefts), min(tops), max(rights), max(bottoms))
    return Word("".join(glyph.text for glyph in run), box, run[0].baseline)


def _glyphs(page: Any) -> Any:
    """Each glyph of the page; None for a space or a line end."""
    import pypdfium2.raw as raw

    left, bottom, right, top = page.get_bbox()
    turn = page.get_rotation() // 90
    text = page.get_textpage()
    try:
        rect = raw.FS_RECTF()
        x, y = ctypes.c_double(), ctypes.c_double()
        high = ""
        for index in range(text.count_chars()):
            code = raw.FPDFText_GetUnicode(text, index)
            if 0xD800 <= code < 0xDC00:
                high = chr(code)
                continue
            letter = chr(code)
            if high:
                letter = (high + letter).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
                high = ""
            if letter.isspace() or code < 32:
                yield None
                continue
            if not raw.FPDFText_GetLooseCharBox(text, index, rect):
                continue
            raw.FPDFText_GetCharOrigin(text, index, x, y)
            angle = raw.FPDFText_GetCharAngle(text, index)
            # Degrees of the text in the page, anticlockwise, less the page's own turn, clockwise.
            quarter = (turn - round(angle / (math.pi / 2))) % 4 if angle > 0 else turn % 4
            box = rect.left, rect.bottom, rect.right, rect.top
            if not all(map(math.isfinite, box)):
                continue
            yield _shown(letter, box, x.value, y.value, quarter, turn, (left, bottom, right, top))
    finally:
        text.close()


def _shown(letter: str, box: Box, x: float, y: float, quarter: int, turn: int, page: Box) -> _Glyph:
    """The glyph in the coordinates of the page as shown."""
    left, bottom, right, top = page
    x0, y0, x1, y1 = min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])
    match turn:
        case 1:
            shown, baseline = (y0 - bottom, x0 - left, y1 - bottom, x1 - left), x - left
        case 2:
            shown, baseline = (right - x1, y0 - bottom, right - x0, y1 - bottom), y - bottom
        case 3:
            shown, baseline = (top - y1, right - x1, top - y0, right - x0), right - x
        case _:
            shown, baseline = (x0 - left, top - y1, x1 - left, top - y0), top - y
    return _Glyph(letter, shown, baseline, quarter)
