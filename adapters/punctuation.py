"""The words of a text with other punctuation between them: 'Mayer Brown, LLP' of 'MAYER BROWN LLP'.

Some labels follow a house's own way to write a name, an address or a term. Of a text that is `derived` the
words are the document's, in their order and with none left out; what stands between them need not be, and a
word that counts may be in digits: '3 years' of 'three years'.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate

from thresher.adapters.numbers import digits_of
from thresher.adapters.values import EDGE, normalise
from thresher.adapters.words import WORD

#: Patterns: what may stand between two words, before the first and behind the last, whatever the text has
#: there. No `"` and no backslash, which an answer writes with an escape; at the edges nothing that makes
#: another number of one.
BETWEEN = r"[ !#-\/:-@\[\]-`{-~]{0,3}"
BEFORE = r"['(\[]?"
BEHIND = r"['.,;:!?)\]]{0,3}"

_SPACE = re.compile(r"\s+")
_BETWEEN, _BEFORE, _BEHIND = (re.compile(pattern) for pattern in (BETWEEN, BEFORE, BEHIND))


class Words:
    """A text's words: its runs of letters and its runs of digits.

    `letters` are all of them written as one, case folded and counted in digits: the same of texts that differ
    in punctuation alone.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.places = [found.span() for found in WORD.finditer(text) if found[0][0].isalnum()]
        words = [text[start:end] for start, end in self.places]
        self.digits = [digits_of(word) for word in words]
        """Of a word that counts its digits, else ""."""
        self._folded = [digits or normalise(word) for digits, word in zip(self.digits, words, strict=True)]
        # Where each word begins in all of them, written as one, and where the last ends.
        self._edges = list(accumulate(map(len, self._folded), initial=0))
        self.letters = "".join(self._folded)

    def gap(self, number: int) -> str:
        """What stands between this word and the next, white space as one space."""
        return _SPACE.sub(" ", self.text[self.places[number][1] : self.places[number + 1][0]])

    def is_free(self, number: int) -> bool:
        """Whether what stands there may be other: between two numbers it may not, 5.00 is not 500.

        There only white space beside a sign may be other: '3, 47400' of '3,47400'.
        """
        return not (self._is_number(number) and self._is_number(number + 1))

    def _is_number(self, number: int) -> bool:
        return bool(self.digits[number]) or self.text[self.places[number][0]].isdigit()

    def find(self, value: str, area: tuple[int, int]) -> Iterator[tuple[int, int]]:
        """The places [start, end) in an area of the text that have the words of the value, and no others."""
        needle = Words(value).letters
        at = self._edges[bisect_left(self.places, area[0], key=lambda place: place[0])]
        stop = self._edges[bisect_right(self.places, area[1], key=lambda place: place[1])]
        while needle and (at := self.letters.find(needle, at, stop)) >= 0:
            first, last = bisect_left(self._edges, at), bisect_left(self._edges, at + len(needle)) - 1
            if self._edges[first] == at and self._edges[last + 1] == at + len(needle):
                start, end = self.places[first][0], self.places[last][1]
                if punctuated_as(self.text[start:end], value) is not None:
                    yield start, end
            at += 1


def punctuated_as(text: str, value: str) -> str | None:
    """The words of the text with what stands between those of the value; None where that cannot be written.

    'MAYER BROWN, LLP' of 'MAYER BROWN\\nLLP' and 'Mayer Brown, LLP'. A word that counts is in digits where
    the value has it so.
    """
    own, wanted = Words(text), Words(value)
    if own.letters != wanted.letters or not own.places:
        return None
    (first, _), (_, last) = wanted.places[0], wanted.places[-1]
    head, tail = (_SPACE.sub(" ", edge.strip(EDGE)) for edge in (value[:first], value[last:]))
    gaps = {edge: wanted.gap(number) for number, edge in enumerate(wanted._edges[1:-1])}
    starts = zip(wanted._edges[:-1], wanted.places, strict=True)
    figures = {edge for edge, (at, _) in starts if value[at].isdigit()}
    written = [head]
    for number, ((start, end), edge) in enumerate(zip(own.places, own._edges[1:], strict=True)):
        digits = own.digits[number] if own._edges[number] in figures else ""
        written.append(digits or text[start:end])
        if edge == own._edges[-1]:
            break
        gap = gaps.pop(edge, "")
        if own.is_free(number):
            can_be_other = bool(_BETWEEN.fullmatch(gap))
        else:
            can_be_other = gap.strip() != "" and gap.strip() == own.gap(number).strip()
        if gap != own.gap(number) and not can_be_other:
            return None
        written.append(gap)
    can_be_written = _BEFORE.fullmatch(head) and _BEHIND.fullmatch(tail) and not gaps
    return "".join([*written, tail]) if can_be_written else None
