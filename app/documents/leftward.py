"""A word that is read from right to left: its glyphs as they stand on a page → its letters as they are read.

Only places tell: PDFium turns such text round, but not for every order in which a file may draw it. Knows no
line.
"""

import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache


def letters_as_read(glyphs: Sequence[tuple[str, float, float]]) -> str:
    """The word of glyphs, each with its text as PDFium tells it, its left and its right end."""
    letters = [glyph for glyph in glyphs if not _is_mark(glyph[0])] or glyphs
    stacks = [[letter] for letter in sorted(letters, key=_middle)]
    if len(letters) < len(glyphs):
        middles = [_middle(stack[0]) for stack in stacks]
        for mark in (glyph for glyph in glyphs if _is_mark(glyph[0])):
            at = bisect_left(middles, _middle(mark))
            near = range(max(at - 1, 0), min(at + 1, len(stacks)))
            stacks[min(near, key=lambda at: abs(middles[at] - _middle(mark)))].append(mark)
    return "".join(_as_mapped(text) for stack in reversed(stacks) for text, _, _ in stack)


def _middle(glyph: tuple[str, float, float]) -> float:
    return (glyph[1] + glyph[2]) / 2


def _is_mark(text: str) -> bool:
    return all(unicodedata.combining(character) for character in text)


def _as_mapped(text: str) -> str:
    """A glyph's letters as its file's map has them.

    PDFium turns them round, but not those into which it takes a presentation form apart.
    """
    is_one = len(text) < 2 or (text in _presentation_forms() and text[::-1] not in _presentation_forms())
    return text if is_one else text[::-1]


@cache
def _presentation_forms() -> frozenset[str]:
    """What the ligatures among the presentation forms of Hebrew and Arabic stand for."""
    forms = (unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB1D, 0xFEFD))
    return frozenset(form for form in forms if len(form) > 1)
