"""What is too doubtful to state: such values and items of lists are left out of a record, not forgotten.

Of values that are right one time in ten stating ten costs nine mistakes for one find. F1 is best where those
values are stated that are right more often than half of that F1 (Lipton, Elkan and Naryanaswamy, 2014).
"""

from collections.abc import Sequence
from dataclasses import replace

from thresher.app.record import Outcome, Record, Value


def without_doubtful(record: Record, least: float) -> Record:
    """The record with what is right less often than `least` left out.

    Its calibration says how often; without one the model's own probability does, which is seldom too low.
    A field of which nothing is left is absent, without a confidence: that the value is doubted does not tell
    how surely the document states none. A `false` states nothing, and stays. At 0 all is as the model said.

    What a person said stays, and so does an answer that was cut. What is not as the model said is never
    accepted, and has all that it said behind it. It is that which is asked: with another `least` it comes
    back.
    """
    said = whole(record).values
    return replace(record, values={name: _stated(value, least) for name, value in said.items()})


def whole(record: Record) -> Record:
    """The record with all that the model said."""
    return replace(record, values={name: value.whole or value for name, value in record.values.items()})


def left_out(value: Value) -> Value | None:
    """What of the whole value is not stated: the scalar, or those items; None where all is stated."""
    said = value.whole
    if said is None:
        return None
    if not isinstance(said.value, list):
        return said
    return _of_items(said, [at for at, item in enumerate(said.value) if item not in value.value])


def _stated(value: Value, least: float) -> Value:
    answered = value.outcome in (Outcome.FOUND, Outcome.UNGROUNDED)
    if not answered or not value.signals or value.confidence is None or value.value is False:
        return value
    accepted = None if value.accepted is None else False
    each = value.confidences or (value.confidence,)
    kept = [at for at, confidence in enumerate(each) if confidence is not None and confidence >= least]
    if len(kept) == len(each):
        return value
    if not kept:
        nothing: list[str] | None = [] if isinstance(value.value, list) else None
        return Value(nothing, Outcome.ABSENT, None, accepted=accepted, whole=value)
    return replace(_of_items(value, kept), accepted=accepted, whole=value)


def _of_items(value: Value, kept: Sequence[int]) -> Value:
    """The list with these items alone."""
    spans = tuple(value.spans[at] for at in kept)
    return replace(
        value,
        value=[value.value[at] for at in kept],
        outcome=Outcome.FOUND if any(span and span.says_it for span in spans) else Outcome.UNGROUNDED,
        confidence=sum(value.confidences[at] or 0.0 for at in kept) / len(kept),
        spans=spans,
        confidences=tuple(value.confidences[at] for at in kept),
        signals=tuple(value.signals[at] for at in kept) if value.signals else (),
    )
