"""Items of a list that an earlier list of the record has already: seldom are they meant in both.

A model that has not learnt the fields says an item again where it knows no other. Fields that are no lists
may well state the same, as the payer and the receiver of an invoice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from thresher.adapters.fields import Field
from thresher.adapters.values import normalise
from thresher.app.extraction.evidence import mean
from thresher.app.record import Outcome, Value


def with_repeats(fields: Sequence[Field], values: Mapping[str, Value]) -> dict[str, Value]:
    """The values of a record, with signals and confidences of items that an earlier list has told as such."""
    named: set[str] = set()
    told = dict(values)
    for field in fields:
        value = values[field.name]
        if not field.is_list or value.outcome is Outcome.INVALID:
            continue
        items = [normalise(item) for item in value.value]
        if value.signals and not named.isdisjoint(items):
            told[field.name] = _told(value, [item in named for item in items])
        named.update(items)
    return told


def _told(value: Value, repeats: Sequence[bool]) -> Value:
    signals = tuple(
        replace(each, repeats=repeat) for each, repeat in zip(value.signals, repeats, strict=True)
    )
    confidences = tuple(each.probability for each in signals)
    return replace(value, signals=signals, confidence=mean(confidences), confidences=confidences)
