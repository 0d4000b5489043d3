"""What a place in a document's text must say to state a value.

Knows neither the document nor how the place is found. The rules are told in docs/extraction.md.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

from thresher.adapters.dates import dates_in
from thresher.adapters.fields import Field
from thresher.adapters.lengths import is_length
from thresher.adapters.number_writing import ANY_WRITING
from thresher.adapters.numbers import numbers_in
from thresher.adapters.person_name import spoken
from thresher.adapters.values import normalise, same

#: The least similarity, of 100, of a fuzzy match. The digits of both must be the same whatever it is.
FUZZY_THRESHOLD = 90

MatchKind = Literal["exact", "normalised", "parsed", "fuzzy"]


@dataclass(frozen=True, slots=True)
class Match:
    """The characters [start, end) of the text state a value."""

    start: int
    end: int
    text: str
    match: MatchKind

    @property
    def says_it(self) -> bool:
        """Whether the text is the value, and not only like it."""
        return self.match != "fuzzy"


def grounded(field: Field, value: Any, span_text: str) -> bool:
    """Whether a span's text, normalised, is the value; or, for dates, numbers and persons, is read as it.

    The whole text must say it: '12' does not ground 12 in '12.50'. A boolean is never grounded. Of a date
    that is counted it is a length of time.
    """
    whole = (0, len(span_text.strip()))
    match field.type:
        case "date":
            if field.counted_from and is_length(span_text.strip()):
                return True
            return any((s, e) == whole and iso == value for s, e, iso in dates_in(span_text.strip()))
        case "number" | "integer":
            read = numbers_in(span_text.strip(), ANY_WRITING)
            return any((s, e) == whole and same(field, value, number) for s, e, number in read)
        case "boolean":
            return False
        case "enum":
            return normalise(span_text) in map(normalise, wordings(value))
        case "person":
            return isinstance(value, str) and normalise(span_text) in _namings(value)
        case _:
            return isinstance(value, str) and normalise(span_text) == normalise(value)


def is_near(value: str, text: str) -> bool:
    """Whether two texts are alike enough for a fuzzy match, and have the same groups of digits."""
    from rapidfuzz import fuzz

    a, b = normalise(value), normalise(text)
    return re.findall(r"\d+", a) == re.findall(r"\d+", b) and fuzz.ratio(a, b) >= FUZZY_THRESHOLD


def wordings(value: Any) -> list[str]:
    """How a text may write a value of an enum: with underscores as spaces, or as they are."""
    return [way for way in dict.fromkeys((str(value).replace("_", " "), str(value))) if way.strip()]


def _namings(name: str) -> set[str]:
    """The ways to write a person's name that are the same name, normalised."""
    return {normalise(way) for way in (name, spoken(name)) if way}
