"""Windows: a long document in parts that each fit the model, overlapping, with nothing lost.

Knows no tokenizer and no model: only the text and the characters that each token covers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Window:
    """The characters [start, end) of a text and its tokens [first_token, last_token)."""

    start: int
    end: int
    first_token: int
    last_token: int


def windows(text: str, offsets: Sequence[tuple[int, int]], size: int, overlap: int) -> list[Window]:
    """The text in windows of at most `size` tokens, each sharing about `overlap` tokens with the next.

    `offsets` gives for each token of the whole text the characters [start, end) that it covers; byte-level
    tokens may share a character or cover none. A window ends at a line's end where its second half has one,
    else at white space, else between any two tokens. Every character is in a window. Feed a window's own
    tokens to the model: its text tokenised afresh may take more of them.

    Raises ValueError where size is below 1 or overlap is not in [0, size).
    """
    if size < 1 or not 0 <= overlap < size:
        raise ValueError(f"windows of {size} tokens cannot overlap by {overlap}")
    if not text:
        return []
    tokens = _Tokens(text, offsets)
    parts: list[Window] = []
    first = last = 0
    while True:
        limit = first + size
        if limit >= tokens.count:
            parts.append(tokens.window(first, tokens.count))
            return parts
        last = tokens.best(range(limit, max(first + size // 2, last), -1))
        parts.append(tokens.window(first, last))
        if not overlap:
            first = last
            continue
        # The next window starts where a line does, as near to the wanted overlap as may be.
        target, reach = last - overlap, overlap // 2
        around = [i for step in range(reach + 1) for i in dict.fromkeys((target - step, target + step))]
        first = tokens.best([i for i in around if i > first] or [first + 1])


class _Tokens:
    """The cuts between tokens: cut i lies before token i, at character `at[i]`."""

    def __init__(self, text: str, offsets: Sequence[tuple[int, int]]) -> None:
        self.text = text
        self.count = len(offsets)
        self.offsets = offsets
        starts = accumulate((start for start, _ in offsets), max)
        self.at = [0, *list(starts)[1:], len(text)] if offsets else [0]
        self.reached = [0, *accumulate((end for _, end in offsets), max)]

    def best(self, cuts: Sequence[int]) -> int:
        """The first of the cuts at a line's end, else at white space, else between characters, else any."""
        rules: tuple[Callable[[int], bool], ...] = (self._at_line, self._at_space, self._is_clean)
        for rule in rules:
            for cut in cuts:
                if self._is_clean(cut) and rule(cut):
                    return cut
        return cuts[0]

    def window(self, first: int, last: int) -> Window:
        """The window of tokens [first, last), with the text between them, and all of a shared character."""
        inside = self.offsets[first:last]
        start = min([self.at[first], *(s for s, _ in inside)]) if first else 0
        end = max([self.at[last], *(e for _, e in inside)]) if last < self.count else len(self.text)
        return Window(start, end, first, last)

    def _is_clean(self, cut: int) -> bool:
        return self.reached[cut] <= self.at[cut]

    def _at_line(self, cut: int) -> bool:
        return self.text[self.at[cut] - 1 : self.at[cut]] == "\n"

    def _at_space(self, cut: int) -> bool:
        at = self.at[cut]
        return self.text[at - 1 : at].isspace() or self.text[at : at + 1].isspace()
