"""A record's JSON read back, to show that nothing of the record is lost in it."""

from collections.abc import Mapping
from typing import Any

from thresher.app.export.form import span_from_json
from thresher.app.record import Outcome, Record, RecordError, Value, Windows


def record_from_json(raw: Mapping[str, Any]) -> Record:
    """The record that `record_json` wrote."""
    error, document = raw["error"], raw["document"]
    return Record(
        id=raw["id"],
        path=document["path"],
        sha256=document["sha256"],
        domain=raw["domain"],
        record_type=raw["record_type"],
        model=raw["model"],
        adapter=raw["adapter"],
        status=raw["status"],
        error=None if error is None else RecordError(error["kind"], error["message"]),
        values={name: _value(entry) for name, entry in raw["fields"].items()},
        seconds=raw["seconds"],
        windows=Windows(counts["asked"], counts["all"]) if (counts := raw.get("windows")) else None,
        notes=tuple(raw.get("notes", ())),
    )


def _value(raw: Mapping[str, Any]) -> Value:
    return Value(
        value=raw["value"],
        outcome=Outcome(raw["outcome"]),
        confidence=raw["confidence"],
        spans=tuple(None if span is None else span_from_json(span) for span in raw["spans"]),
        confidences=tuple(raw.get("confidences", ())),
        calibrated=raw.get("calibrated", False),
        accepted=raw.get("accepted"),
        whole=_value(whole) if (whole := raw.get("whole")) else None,
    )
