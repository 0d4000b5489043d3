"""The lengths of time that a text states: "five (5) years", "18 months", "thirty-day", "fifth anniversary".

Knows no field.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple, get_args

from thresher.adapters.numbers import COUNTING_WORDS

Unit = Literal["year", "month", "week", "day"]

_UNITS: dict[str, Unit] = {unit: unit for unit in get_args(Unit)}
_DAYS = {"week": 7, "day": 1}
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
#: Up to nineteen, in order.
_ORDINALS = [
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    *("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth"),
    *("eighteenth", "nineteenth"),
]
_TENTHS = [ten.removesuffix("y") + "ieth" for ten in _TENS]
_NUMBERS = {
    **{word: number for words in (COUNTING_WORDS, _ORDINALS) for number, word in enumerate(words, 1)},
    **{word: 10 * number for words in (_TENS, _TENTHS) for number, word in enumerate(words, 2)},
}


def _any_of(*words: str) -> str:
    """A pattern without regard to case, among ASCII letters alone: others fold to them too, as in 'dayſ'."""
    return rf"(?ai:{'|'.join(sorted(words, key=len, reverse=True))})"


_LENGTH = re.compile(
    rf"(?<![\w.,])(?:(?P<ten>{_any_of(*_TENS)})(?:[\s-]{{1,2}}(?P<one>{_any_of(*COUNTING_WORDS[:9])})(?!\w))?"
    rf"|(?P<word>{_any_of(*COUNTING_WORDS)})|(?P<figure>[0-9]{{1,4}}))?"
    # In brackets stands what is meant: of 'one hundred eighty (180) days' the words are read in part.
    r"(?:\s{0,2}\(\s?(?P<meant>[0-9]{1,4})\s?\))?[\s-]{0,2}"
    rf"(?:{_any_of('full', 'consecutive', 'calendar')}\s{{1,2}}){{0,2}}"
    rf"(?P<unit>{_any_of(*_UNITS)})(?ai:s?)(?!\w)"
)
#: Of a raised 'th' a PDF's text may have nothing: 'the 4 anniversary'.
_NTH = _any_of("st", "nd", "rd", "th")
_ANNIVERSARY = re.compile(
    rf"(?<![\w.,])(?:(?:(?P<ten>{_any_of(*_TENS)})[\s-]{{1,2}})?(?P<one>{_any_of(*_ORDINALS[:9])})"
    rf"|(?P<word>{_any_of(*_ORDINALS[9:], *_TENTHS)})|(?P<figure>[0-9]{{1,2}})(?:\s?{_NTH})?)?"
    rf"(?:\s{{0,2}}\(\s?(?P<meant>[0-9]{{1,2}})(?:\s?{_NTH})?\s?\))?\s{{1,2}}{_any_of('anniversary')}(?!\w)"
)


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
    """Every length of time that the text states, of one day or more, in order.

    An anniversary is so many years.
    """
    found = [*_LENGTH.finditer(text), *_ANNIVERSARY.finditer(text)]
    for one in sorted(found, key=re.Match.start):
        unit = _UNITS[one["unit"].lower()] if one.re is _LENGTH else "year"
        if number := _number(one):
            yield Length(one.start(), one.end(), number, unit)


def is_length(text: str) -> bool:
    """Whether the text is a length of time and no more."""
    return any((one.start, one.end) == (0, len(text)) for one in lengths_in(text))


def _number(found: re.Match[str]) -> int:
    """How many units it is; 0 where no number stands before them."""
    if figures := found["meant"] or found["figure"]:
        return int(figures)
    words = (found["ten"], found["one"], found["word"])
    return sum(_NUMBERS[word.lower()] for word in words if word)
