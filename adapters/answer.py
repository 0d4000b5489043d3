"""The answer: the JSON text that a model writes for a record. Training and decoding share this one form."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from thresher.adapters.fields import Field

#: The one spacing of an answer, so that every byte outside the values is forced by the grammar.
ITEM_SEPARATOR = ", "
KEY_SEPARATOR = ": "


def render_answer(fields: Sequence[Field], values: Mapping[str, Any]) -> str:
    """The answer that states `values`: every field in order, null (or an empty list) where there is none."""
    output = {f.name: values.get(f.name, [] if f.is_list else None) for f in fields}
    return json.dumps(output, ensure_ascii=False, separators=(ITEM_SEPARATOR, KEY_SEPARATOR))


def parse_answer(fields: Sequence[Field], text: str) -> tuple[dict[str, Any], str | None]:
    """Values by field of an answer that may have been cut, and the name of the field that was cut.

    A cut list keeps its finished items. Fields after the cut are missing from the result; the second item
    is None where the answer is whole. Raises ValueError where the text is no answer at all.
    """
    decoder = json.JSONDecoder()
    values: dict[str, Any] = {}
    at = 0
    for number, field in enumerate(fields):
        key = (
            ("{" if number == 0 else ITEM_SEPARATOR)
            + json.dumps(field.name, ensure_ascii=False)
            + KEY_SEPARATOR
        )
        if not text.startswith(key, at):
            if key.startswith(text[at:]):
                return values, field.name
            raise ValueError(f"expected {key!r} at {text[at : at + 40]!r}")
        at += len(key)
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError:
            if field.is_list and (items := _finished_items(decoder, text, at)):
                values[field.name] = items
            return values, field.name
        if end == len(text) and not field.is_list:
            # A number that touches the cut ("12") may have been going on ("1200").
            return values, field.name
        values[field.name] = value
        at = end
    if text[at:] not in ("}", ""):
        raise ValueError(f"text after the answer: {text[at : at + 40]!r}")
    return values, None


def _finished_items(decoder: json.JSONDecoder, text: str, at: int) -> list[Any]:
    items: list[Any] = []
    if not text.startswith("[", at):
        return items
    at += 1
    while True:
        try:
            item, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError:
            return items
        items.append(item)
        if not text.startswith(ITEM_SEPARATOR, at):
            return items
        at += len(ITEM_SEPARATOR)
