"""A text as the scoring rule normalises it, with a way back: which characters each folded one came from.

Knows no value and no field.
"""

import re
import unicodedata
from array import array
from bisect import bisect_left
from functools import lru_cache

#: Plain runs, white space, and everything else. An ASCII character that a combining mark may join is left
#: to the third kind.
_RUNS = re.compile(r"(?P<plain>[!-~]+(?![^\x00-\x7f]))|(?P<space>\s+)|\S(?:(?!\s)[^\x00-\x7f])*")


class FoldedText:
    """`text` is NFKC, case folded, white space as single spaces; `span` leads back to the original."""

    def __init__(self, original: str) -> None:
        self._pieces: list[str] = []
        # Of each folded character, the original characters [start, end) of the unit it came from.
        self._starts, self._ends = array("q"), array("q")
        self._after_space = False
        for run in _RUNS.finditer(original):
            start, end = run.span()
            if run["plain"]:
                self._pieces.append(run[0].lower())
                self._starts.extend(range(start, end))
                self._ends.extend(range(start + 1, end + 1))
                self._after_space = False
            elif run["space"]:
                self._add(" ", start, end)
            else:
                self._add_units(run[0], start)
        self.text = "".join(self._pieces)
        self._pieces.clear()

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """The original span of the folded characters [start, end); None where it would cut a unit in two.

        A unit is what normalising must see whole: a ligature, a letter and its accents.
        """
        starts = self._starts
        cuts_first = start > 0 and starts[start - 1] == starts[start]
        cuts_last = end < len(starts) and starts[end - 1] == starts[end]
        return None if cuts_first or cuts_last else (starts[start], self._ends[end - 1])

    def index(self, at: int) -> int:
        """The first folded character that comes from the original character `at` or a later one."""
        return bisect_left(self._ends, at + 1)

    def _add_units(self, run: str, at: int) -> None:
        first = 0
        for i in range(1, len(run) + 1):
            if i == len(run) or not _continues(run[i]):
                folded = unicodedata.normalize("NFKC", run[first:i]).casefold()
                self._add(folded, at + first, at + i)
                first = i

    def _add(self, folded: str, start: int, end: int) -> None:
        for char in folded:
            if not char.isspace():
                self._pieces.append(char)
                self._starts.append(start)
                self._ends.append(end)
            elif self._after_space:
                # One space for two units: what follows it in this unit is now of the same one.
                start = self._starts[-1]
                self._ends[-1] = end
            else:
                self._pieces.append(" ")
                self._starts.append(start)
                self._ends.append(end)
            self._after_space = char.isspace()


@lru_cache(maxsize=4096)
def _continues(char: str) -> bool:
    """Whether normalising may join the character to the one before: marks, and the parts of Hangul."""
    first = unicodedata.normalize("NFKD", char)[0]
    return unicodedata.category(first)[0] == "M" or "\u1160" <= first <= "\u11ff"
