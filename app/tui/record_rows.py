"""A record as rows: one a value, and one an item where a value is a list. Knows no widget."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from thresher.adapters.fields import Field
from thresher.app.calibration.doubt import left_out
from thresher.app.documents.document import Document
from thresher.app.record import Outcome, Record, Span, Value
from thresher.app.tui.ports import StoredRecordPort


@dataclass(frozen=True)
class FieldRow:
    """A field's value, or one item of it (`item` counts from 0; None where the value is no list).

    What is `doubted` the model said; it is too doubtful to be stated, and so no part of the record.
    """

    field: str
    item: int | None
    value: object
    outcome: Outcome
    confidence: float | None
    spans: tuple[Span, ...]
    accepted: bool | None = None
    calibrated: bool = False
    doubted: bool = False

    @property
    def key(self) -> str:
        """Unique in the record."""
        return f"{self.field}\0{self.item or 0}"

    @property
    def is_first(self) -> bool:
        """Whether the field's name stands on this row."""
        return not self.item

    @property
    def wants_look(self) -> bool:
        """Whether its field is not sure enough to go unseen; said once a field."""
        return self.is_first and self.accepted is False


def rows_of(record: Record) -> list[FieldRow]:
    """The rows of a record, fields and items in order; of a field what it states, then what is doubted.

    No row wants a look where no value was weighed: of a document that failed none is.
    """
    rows = [row for name, value in record.values.items() for row in _all_rows(name, value)]
    return rows if record.weighed else [replace(row, accepted=None) for row in rows]


def next_look(records: Sequence[StoredRecordPort], record: int, row: int) -> tuple[int, int] | None:
    """Which record, and which of its rows, wants a look next: from row `row` of `record` on."""
    for index in range(record, len(records)):
        stored = records[index]
        for at, found in enumerate(rows_of(stored.record)):
            if (index > record or at >= row) and found.wants_look and found.field not in stored.corrected:
                return index, at
    return None


def spans_of(record: Record) -> list[Span]:
    """Every span of the record that states a value, if only nearly: what speaks for one is no statement."""
    spans = (span for value in record.values.values() for span in value.spans)
    return [span for span in spans if span and span.match != "cue"]


def field_of(name: str, value: Any, asked: Sequence[Field]) -> Field:
    """The field as it was asked; where that is not known, as of a run that is gone, one for the value."""
    for field in asked:
        if field.name == name:
            return field
    if isinstance(value, list):
        return Field(name=name, type="list[string]")
    if isinstance(value, bool):
        return Field(name=name, type="boolean")
    return Field(name=name, type="number" if isinstance(value, int | float) else "string")


def spans_stating(document: Document, field: Field, value: Any) -> list[Span | None]:
    """Where the document states a value that a person gave: one entry an item, None where it does not."""
    # Imported here: fuzzy search brings a library that the start of the app need not wait for.
    from thresher.adapters.spans import SpanFinder

    finder = SpanFinder(document.text)
    spans: list[Span | None] = []
    for item in value if isinstance(value, list) else [] if value is None else [value]:
        match = finder.find(field, item)
        place = document.place(match.start, match.end) if match else None
        spans.append(
            Span(match.start, match.end, match.text, match.match, place) if match and place else None
        )
    return spans


def taken_up(value: Value, row: FieldRow) -> Any:
    """What there is to correct: the value, and with it what the row in hand says too doubtfully to state."""
    said = value.whole
    if not row.doubted or said is None:
        return value.value
    if not isinstance(said.value, list):
        return row.value
    return [item for item in said.value if item in value.value or item == row.value]


def _all_rows(name: str, value: Value) -> list[FieldRow]:
    doubted = left_out(value)
    if doubted is None:
        return _rows(name, value)
    # What is doubted stands in the place of what is then absent.
    stated = [] if value.outcome is Outcome.ABSENT else _rows(name, value)
    rows = _rows(name, doubted)
    behind = [
        replace(row, doubted=True, item=None if row.item is None else len(stated) + row.item) for row in rows
    ]
    return stated + behind


def _rows(name: str, value: Value) -> list[FieldRow]:
    judged = value.accepted, value.calibrated
    if not isinstance(value.value, list | tuple) or not value.value:
        shown = None if isinstance(value.value, list | tuple) else value.value
        spans = tuple(span for span in value.spans if span)
        return [FieldRow(name, None, shown, value.outcome, value.confidence, spans, *judged)]
    matched = len(value.spans) == len(value.value)
    own = value.confidences if len(value.confidences) == len(value.value) else ()
    rows = []
    for number, item in enumerate(value.value):
        span = value.spans[number] if matched else None
        outcome = value.outcome
        if matched and value.outcome in (Outcome.FOUND, Outcome.UNGROUNDED):
            outcome = Outcome.FOUND if span and span.says_it else Outcome.UNGROUNDED
        confidence = own[number] if own else value.confidence if number == 0 else None
        found = (span,) if span else ()
        rows.append(FieldRow(name, number, item, outcome, confidence, found, *judged))
    return rows
