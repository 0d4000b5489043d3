"""The answer: the JSON text that a model writes for a record. Training and decoding share this one form."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from thresher.adapters.conventions import Conventions
from thresher.adapters.dates import dates_in
from thresher.adapters.fields import MAX_ITEMS, Field
from thresher.adapters.numbers import in_digits, numbers_in

#: The one spacing of an answer, so that every byte outside the values is forced by the grammar.
ITEM_SEPARATOR = ", "
KEY_SEPARATOR = ": "

_DECODER = json.JSONDecoder()


def render_answer(fields: Sequence[Field], values: Mapping[str, Any]) -> str:
    """The answer that states `values`: every field in order, null (or an empty list) where there is none."""
    output = {f.name: values.get(f.name, [] if f.is_list else None) for f in fields}
    stated = (f"{render_value(name)}{KEY_SEPARATOR}{render_value(value)}" for name, value in output.items())
    return f"{{{ITEM_SEPARATOR.join(stated)}}}"


def render_value(value: Any) -> str:
    """A value, a field's name or a text, as an answer writes it."""
    if isinstance(value, float):
        return in_digits(value)
    return json.dumps(value, ensure_ascii=False, separators=(ITEM_SEPARATOR, KEY_SEPARATOR))


def can_be_written(one: Field, value: Any) -> bool:
    """Whether an answer has a date, from 1000 to 2999, or a number: 15 digits before the point."""
    if one.type == "date":
        return "1000" <= str(value)[:4] <= "2999"
    return bool(abs(value) < 10**15)


def plain(value: Any) -> Any:
    """A number as an answer has it: no fraction that says nothing, at most 6 decimals."""
    if not isinstance(value, float):
        return value
    return int(value) if value.is_integer() else round(value, 6)


def most_items(text: str) -> int:
    """How many items a list may have: one and what parts it from the next have two characters at least."""
    return min(MAX_ITEMS, max(len(text) // 2, 2))


def stated_values(one: Field, text: str, conventions: Conventions) -> list[Any]:
    """The dates or the numbers that a window's text writes out, as an answer has them."""
    return sorted({value for _, _, value in stated_places(one, text, conventions)})


def stated_places(one: Field, text: str, conventions: Conventions) -> list[tuple[int, int, Any]]:
    """Where a text writes out dates or numbers, as [start, end) and the value as an answer has it.

    Each in all of its readings that the document's conventions leave; in no order.
    """
    if one.type == "date":
        found: Iterable[tuple[int, int, Any]] = dates_in(text, conventions.dates)
    else:
        found = numbers_in(text, conventions.numbers)
    read = [(start, end, plain(value)) for start, end, value in found if can_be_written(one, value)]
    return [place for place in read if one.type != "integer" or isinstance(place[2], int)]


@dataclass
class ParsedAnswer:
    """What an answer says.

    `values` has the finished values by field. `ranges` has, for each of them, the characters [start, end) of
    the answer that state it: one range for a scalar or an empty list, one an item for a list. `cut` names the
    field in which the answer ended too early; a cut list keeps its finished items, later fields are missing.
    """

    values: dict[str, Any] = field(default_factory=dict)
    ranges: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    cut: str | None = None


def parse_answer(fields: Sequence[Field], text: str) -> ParsedAnswer:
    """Reads an answer that may have been cut. Raises ValueError where the text is no answer at all."""
    parsed = ParsedAnswer()
    at = 0
    for number, one in enumerate(fields):
        opening = "{" if number == 0 else ITEM_SEPARATOR
        key = opening + json.dumps(one.name, ensure_ascii=False) + KEY_SEPARATOR
        if not text.startswith(key, at):
            if not key.startswith(text[at:]):
                raise ValueError(f"expected {key!r} at {text[at : at + 40]!r}")
            parsed.cut = one.name
            return parsed
        at += len(key)
        end = _read_list(parsed, one, text, at) if one.is_list else _read_scalar(parsed, one, text, at)
        if end is None:
            parsed.cut = one.name
            return parsed
        at = end
    if text[at:] not in ("}", ""):
        raise ValueError(f"text after the answer: {text[at : at + 40]!r}")
    return parsed


def _read_scalar(parsed: ParsedAnswer, one: Field, text: str, at: int) -> int | None:
    """Reads one value; returns where it ends, None where it is cut."""
    try:
        value, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError:
        return None
    if not text[end:].strip(".eE+-"):
        # A number that touches the cut ("12", "12.", "12e+") may have been going on ("1200").
        return None
    parsed.values[one.name] = value
    parsed.ranges[one.name] = [(at, end)]
    return end


def _read_list(parsed: ParsedAnswer, one: Field, text: str, at: int) -> int | None:
    if text.startswith("[]", at):
        parsed.values[one.name], parsed.ranges[one.name] = [], [(at, at + 2)]
        return at + 2
    items: list[Any] = []
    ranges: list[tuple[int, int]] = []
    at += 1
    while True:
        try:
            item, end = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError:
            end = -1
        if end >= 0:
            items.append(item)
            ranges.append((at, end))
            parsed.values[one.name], parsed.ranges[one.name] = items, ranges
            if text.startswith("]", end):
                return end + 1
            if text.startswith(ITEM_SEPARATOR, end):
                at = end + len(ITEM_SEPARATOR)
                continue
        return None
