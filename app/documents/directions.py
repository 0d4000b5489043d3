"""Which way text runs: pieces of a line as they stand, from left to right → as they are read.

A simple form of the Unicode bidirectional algorithm (UAX 9), run backwards. Where a line may have come of two
texts, as `500 USD` beside Hebrew, what is not Hebrew or Arabic keeps the order in which it stands. Knows no
page and no box.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

#: What stands for white space among the pieces of a line.
SPACE = " "

# In the kinds of a line's pieces: R runs left, L right; N has digits, P nothing that runs, S is a space.
_RUNS_LEFT = re.compile(r"R(?:[RNPS]*R)?")
_BETWEEN = re.compile(r"[^R]+")
_RUNS_RIGHT = re.compile(r"[LN](?:.*[LN])?")
_NUMBER = re.compile(r"N(?:P?N)*")
# In a line that runs left, signs at the left of a number or a Latin word are behind it, those at the right
# before it; a minus at its left is its own.
_AT_THE_LEFT = ".,:;!?\"'()[]{}"
_AT_THE_RIGHT = _AT_THE_LEFT + "-+"
_BRACKETS = re.compile(r"[()\[\]{}]")
_TURNED = str.maketrans("()[]{}", ")(][}{")


def runs_left(character: str) -> bool:
    """Whether the character is a letter or mark of Hebrew, Arabic and the like, read from right to left."""
    if character < "\u0590":
        return False
    match unicodedata.bidirectional(character):
        case "R" | "AL":
            return unicodedata.category(character) != "Cf"  # a mark of direction may stand in any text
        case "NSM":
            return character < "\u0900"
        case _:
            return False


def leftward(texts: Iterable[str], otherwise: bool) -> bool:
    """Whether a line runs left, as all its letters do; `otherwise` if they do not agree, or it has none."""
    left, right = _letters(texts)
    return bool(left) if (left == 0) != (right == 0) else otherwise


def mostly_leftward(texts: Iterable[str]) -> bool:
    """Whether more letters run left than right."""
    left, right = _letters(texts)
    return left > right


def as_read(pieces: Sequence[str], otherwise: bool = False) -> list[tuple[int, str]]:
    """The pieces of a line, SPACE among them, in the order in which they are read: their place and text.

    `otherwise`: whether a line with letters of both directions runs left.
    """
    if not any(map(runs_left, "".join(pieces))):
        return list(enumerate(pieces))
    kinds = "".join(map(_kind, pieces))
    found: list[tuple[int, str]] = []
    if leftward(pieces, otherwise):
        found = _from_the_right(pieces, kinds, 0, len(pieces))
    else:
        for start, end, inside in _parts(_RUNS_LEFT.finditer(kinds), 0, len(kinds)):
            found += _from_the_right(pieces, kinds, start, end) if inside else [(start, pieces[start])]
    return _brackets_mended(found)


def _letters(texts: Iterable[str]) -> tuple[int, int]:
    left = right = 0
    for text in texts:
        if text.isascii():
            right += sum(map(str.isalpha, text))
            continue
        for character in text:
            if runs_left(character):
                left += 1
            elif unicodedata.bidirectional(character) == "L":
                right += 1
    return left, right


def _kind(piece: str) -> str:
    if piece == SPACE:
        return "S"
    if any(map(runs_left, piece)):
        return "R"
    classes = set(map(unicodedata.bidirectional, piece))
    if "L" in classes:
        return "L"
    return "N" if classes & {"EN", "AN", "ET"} else "P"  # ET: signs of currencies, per cent


def _parts(spans: Iterable[re.Match[str]], start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """The spans, and what stands between them, piece by piece."""
    for match in spans:
        yield from ((at, at + 1, False) for at in range(start, match.start()))
        start = match.end()
        yield match.start(), start, True
    yield from ((at, at + 1, False) for at in range(start, end))


def _spans_that_run_right(kinds: str, start: int, end: int) -> Iterator[re.Match[str]]:
    for stretch in _BETWEEN.finditer(kinds, start, end):
        spans = _RUNS_RIGHT if "L" in stretch[0] else _NUMBER
        yield from spans.finditer(kinds, *stretch.span())


def _from_the_right(pieces: Sequence[str], kinds: str, start: int, end: int) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    parts = list(_parts(_spans_that_run_right(kinds, start, end), start, end))
    for first, after, inside in reversed(parts):
        texts = list(pieces[first:after])
        if inside:
            behind = texts[0][: len(texts[0]) - len(texts[0].lstrip(_AT_THE_LEFT))]
            before = texts[-1][len(texts[-1].rstrip(_AT_THE_RIGHT)) :]
            texts[0] = texts[0].removeprefix(behind)
            texts[-1] = texts[-1].removesuffix(before) + behind
            texts[0] = before + texts[0]
        found += zip(range(first, after), texts, strict=True)
    return found


def _brackets_mended(pieces: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The pieces with each bracket before a word opening, and each behind one closing.

    They are drawn mirrored where text runs left, and PDFium turns some of them back.
    """
    whole = "".join(text for _, text in pieces)
    mended = []
    start = 0
    for at, text in pieces:
        letters = list(text)
        for match in _BRACKETS.finditer(text):
            here = start + match.start()
            word_before = here > 0 and _of_a_word(whole[here - 1])
            word_behind = here + 1 < len(whole) and _of_a_word(whole[here + 1])
            opens = unicodedata.category(match[0]) == "Ps"
            if word_before != word_behind and opens != word_behind:
                letters[match.start()] = match[0].translate(_TURNED)
        start += len(text)
        mended.append((at, "".join(letters)))
    return mended


def _of_a_word(character: str) -> bool:
    return character.isalnum() or runs_left(character)
