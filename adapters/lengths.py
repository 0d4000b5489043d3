"""The lengths of time that a text states: "five (5) years", "18 months", "thirty-day". Knows no field."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple

from thresher.adapters.numbers import COUNTING_WORDS, digits_of

Unit = Literal["year", "month", "week", "day"]

_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
# Without regard to case among ASCII letters alone: others fold to them too, as the long s of 'dayſ'.
_ONE, _WORD, _TEN = (
    rf"(?ai:{'|'.join(words)})" for words in (COUNTING_WORDS[:9], COUNTING_WORDS[::-1], _TENS)
)
_LENGTH = re.compile(
    rf"(?<![\w.,])(?:(?P<ten>{_TEN})(?:[\s-]{{1,2}}(?P<one>{_ONE})(?!\w))?"
    rf"|(?P<word>{_WORD})|(?P<figure>[0-9]{{1,4}}))?"
    # In brackets stands what is meant: of 'one hundred eighty (180) days' the words are read in part.
    r"(?:\s{0,2}\(\s?(?P<meant>[0-9]{1,4})\s?\))?[\s-]{0,2}"
    r"(?:(?ai:full|consecutive|calendar)\s{1,2}){0,2}(?P<unit>(?ai:year|month|week|day))(?ai:s?)(?!\w)"
)
_UNITS: dict[str, Unit] = {"year": "year", "month": "month", "week": "week", "day": "day"}
_DAYS = {"week": 7, "day": 1}


class Length(NamedTuple):
    """The characters [start, end) of a text, and the length of time that they state."""

    start: int
    end: int
    number: int
    unit: Unit

    def after(self, day: date) -> date | None:
        """The day so long after, or the last of a month that has no such day. None beyond the calendar."""
        try:
            if self.unit in _DAYS:
                return day + timedelta(days=self.number * _DAYS[self.unit])
            months = day.month - 1 + self.number * (12 if self.unit == "year" else 1)
            year, month = day.year + months // 12, months % 12 + 1
            return date(year, month, min(day.day, monthrange(year, month)[1]))
        except (OverflowError, ValueError):
            return None


def lengths_in(text: str) -> Iterator[Length]:
    """Every length of time that the text states, of one day or more, in order."""
    for found in _LENGTH.finditer(text):
        if number := _number(found):
            yield Length(found.start(), found.end(), number, _UNITS[found["unit"].lower()])


def is_length(text: str) -> bool:
    """Whether the text is a length of time and no more."""
    return any((one.start, one.end) == (0, len(text)) for one in lengths_in(text))


def _number(found: re.Match[str]) -> int:
    """How many units it is; 0 where no number stands before them."""
    if figures := found["meant"] or found["figure"]:
        return int(figures)
    tens = _TENS[found["ten"].lower()] if found["ten"] else 0
    return tens + int(digits_of(found["one"] or found["word"] or "") or 0)
