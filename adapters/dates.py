"""The dates that a text writes out. Knows no field and no record."""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

#: A year of two digits is in this century up to here (as POSIX has it), in the last one after.
_PIVOT = 68

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Without regard to case among ASCII letters alone: others fold to them too, as the long s of 'ſept'.
_MONTH = (
    r"(?P<month>(?ai:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?))"
)
#: A raised 'th' comes out of a PDF as 't h', out of OCR as a mark.
_DAY = r"(?P<day>\d{1,2})(?:\s?(?:s\s?t|n\s?d|r\s?d|t\s?h)(?![a-z])|[*°º])?"
#: In '06/06/20i7' the year is not 20, nor 9 in '12 Mar 09:15', nor 12 in '5 May 12.5%'.
_YEAR = r"(?P<year>\d{4}(?!\d)|'?\d{2}(?![^\W_]|[:.]\d|,\d{3}|\s?%|\s?[ap]\.?m\b))"
_GAP = r"[\s.,/-]{0,3}"
_DATES = (
    re.compile(r"(?<!\d)(?P<year>\d{4})(?P<sep>\s?[-/.]\s?)(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<month>[01]\d)(?P<day>[0-3]\d)(?!\d)"),
    re.compile(r"(?<![\w/-])" + _MONTH + r"\b" + _GAP + _DAY + r"(?:" + _GAP + r"\s|[,./-])" + _YEAR, re.I),
    re.compile(
        r"(?<!\d)" + _DAY + _GAP + r"(?:day\s)?(?:of\s+)?" + _MONTH + r"(?![a-z])" + _GAP
        + r"(?:(?:in\s)?the\syear\s)?(?:of\s)?" + _YEAR,
        re.I,
    ),
    re.compile(r"(?<!\d)(?P<year>\d{4})" + _GAP + _MONTH + r"(?![a-z])" + _GAP + _DAY + r"(?!\d)", re.I),
)  # fmt: skip
_AMBIGUOUS = re.compile(
    r"(?<!\d)(?<!\d[/.])(?P<a>\d{1,2})(?P<sep>\s?[-/.]\s?)(?P<b>\d{1,2})(?P=sep)" + _YEAR + r"(?!(?P=sep)\d)"
)


class DateOrder(NamedTuple):
    """Which of its two days a date like '03/04/2019' may be: March 4, April 3, or either."""

    month_first: bool
    day_first: bool

    @classmethod
    def of(cls, text: str) -> "DateOrder":
        """That of the dates of the text that leave no choice; either where they differ or there are none.

        '04-29-09' may be a sort code, and '2.13.14' a clause: they tell where nothing surer is there.
        """
        found = list(_AMBIGUOUS.finditer(text))
        surer = [one for one in found if len(one["year"]) == 4 or "/" in one["sep"]]
        readings = [_read_both_ways(one) for one in surer or found]
        month_first = any(month and not day for month, day in readings)
        day_first = any(day and not month for month, day in readings)
        return cls(month_first or not day_first, day_first or not month_first)


def dates_in(text: str, order: DateOrder | None = None) -> Iterator[tuple[int, int, str]]:
    """Every date that the text writes out, as [start, end) and ISO 8601; in no order.

    '03/04/2019' is read as `order` says, the text's own where it is None. Days that no calendar has are
    passed over.
    """
    for pattern in _DATES:
        for found in pattern.finditer(text):
            if iso := _iso(found["year"], found["month"], found["day"]):
                yield found.start(), found.end(), iso
    order = DateOrder.of(text) if order is None else order
    for found in _AMBIGUOUS.finditer(text):
        month, day = _read_both_ways(found)
        read = [month] if order.month_first or not day else []
        read += [day] if order.day_first or not month else []
        for iso in dict.fromkeys(read):
            if iso:
                yield found.start(), found.end(), iso


def _read_both_ways(found: re.Match[str]) -> tuple[str | None, str | None]:
    """With the month first, and with the day first; None where no calendar has such a day."""
    return _iso(found["year"], found["a"], found["b"]), _iso(found["year"], found["b"], found["a"])


def _iso(year: str, month: str, day: str) -> str | None:
    years = int(year.lstrip("'"))
    if len(year) < 4:
        years += 2000 if years <= _PIVOT else 1900
    months = int(month) if month.isdecimal() else _MONTHS.index(month[:3].lower()) + 1
    try:
        return date(years, months, int(day)).isoformat()
    except ValueError:
        return None
