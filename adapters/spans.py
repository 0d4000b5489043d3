"""Where a value stands in a document: code finds the span, the model is never asked.

Knows no window, no record and no place on a page. The rules are told in docs/extraction.md.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Any, Literal

from thresher.adapters.dates import days_in
from thresher.adapters.fields import Field
from thresher.adapters.folded import FoldedText
from thresher.adapters.grounding import FUZZY_THRESHOLD, Match, MatchKind, is_near, wordings
from thresher.adapters.numbers import in_digits, numbers_in
from thresher.adapters.person_name import spoken
from thresher.adapters.punctuation import Words
from thresher.adapters.values import TOLERANCE, is_absent, normalise
from thresher.adapters.words import joins

#: Shorter values, in normalised characters, are never matched fuzzily.
MIN_FUZZY = 6
#: Shorter values, in normalised characters, are never found inside a longer word.
MIN_PART = 4
#: Occurrences looked at, in the window and in the text, for one that stands as whole words: a hostile text
#: may hold one at every character.
MAX_OCCURRENCES = 10_000

_Search = Callable[[str, tuple[int, int]], Iterator[tuple[int, int]]]


class SpanFinder:
    """Finds values in one text. Built once a document: what it reads of the text, it reads once."""

    def __init__(self, text: str) -> None:
        self.text = text

    def find(
        self, field: Field, value: Any, within: tuple[int, int] | None = None, fuzzy: bool = True
    ) -> Match | None:
        """The span that states the value (of a list: one item), or None.

        A span inside `within` goes before one outside, whole words before parts, then the first. A fuzzy
        match is looked for in `within` alone, where it is given, and only with `fuzzy`.
        """
        if is_absent(value):
            return None
        within = within or (0, len(self.text))
        match field.type:
            case "boolean":
                return None
            case "date":
                written_at = [(start, end, 0.0) for start, end in self.days.get(value, ())]
                return self._parsed(str(value), written_at, within)
            case "number" | "integer":
                return self._parsed(in_digits(value), self._stating(value), within)
            case "enum":
                ways = wordings(value)
                return next(filter(None, (self._written(way, within, parts=False) for way in ways)), None)
            case "person":
                return self._named(str(value), within)
            case _:
                text = str(value)
                written = self._written(text, within, parts=True)
                if not written and field.is_spelt:
                    written = self._in_words(text, within)
                return written or (self._fuzzy(text, within) if fuzzy else None)

    def times_stated(self, number: float) -> int:
        """In how many places the text states this number, in any writing."""
        return len({start for start, _, _ in self._stating(number)})

    @cached_property
    def _folded(self) -> FoldedText:
        return FoldedText(self.text)

    @cached_property
    def _words(self) -> Words:
        return Words(self.text)

    @cached_property
    def days(self) -> dict[str, list[tuple[int, int]]]:
        """The days that the text writes out, with every place that does."""
        return days_in(self.text)

    @cached_property
    def _numbers(self) -> dict[int, list[tuple[int, int, float]]]:
        numbers: dict[int, list[tuple[int, int, float]]] = {}
        for start, end, value in numbers_in(self.text):
            numbers.setdefault(_bucket(value), []).append((start, end, value))
        return numbers

    def _stating(self, number: float) -> list[tuple[int, int, float]]:
        """Where numbers stand that count as equal to it, and how far off each is."""
        bucket = _bucket(number)
        near = [entry for b in (bucket - 1, bucket, bucket + 1) for entry in self._numbers.get(b, ())]
        size = max(abs(number), 1)  # 0.27 trillion is no whole number, as floats have it
        return [
            (start, end, round(abs(value - number) / size, 12))
            for start, end, value in near
            if abs(value - number) <= TOLERANCE
        ]

    def _parsed(
        self, plain: str, spans: Sequence[tuple[int, int, float]], within: tuple[int, int]
    ) -> Match | None:
        """The one inside `within`, the nearest to the value, the first, the longest: in that order."""
        best = min(
            spans, key=lambda span: (not _inside(span[:2], within), span[2], span[0], -span[1]), default=None
        )
        if best is None:
            return None
        text = self.text[best[0] : best[1]]
        return Match(best[0], best[1], text, "exact" if text == plain else "parsed")

    def _written(self, value: str, within: tuple[int, int], parts: bool) -> Match | None:
        """The value as it is written: exact, else normalised; whole words, else (with `parts`) inside one."""
        needle = normalise(value)
        part: Match | None = None
        rules: tuple[tuple[_Search, str, MatchKind], ...] = (
            (self._exact, value, "exact"),
            (self._normalised, needle, "normalised"),
        )
        for find, wanted, kind in rules:
            for area in (within, (0, len(self.text))):
                for start, end in islice(find(wanted, area) if wanted else (), MAX_OCCURRENCES):
                    how = _joint(self.text, start, end)
                    if how == "word":
                        return Match(start, end, self.text[start:end], kind)
                    if how == "part" and parts and part is None and len(needle) >= MIN_PART:
                        part = Match(start, end, self.text[start:end], kind)
        return part

    def _named(self, name: str, within: tuple[int, int]) -> Match | None:
        """The name with the family name first, as it is written; else in the order in which it is spoken."""
        if written := self._written(name, within, parts=False):
            return written
        turned = spoken(name)
        found = self._written(turned, within, parts=False) if turned else None
        return replace(found, match="parsed") if found else None

    def _in_words(self, value: str, within: tuple[int, int]) -> Match | None:
        """The value's words with other punctuation."""
        for area in (within, (0, len(self.text))):
            for start, end in islice(self._words.find(value, area), MAX_OCCURRENCES):
                if _joint(self.text, start, end) == "word":
                    return Match(start, end, self.text[start:end], "fuzzy")
        return None

    def _exact(self, value: str, area: tuple[int, int]) -> Iterator[tuple[int, int]]:
        start, end = area
        while (start := self.text.find(value, start, end)) >= 0:
            yield start, start + len(value)
            start += 1

    def _normalised(self, needle: str, area: tuple[int, int]) -> Iterator[tuple[int, int]]:
        at, end = (self._folded.index(edge) for edge in area)
        while (at := self._folded.text.find(needle, at, end)) >= 0:
            if span := self._folded.span(at, at + len(needle)):
                yield span
            at += 1

    def _fuzzy(self, value: str, within: tuple[int, int]) -> Match | None:
        needle = normalise(value)
        if len(needle) < MIN_FUZZY or not any(char.isalpha() for char in needle):
            return None
        from rapidfuzz import fuzz

        folded = self._folded.text
        first, last = (self._folded.index(edge) for edge in within)
        area = folded[first:last]
        found = fuzz.partial_ratio_alignment(needle, area, score_cutoff=FUZZY_THRESHOLD)
        if found is None or found.dest_end <= found.dest_start or len(area) < len(needle):
            return None
        start, end = _widened(folded, first + found.dest_start, first + found.dest_end)
        span = self._folded.span(start, end)
        if span is None or _joint(self.text, *span) == "number":
            return None
        text = self.text[span[0] : span[1]]
        return Match(*span, text, "fuzzy") if is_near(value, text) else None


def _bucket(number: float) -> int:
    return round(number / TOLERANCE)


def _inside(span: tuple[int, int], area: tuple[int, int]) -> bool:
    return area[0] <= span[0] and span[1] <= area[1]


def _joint(text: str, start: int, end: int) -> Literal["word", "part", "number"]:
    """How the span stands: as whole words, inside a word, or inside a longer number, which is another."""
    before, after = text[max(start - 2, 0) : start], text[end : end + 2]
    inner = text[start:end]
    if re.search(r"\d[.,]?\Z", before) and inner[0].isdigit():
        return "number"
    if inner[-1].isdigit() and re.match(r"[.,]?\d", after):
        return "number"
    joined = joins(before[-1:], inner[0]) or joins(inner[-1], after[:1])
    return "part" if joined else "word"


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space at its edges, widened to whole words."""
    while start < end and text[start] == " ":
        start += 1
    while end > start and text[end - 1] == " ":
        end -= 1
    while start > 0 and joins(text[start - 1], text[start]):
        start -= 1
    while end < len(text) and joins(text[end - 1], text[end]):
        end += 1
    return start, end
