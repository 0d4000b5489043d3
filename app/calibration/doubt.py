"""What is too doubtful to state: such values, and items of lists, are left out of a record.

Of values that are right one time in ten stating ten costs nine mistakes for one find. F1 is best where those
values are stated that are right more often than half of that F1 (Lipton, Elkan and Naryanaswamy, 2014).
"""

from dataclasses import replace

from thresher.app.record import Outcome, Record, Value


def without_doubtful(record: Record, least: float) -> Record:
    """The record with what is right less often than `least` left out, by calibrated confidences alone.

    A field of which nothing is left is absent, without a confidence: that the value is doubted does not tell
    how surely the document states none. What a person said stays, and so does an answer that was cut.
    """
    return replace(record, values={name: _stated(value, least) for name, value in record.values.items()})


def _stated(value: Value, least: float) -> Value:
    whole = value.outcome in (Outcome.FOUND, Outcome.UNGROUNDED)
    if not whole or not value.calibrated or not value.signals or value.confidence is None:
        return value
    each = value.confidences or (value.confidence,)
    kept = [at for at, confidence in enumerate(each) if confidence is not None and confidence >= least]
    if len(kept) == len(each):
        return value
    if not kept:
        nothing: list[str] | None = [] if isinstance(value.value, list) else None
        return Value(nothing, Outcome.ABSENT, None, accepted=value.accepted)
    spans = tuple(value.spans[at] for at in kept)
    return replace(
        value,
        value=[value.value[at] for at in kept],
        outcome=Outcome.FOUND if any(spans) else Outcome.UNGROUNDED,
        confidence=sum(each[at] or 0.0 for at in kept) / len(kept),
        spans=spans,
        confidences=tuple(value.confidences[at] for at in kept),
        signals=tuple(value.signals[at] for at in kept),
    )
