"""A record as JSON: the contract that scripts rely on. Knows no file and no format.

docs/output.md describes every key. The store keeps spans in the same form.
"""

from collections.abc import Mapping
from typing import Any, get_args

from thresher.app.documents.document import Place
from thresher.app.record import Record, Span, SpanMatch, Value


def record_json(record: Record) -> dict[str, Any]:
    """The record as plain JSON values, keys in the contract's order."""
    written: dict[str, Any] = {
        "id": record.id,
        "document": {"path": record.path, "sha256": record.sha256},
        "domain": record.domain,
        "record_type": record.record_type,
        "model": record.model,
        "adapter": record.adapter,
        "status": record.status,
        "error": record.error and {"kind": record.error.kind, "message": record.error.message},
        "fields": {name: _value_json(value) for name, value in record.values.items()},
        "seconds": record.seconds,
    }
    if record.windows:
        written["windows"] = {"asked": record.windows.asked, "all": record.windows.all}
    if record.notes:
        written["notes"] = list(record.notes)
    return written


def _value_json(value: Value) -> dict[str, Any]:
    """The keys after the spans are there only where they say something."""
    written: dict[str, Any] = {
        "value": value.value,
        "outcome": value.outcome.value,
        "confidence": value.confidence,
        "spans": [span and span_json(span) for span in value.spans],
    }
    if value.confidences:
        written["confidences"] = list(value.confidences)
    if value.calibrated:
        written["calibrated"] = True
    if value.accepted is not None:
        written["accepted"] = value.accepted
    if value.whole:
        written["whole"] = _value_json(value.whole)
    return written


def span_json(span: Span) -> dict[str, Any]:
    """A span and its place, flat."""
    place = span.place
    return {
        "start": span.start,
        "end": span.end,
        "page": place.page,
        "box": None if place.box is None else list(place.box),
        "text": span.text,
        "sheet": place.sheet,
        "cell": place.cell,
        "part": place.part,
        "match": span.match,
    }


def span_from_json(raw: Mapping[str, Any]) -> Span:
    """The span that `span_json` wrote. Raises KeyError or ValueError where it is another thing."""
    match, box = raw["match"], raw["box"]
    if match not in get_args(SpanMatch):
        raise ValueError(f"'match' is {match!r}")
    if box is not None:
        left, top, right, bottom = box
        box = (left, top, right, bottom)
    place = Place(page=raw["page"], box=box, sheet=raw["sheet"], cell=raw["cell"], part=raw["part"])
    return Span(start=raw["start"], end=raw["end"], text=raw["text"], match=match, place=place)
