"""The dates that a text writes out. Knows no field and no record."""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from thresher.adapters.month_names import ANY_NAME, NUMBERS, plain

#: A year of two digits is in this century up to here (as POSIX has it), in the last one after.
_PIVOT = 68

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Without regard to case among ASCII letters alone: others fold to them too, as the long s of 'ſept'.
_NAME = (
    r"(?ai:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
#: A raised 'th' comes out of a PDF as 't h', out of OCR as a mark.
_TH = r"(?:\s?(?:s\s?t|n\s?d|r\s?d|t\s?h)(?![a-z])|[*°º])?"
_MONTH, _FIRST_MONTH = (f"(?P<{name}>{_NAME})" for name in ("month", "first_month"))
_DAY, _FIRST_DAY = (rf"(?P<{name}>\d{{1,2}}){_TH}" for name in ("day", "first_day"))
_LONG = r"\d{4}(?!\d)"
#: In '06/06/20i7' the year is not 20, nor 9 in '12 Mar 09:15', nor 12 in '5 May 12.5%'.
_WHOLE = r"(?!(?!T\d\d:)[^\W_]|[:.]\d|,\d{3}|\s?%|\s?[ap]\.?m\b)"
_SHORT = rf"'?\d{{2}}{_WHOLE}"
_AS_DAY, _NO_DAY = r"(?:[0-2]\d|3[01])", r"(?:'\d{2}|3[2-9]|[4-9]\d)"
#: Behind a day of several, whose year follows: 'Jan 10, 11 and 12, 2022'.
_LISTED = r"(?:(?:(?:,| (?:and|or|to|&)) ?\d{1,2})+,?|,) (?:19|20)\d{2}(?!\d)"
#: The end of a range: '14 Apr-19 Apr'.
_NEXT = rf"{_AS_DAY}[ -]{{1,3}}{_NAME}\b"
_GAP = r"[\s.,/-]{0,3}"
_OF_YEAR = r"(?:(?:in\s)?the\syear\s)?(?:of\s)?"
_MONTH_DAY = rf"(?<![\w/-]){_MONTH}\b{_GAP}(?:the\s)?{_DAY}"
_DAY_MONTH = rf"(?<!\d){_DAY}{_GAP}(?:day\s)?(?:of\s+)?{_MONTH}(?![a-z])"
_DATES = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})(?P<sep>\s?[-/.]\s?)(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<month>[01]\d)(?P<day>[0-3]\d)(?!\d)",
        rf"(?<!\d)(?P<year>\d{{4}})(?!\s-\s){_GAP}{_MONTH}(?![a-z]){_GAP}{_DAY}(?!\d)",
        rf"{_MONTH_DAY}(?:{_GAP}\s|[,./-])(?P<year>{_LONG})",
        rf"{_DAY_MONTH}{_GAP}{_OF_YEAR}(?P<year>{_LONG})",
        # A short year needs more: there is none in 'May 20-22', in 'Apr 12.99' and in '14 Apr - 19'.
        rf"{_MONTH_DAY}(?:\s?[.,]?\s{{1,2}}|\s?,)(?P<year>{_AS_DAY}{_WHOLE}(?!{_LISTED})|{_NO_DAY}{_WHOLE})",
        rf"{_MONTH_DAY}\s?[/-]\s?(?P<year>{_NO_DAY}{_WHOLE})",
        rf"(?<![\w/-]){_MONTH}\s?(?P<sep>[./-])\s?{_DAY}\s?(?P=sep)\s?(?P<year>{_SHORT})",
        rf"(?<!\d){_DAY}\s?(?P<sep>[./-])\s?{_MONTH}(?![a-z])\s?(?P=sep)\s?(?P<year>{_SHORT})",
        rf"{_DAY_MONTH}(?:[.,]{{0,2}}\s{{0,2}}|/|-(?!{_NEXT})){_OF_YEAR}(?P<year>{_SHORT})",
        # '1er mars 2024', '15. März 2024', '3 de mayo de 2024': other languages have the day first.
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:er|[°ºª])?{_GAP}(?:de\s|d')?(?P<month>{ANY_NAME})(?![^\W\d_])"
        rf"{_GAP}(?:del?\s)?(?P<year>{_LONG})",
    )
)
_TO = r"\s?(?:[-‐‑–—]|\b(?:to|through|until|and)\b|&)\s?"
_LAST = rf"(?:,\s?|\s)(?P<year>{_LONG})"
#: Of 'May 20-22, 2019' and 'December 30 - January 2, 2020' the first day, too: its year is behind the last.
_RANGES = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"(?<![\w/-]){_MONTH}\b\.?\s{_FIRST_DAY}{_TO}{_DAY}{_LAST}",
        rf"(?<![\d.:/-]){_FIRST_DAY}{_TO}{_DAY}\s{_MONTH}\b\.?{_LAST}",
        rf"(?<![\w/-]){_FIRST_MONTH}\b\.?\s{_FIRST_DAY}{_TO}{_MONTH}\b\.?\s{_DAY}{_LAST}",
        rf"(?<![\d.:/-]){_FIRST_DAY}\s{_FIRST_MONTH}\b\.?{_TO}{_DAY}\s{_MONTH}\b\.?{_LAST}",
    )
)
_AMBIGUOUS = re.compile(
    r"(?<!\d)(?<!\d[/.])(?P<a>\d{1,2})(?P<sep>\s?[-/.]\s?)(?P<b>\d{1,2})(?P=sep)"
    rf"(?P<year>{_LONG}|{_SHORT})(?!(?P=sep)\d)"
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
    for pattern in _RANGES:
        for found in pattern.finditer(text):
            for iso in _days_of(found):
                yield found.start(), found.end(), iso
    order = DateOrder.of(text) if order is None else order
    for found in _AMBIGUOUS.finditer(text):
        month, day = _read_both_ways(found)
        read = [month] if order.month_first or not day else []
        read += [day] if order.day_first or not month else []
        for iso in dict.fromkeys(read):
            if iso:
                yield found.start(), found.end(), iso


def days_in(text: str) -> dict[str, list[tuple[int, int]]]:
    """The days (ISO 8601) that the text writes out, each with every place [start, end) that does."""
    days: dict[str, list[tuple[int, int]]] = {}
    for start, end, day in dates_in(text):
        days.setdefault(day, []).append((start, end))
    return days


def _days_of(found: re.Match[str]) -> Iterator[str]:
    """The first day of a range; the last too where it is no date by itself, as in 'May 20-22, 2019'."""
    parts = found.groupdict()
    year, month, first_month = parts["year"], parts["month"], parts.get("first_month", parts["month"])
    if _month(first_month) == _month(month) and int(parts["first_day"]) >= int(parts["day"]):
        return  # no range: '9 and 5 May 2019'
    begun = int(year) - (_month(first_month) > _month(month))
    days = [_iso(str(begun), first_month, parts["first_day"])]
    if found.start("month") < found.start("first_day"):
        days.append(_iso(year, month, parts["day"]))
    yield from filter(None, days)


def _month(written: str) -> int:
    if written.isdecimal():
        return int(written)
    return NUMBERS.get(plain(written)) or _MONTHS.index(written[:3].lower()) + 1


def _read_both_ways(found: re.Match[str]) -> tuple[str | None, str | None]:
    """With the month first, and with the day first; None where no calendar has such a day."""
    return _iso(found["year"], found["a"], found["b"]), _iso(found["year"], found["b"], found["a"])


def _iso(year: str, month: str, day: str) -> str | None:
    years = int(year.lstrip("'"))
    if len(year) < 4:
        years += 2000 if years <= _PIVOT else 1900
    try:
        return date(years, _month(month), int(day)).isoformat()
    except ValueError:
        return None
