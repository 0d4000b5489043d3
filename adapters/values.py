"""What a value means: when two are the same, and which are valid.

Scoring, checking and the search for spans all read values through this module, so that they agree.
Knows no document, no model and no record.
"""

import math
import re
import unicodedata
from datetime import date
from typing import Any

from thresher.adapters.fields import Field

#: Numbers this close are the same number.
TOLERANCE = 0.005

#: Below it a float is every whole number, and keeps a fraction.
_EXACT = 10**15

#: What normalising strips from both ends.
EDGE = " .,;:-"


def normalise(text: str) -> str:
    """The text in Unicode NFKC, case folded, white space runs as one space, without edge punctuation."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(EDGE)


def is_absent(value: Any, field: Field | None = None) -> bool:
    """Whether a value says 'not in the document': None, [] or a string that normalises to nothing.

    A choice of `field`, where it is an enum, is a value all the same, as '-' may be.
    """
    if isinstance(value, str):
        is_choice = field is not None and value != "" and value in field.values
        return not is_choice and not normalise(value)
    return value is None or value == []


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
    if is_absent(value, field):
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
        value = _of_digits(value)
    if not _is_number(value):
        raise ValueError(f"{value!r} is no finite number")
    number: int | float = value
    return number


def _of_digits(text: str) -> int | float:
    """A float, which keeps 15 digits; a whole number that has more as it is."""
    whole, _, fraction = text.partition(".")
    value, is_whole = float(text), not fraction.strip().strip("0")
    if abs(value) < _EXACT:
        return value
    if not is_whole and value.is_integer():
        raise ValueError(f"{text!r} has too many digits to be kept exactly")
    return int(whole) if is_whole else value


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond any float
        return False
