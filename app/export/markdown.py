"""Markdown: a heading and a table a record, for reading. Document text is escaped, never markup."""

import re
from collections.abc import Sequence
from typing import Any

from thresher.adapters.fields import Field
from thresher.adapters.numbers import in_digits
from thresher.app.export.table import ITEM_SEPARATOR
from thresher.app.export.target import Target
from thresher.app.record import Record, Value

_MARKUP = re.compile(r"([\\`*_\[\]<>|~&#$@{}]|(?<=www)\.|:(?=//))", re.I)
_LINE_END = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
#: Invisible controls, and those that turn the direction of the text around them.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Markdown:
    """A section for each `write`."""

    keeps_partial = False

    def __init__(self, target: Target) -> None:
        self._target = target

    def write(self, record: Record, _: Sequence[Field] | None) -> None:
        """One section."""
        self._target.write(_section(record).encode())

    def end(self) -> None:
        """Nothing comes after the last section."""


def _section(record: Record) -> str:
    about = [
        ("Document", record.path),
        ("Record", f"{record.domain}/{record.record_type}"),
        ("Model", f"{record.model} + {record.adapter}" if record.adapter else record.model),
        ("Status", record.status),
        ("Error", record.error and f"{record.error.kind}: {record.error.message}"),
        *(("Note", note) for note in record.notes),
    ]
    lines = [f"## {_inline(record.id)}", ""]
    lines += [f"- {name}: {_inline(str(text))}" for name, text in about if text]
    if record.values:
        asked = any(value.accepted is not None for value in record.values.values())
        names = ["Field", "Value", "Outcome", "Confidence", *(["Accepted"] if asked else []), "Place"]
        rules = ["---:" if name == "Confidence" else "---" for name in names]
        rows = (_row(name, value, asked) for name, value in record.values.items())
        lines += ["", *(f"| {' | '.join(row)} |" for row in (names, rules, *rows))]
    return "\n".join(lines) + "\n\n"


def _row(name: str, value: Value, asked: bool) -> list[str]:
    confidence = "" if value.confidence is None else f"{value.confidence:.2f}"
    places = dict.fromkeys(str(span.place) for span in value.spans if span)
    return [
        _inline(name),
        _inline(_text(value.value)),
        value.outcome.value,
        confidence,
        *(["yes" if value.accepted else "look"] if asked else []),
        _inline(ITEM_SEPARATOR.join(place for place in places if place)),
    ]


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ITEM_SEPARATOR.join(str(item) for item in value)  # an invalid one may hold anything
        case float():
            return in_digits(value)
        case _:
            return str(value)


def _inline(text: str) -> str:
    """The text on one line, in which Markdown sees words alone."""
    parts = [_CONTROL.sub("\ufffd", part) for part in _LINE_END.split(text)]
    return "<br>".join(_MARKUP.sub(r"\\\1", part) for part in parts)
