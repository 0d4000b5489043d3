"""How a page lays labelled values out: in lines, heads above values, columns, cell by cell."""

import re
import textwrap
from collections.abc import Callable

from thresher.adapters.training.draw import Draw

#: A label and its value.
Entry = tuple[str, str]

_BETWEEN = (": ", ": ", "  ", "\t", " ", ":  ")
#: How a cell stands in its column.
_ALIGNED: tuple[Callable[[str, int], str], ...] = (str.ljust, str.ljust, str.center, str.rjust)
#: The characters that a band of heads fills, and its most heads in a row.
_PAGE, _ABREAST = (60, 78, 96, 110), 6


def between(draw: Draw) -> str:
    """What stands between a label and a value in one line."""
    return str(draw.pick(_BETWEEN))


def labelled(entries: list[Entry], draw: Draw) -> list[str]:
    """The lines of the entries, in one of the layouts."""
    if not entries:
        return []
    gap = between(draw)
    lines = [f"{label}{gap}{text}" for label, text in entries]
    match draw.below(9):
        case 0 | 1:
            return band(entries, draw)
        case 2:
            return [line for entry in entries for line in entry]
        case 3:  # two columns
            return [(" " * 6).join(lines[at : at + 2]) for at in range(0, len(lines), 2)]
        case 4:  # values below each other, right of the longest label
            wide = max(len(label) for label, _ in entries) + 2 + draw.below(12)
            return [f"{label:{wide}}{text}" for label, text in entries]
        case 5 if draw.chance(0.5):  # all labels, then all values, as the text of some pages comes
            return [*(label for label, _ in entries), *(text for _, text in entries)]
        case _:
            return lines


def band(entries: list[Entry], draw: Draw) -> list[str]:
    """Heads above values, as many abreast as a row has room for."""
    page, aligned, ruled = draw.pick(_PAGE), draw.pick(_ALIGNED), draw.chance(0.15)
    least = 1 if draw.chance(0.3) else page // max(1, min(len(entries), _ABREAST))
    lines: list[str] = []
    row: list[Entry] = []
    for entry in entries:
        if len(row) == _ABREAST or sum(_wide(one, least) for one in (*row, entry)) > page:
            lines += _rows(row, least, aligned, ruled)
            row = []
        row.append(entry)
    return [*lines, *_rows(row, least, aligned, ruled)]


def _wide(entry: Entry, least: int) -> int:
    return max(len(entry[0]), len(entry[1]), least - 3) + 3


def _rows(row: list[Entry], least: int, aligned: Callable[[str, int], str], ruled: bool) -> list[str]:
    if not row:
        return []
    wide = [_wide(entry, least) - 3 for entry in row]
    gap = " | " if ruled else "   "
    cells = zip(*row, strict=True)
    return [gap.join(map(aligned, line, wide)).rstrip() for line in cells]


def beside(left: list[str], right: list[str], wide: int) -> list[str]:
    """Two blocks of lines beside each other, as a page has them; the left is at least so wide."""
    rows = max(len(left), len(right))
    wide = max(wide, *(len(line) + 1 for line in left)) if left else wide
    both = (block + [""] * (rows - len(block)) for block in (left, right))
    return [f"{first:{wide}}  {second}".rstrip() for first, second in zip(*both, strict=True)]


def wrapped(text: str, wide: int) -> str:
    """The text with each of its lines broken where it is longer than so many characters, between words."""
    page = textwrap.TextWrapper(wide, break_on_hyphens=False, break_long_words=False)
    return "\n".join(map(page.fill, text.split("\n")))


def as_read(text: str, draw: Draw) -> str:
    """The page as it is, or as a reader has it that loses columns: one gap for all, or cell below cell."""
    match draw.below(10):
        case 0 | 1:
            return re.sub(" +", " ", text)
        case 2:
            return re.sub("\\s*(\n| {3,})\\s*", "\n", text).strip()
        case _:
            return text
