"""What a record says again: items that an earlier list has, and numbers that more fields state than the text.

A model that has not learnt the fields says an item or a number again where it knows no other. Texts and days
may well be the same in several fields, as the payer and the receiver of an invoice.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from thresher.adapters.fields import Field
from thresher.adapters.spans import SpanFinder
from thresher.adapters.values import normalise
from thresher.app.extraction.evidence import mean
from thresher.app.record import Outcome, Value


def with_repeats(
    fields: Sequence[Field], values: Mapping[str, Value], finder: SpanFinder
) -> dict[str, Value]:
    """The values of a record, with signals and confidences of what is said again told as such."""
    told = dict(values)
    for name, repeats in (*_items(fields, values), *_numbers(fields, values, finder)):
        told[name] = _told(values[name], repeats)
    return told


def _items(fields: Sequence[Field], values: Mapping[str, Value]) -> Iterator[tuple[str, list[bool]]]:
    """The lists that have an item of an earlier one, and which of their items are such."""
    named: set[str] = set()
    for field in fields:
        value = values[field.name]
        if not field.is_list or value.outcome is Outcome.INVALID:
            continue
        items = [normalise(item) for item in value.value]
        if value.signals and not named.isdisjoint(items):
            yield field.name, [item in named for item in items]
        named.update(items)


def _numbers(
    fields: Sequence[Field], values: Mapping[str, Value], finder: SpanFinder
) -> Iterator[tuple[str, list[bool]]]:
    """The numbers for which the text has no place left: a place answers one field, the surest of them.

    A number that may be derived needs no place of its own: "2/2" has two baths and two garages.
    """
    alike = defaultdict(list)
    for field in fields:
        value = values[field.name]
        is_number = field.is_stated and field.type != "date"
        if is_number and value.outcome is Outcome.FOUND and value.signals:
            alike[value.value].append(field.name)
    for number, names in alike.items():
        surest = sorted(names, key=lambda name: -values[name].signals[0].probability)
        for name in surest[finder.times_stated(number) :]:
            yield name, [True]


def _told(value: Value, repeats: Sequence[bool]) -> Value:
    signals = tuple(
        replace(each, repeats=repeat) for each, repeat in zip(value.signals, repeats, strict=True)
    )
    confidences = tuple(each.probability for each in signals)
    return replace(value, signals=signals, confidence=mean(confidences), confidences=confidences)
