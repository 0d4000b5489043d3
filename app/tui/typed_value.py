"""A value that a person types, turned into a value of its field's type."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.adapters.number_writing import MAX_DIGITS

#: What is typed otherwise than it is written as data.
_TYPED = {"boolean": "yes or no", "list[string]": "an item a line"}
_YES = {"yes", "y", "true", "1"}
_NO = {"no", "n", "false", "0"}
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
#: Marks that part thousands, all alike: `0,125` and `1234,567` may be fractions.
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([, _'])\d{3}(\1\d{3})*(\.\d*)?")


def form_of(field: Field) -> str:
    """What to type, in a few words."""
    return _TYPED.get(field.type, field.form)


def parse_typed(field: Field, typed: str) -> Any:
    """The value that was typed or chosen: None, or an empty list, where nothing was.

    Raises UsageError, which names the field and what to type.
    """
    if typed in field.values:  # chosen as it stands, with any blanks at its edges
        return typed
    text = typed.strip()
    if field.is_list:
        return [line.strip() for line in text.split("\n") if line.strip()]
    if not text:
        return None
    match field.type:
        case "date":
            value: Any = _date(text)
        case "number" | "integer":
            value = _number(field.name, text, whole=field.type == "integer")
        case "boolean":
            low = text.casefold()
            value = True if low in _YES else False if low in _NO else None
        case "enum":
            value = _choice(field.values, text)
        case _:
            value = text
    if value is None:
        raise UsageError(f"{_named(field.name, text)} does not fit. Type {form_of(field)}.")
    return value


def _choice(values: Sequence[str], text: str) -> str | None:
    """The one that was meant: as it was typed, else in any case, where that tells it from the others."""
    ways: tuple[Callable[[str], str], ...] = (str.strip, lambda value: value.strip().casefold())
    for way in ways:
        alike = [value for value in values if way(value) == way(text)]
        if alike:
            return alike[0] if len(alike) == 1 else None
    return None


def _date(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def _named(name: str, text: str) -> str:
    return f"{name}: {json.dumps(text, ensure_ascii=False)}"


def _number(name: str, text: str, whole: bool) -> int | float | None:
    grouped = _GROUPED.fullmatch(text)
    plain = text.replace(grouped[1], "") if grouped else text
    if not _NUMBER.fullmatch(plain) or not plain.isascii():
        return None
    if "." not in plain and len(plain.lstrip("+-")) <= MAX_DIGITS:
        return int(plain)
    if "." in plain and whole:
        return None
    value = float(plain)
    if "." not in plain or Decimal(repr(value)) != Decimal(plain):
        raise UsageError(
            f"{_named(name, text)} has too many digits to be kept exactly. "
            f"Type at most {MAX_DIGITS}, or 15 with a fraction."
        )
    return value
