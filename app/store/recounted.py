"""Dates that are counted from one that a person put right: counted anew from it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from thresher.adapters.counted_dates import start_day
from thresher.adapters.fields import Field
from thresher.adapters.lengths import Length, lengths_in
from thresher.app.record import Outcome, Value


def recounted(
    values: Mapping[str, Value], corrected: Collection[str], fields: Sequence[Field]
) -> dict[str, Value]:
    """By name, what is counted from a corrected date, as it is counted now; nothing of other values.

    `values` have the corrections in place. The length of time is the one by which it was counted before, and
    it is as sure as before at least. Where the record has no date to count from any more, it is left out.
    """
    dates = {name: one.value for name, one in values.items() if one.outcome is Outcome.FOUND}
    anew = {}
    for field in fields:
        value = values.get(field.name)
        if value is None or field.name in corrected or set(field.counted_from).isdisjoint(corrected):
            continue
        said = value.whole or value
        if (length := _length(said)) is None:
            continue
        start = start_day(field, fields, dates)
        day = length.after(start) if start else None
        if day is None:
            anew[field.name] = Value(None, Outcome.ABSENT, None, accepted=value.accepted, whole=said)
        elif value.whole:
            anew[field.name] = replace(value, whole=replace(said, value=day.isoformat()))
        else:
            anew[field.name] = replace(value, value=day.isoformat())
    return anew


def _length(value: Value) -> Length | None:
    """The length of time by which the value is counted; None where it is not."""
    counted = next((span for span in value.spans if span and span.match == "counted"), None)
    return next(lengths_in(counted.text), None) if counted else None
