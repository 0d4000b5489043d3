"""What a value means: when two are the same, which are valid, and which dates and numbers a text states.

Scoring, checking and the search for spans all read values through this module, so that they agree.
Knows no document, no model and no record.
"""

import math
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any

from thresher.adapters.fields import Field

#: Numbers this close are the same number.
TOLERANCE = 0.005

#: A year of two digits is in this century up to here (as POSIX has it), in the last one after.
PIVOT = 68

#: What normalising strips from both ends.
EDGE = " .,;:-"

#: Digits of a number; a longer run is an identifier.
MAX_DIGITS = 40


def normalise(text: str) -> str:
    """The text in Unicode NFKC, case folded, white space runs as one space, without edge punctuation."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(EDGE)


def is_absent(value: Any) -> bool:
    """Whether a value says 'not in the document': None, [] or a string that normalises to nothing."""
    return value is None or value == [] or (isinstance(value, str) and not normalise(value))


def same(field: Field, gold: Any, predicted: Any) -> bool:
    """Whether two present values of a scalar field are equal. An item of a list compares as a string."""
    match field.type:
        case "number" | "integer":
            if not (_is_number(gold) and _is_number(predicted)):
                return False
            return bool(abs(gold - predicted) <= TOLERANCE)
        case "boolean" | "enum":
            return type(gold) is type(predicted) and bool(gold == predicted)
        case _:
            both_text = isinstance(gold, str) and isinstance(predicted, str)
            return both_text and normalise(gold) == normalise(predicted)


def check(field: Field, value: Any) -> Any:
    """The value in its field's type, a list without its empty items; None or [] where it is absent.

    Raises ValueError that says what is wrong: no real calendar date, no finite number, no whole integer,
    none of an enum's values, or the wrong JSON type.
    """
    if is_absent(value):
        return [] if field.is_list else None
    match field.type:
        case "string" | "person":
            return _text(value)
        case "date":
            return _date(_text(value).strip())
        case "number":
            return _number(value)
        case "integer":
            number = _number(value)
            if number != int(number):
                raise ValueError(f"{number} is no whole number")
            return int(number)
        case "boolean":
            if not isinstance(value, bool):
                raise ValueError(f"{value!r} is neither true nor false")
            return value
        case "enum":
            if value not in field.values:
                raise ValueError(f"{value!r} is none of {', '.join(field.values)}")
            return value
        case "list[string]":
            if not isinstance(value, list):
                raise ValueError(f"{value!r} is no list")
            return [_text(item) for item in value if not is_absent(item)]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


def _date(text: str) -> str:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(f"{text!r} is no date of the form YYYY-MM-DD")
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ValueError(f"{text!r} is in no calendar: {error}") from None


def _number(value: Any) -> int | float:
    if isinstance(value, str) and re.fullmatch(r"\s*[-+]?[0-9]{1,40}(?:\.[0-9]{1,40})?\s*", value):
        value = float(value)
    if not _is_number(value):
        raise ValueError(f"{value!r} is no finite number")
    number: int | float = value
    return number


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond any float
        return False


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
        years += 2000 if years <= PIVOT else 1900
    months = int(month) if month.isdecimal() else _MONTHS.index(month[:3].lower()) + 1
    try:
        return date(years, months, int(day)).isoformat()
    except ValueError:
        return None


_WORDS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_WORD = re.compile(r"(?<!\w)(?:" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")(?!\w)", re.I)
_DIGITS = re.compile(r"(?<!\d)(?<!\A\.)(?<![^\w.]\.)\d+(?:[.,]\d+)*")  # leaves '.5' to the next
_POINT = re.compile(r"(?<![\w.,])\.\d+(?![.,]?\d)")
_SPACED = re.compile(
    r"(?<!\d)(?<!\d[.,])\d{1,3}(?P<gap>[ \u00a0\u202f'’])\d{3}(?:(?P=gap)\d{3})*(?:[.,]\d{1,2})?(?![.,]?\d)"
)
_SIGN = re.compile(r"(?:(?<=[\s(:=$€£¥])|\A)[-−](?:(?P<apart>\s?)[$€£¥]\s?)?\Z")
_SCALE = re.compile(r"\s{0,2}(thousand|million|billion|trillion|mn|mm|bn|tn|k|m|b|t)(?!\w)", re.I)
_SCALES = {"t": 1e12, "b": 1e9, "m": 1e6, "k": 1e3, "thousand": 1e3, "tn": 1e12, "trillion": 1e12}
_OPEN = re.compile(r"\(\s?[$€£¥]?\s?\Z")
_CLOSE = re.compile(r"\s?%?\s?\)")


def numbers_in(text: str) -> Iterator[tuple[int, int, float]]:
    """Every number that the text states, as [start, end) and its value; in no order.

    Where a writing is ambiguous each reading is given: '1,234' is 1234 and 1.234, '3.5 million' is 3.5 and
    3500000, '(123)' and '- $123' are 123 and -123. Words count from one to twenty.
    """
    for found in _DIGITS.finditer(text):
        for start, end, value in _readings(found[0], found.start()):
            yield from _in_context(text, start, end, value)
    for found in _POINT.finditer(text):
        yield from _in_context(text, found.start(), found.end(), float(found[0]))
    for found in _SPACED.finditer(text):
        plain = re.sub(r"[ \u00a0\u202f'’]", "", found[0]).replace(",", ".")
        if len(plain) <= MAX_DIGITS:
            yield from _in_context(text, found.start(), found.end(), float(plain))
    for found in _WORD.finditer(text):
        yield found.start(), found.end(), float(_WORDS.index(found[0].lower()) + 1)


def _in_context(text: str, start: int, end: int, value: float) -> Iterator[tuple[int, int, float]]:
    """The number with the sign, the brackets and the scale that stand around it."""
    before = text[max(start - 4, 0) : start]
    sign = _SIGN.search(before)
    if sign:
        if sign["apart"]:  # the dash may part the sum from what it is of: 'Total - $5.00'
            yield start, end, value
        start, value = start - (len(before) - sign.start()), -value
    yield start, end, value
    if scale := _SCALE.match(text, end):
        word = scale[1].lower()
        end = scale.end()
        value *= _SCALES.get(word) or _SCALES[word[0]]
        yield start, end, value
    elif not sign and (bracket := _OPEN.search(before)) and (close := _CLOSE.match(text, end)):
        yield start - (len(before) - bracket.start()), close.end(), -value


_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}")  # the second as in India


def _readings(token: str, at: int) -> Iterator[tuple[int, int, float]]:
    """The numbers that digits joined by points and commas may be; parts of a list where it is none."""
    end = at + len(token)
    if token.isdecimal():
        if len(token) <= MAX_DIGITS:
            yield at, end, float(token)
        return
    values = _amounts(token) if len(token) <= MAX_DIGITS else []
    for value in values:
        yield at, end, value
    if not values:
        separator = "," if "," in token else "."
        for part in token.split(separator):
            yield from _readings(part, at)
            at += len(part) + 1


def _amounts(token: str) -> list[float]:
    """The token as one number, in English and in continental writing; none where it is neither."""
    values = []
    for written in (token, token.translate({ord("."): ",", ord(","): "."})):
        whole, point, fraction = written.partition(".")
        plain = whole.isdecimal() or (whole[0] != "0" and _GROUPED.fullmatch(whole))
        if plain and (fraction.isdecimal() if point else True):
            values.append(float(whole.replace(",", "") + point + fraction))
    return list(dict.fromkeys(values))
