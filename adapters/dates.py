"""The dates that a text writes out. Knows no field and no record."""

import re
from collections.abc import Iterator
from datetime import date

#: A year of two digits is in this century up to here (as POSIX has it), in the last one after.
_PIVOT = 68

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
#: A raised 'th' comes out of a PDF as 't h', out of OCR as a mark.
_DAY = r"(?P<day>\d{1,2})(?:\s?(?:s\s?t|n\s?d|r\s?d|t\s?h)(?![a-z])|[*°º])?"
_YEAR = r"(?P<year>\d{4}(?!\d)|'?\d{2}(?![^\W_]))"  # in '06/06/20i7' the year is not 20
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


def dates_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Every date that the text writes out, as [start, end) and ISO 8601; in no order.

    '03/04/2019' is read as March 4 and as April 3, unless those dates of the text that leave no choice all
    have the day first, or all the month. Days that no calendar has are passed over.
    """
    for pattern in _DATES:
        for found in pattern.finditer(text):
            if iso := _iso(found["year"], found["month"], found["day"]):
                yield found.start(), found.end(), iso
    readings = [(found, _read_both_ways(found)) for found in _AMBIGUOUS.finditer(text)]
    month_first = any(month and not day for _, (month, day) in readings)
    day_first = any(day and not month for _, (month, day) in readings)
    for found, (month, day) in readings:
        read = [month] if month_first or not day_first else []
        read += [day] if day_first or not month_first else []
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
