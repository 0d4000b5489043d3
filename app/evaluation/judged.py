"""Records against gold, value by value: which is right, and how sure it was said to be.

A list is judged item by item. An absent value is right where the gold states none. Knows no model.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thresher.adapters.fields import Field
from thresher.adapters.values import is_absent
from thresher.app.evaluation.records import GoldRecord, Predicted, PredictedRecord
from thresher.app.evaluation.score import REPORTED, tally
from thresher.app.record import Outcome

_JUDGED = REPORTED | {Outcome.ABSENT}


@dataclass(frozen=True)
class Judged:
    """A value, or one item of a list. `stated` is false where it says that the document states none.

    `right` by the score's own rule: it counts neither as a false positive nor as a false negative.
    """

    field: str
    item: int | None
    stated: bool
    right: bool
    confidence: float | None = None
    calibrated: bool = False
    accepted: bool | None = None


def judged(gold: Iterable[GoldRecord], predicted: Iterable[PredictedRecord]) -> list[Judged]:
    """Every value of the predictions that the gold of the same id speaks of. Failed records have none."""
    by_id = {record.id: record for record in predicted if not record.failed}
    return [
        one
        for labelled in gold
        if labelled.id in by_id
        for one in judged_record(labelled.fields, labelled.output, by_id[labelled.id].values)
    ]


def judged_record(
    fields: Sequence[Field], gold: Mapping[str, Any], values: Mapping[str, Predicted]
) -> Iterator[Judged]:
    """The values of one record. Invalid ones, and what was cut or could not be asked, are no claims."""
    for one in fields:
        given = values.get(one.name)
        if one.name not in gold or given is None or not (given.outcome is None or given.outcome in _JUDGED):
            continue
        items = given.value if isinstance(given.value, list) else None
        if items is None or not items:
            if given.outcome is Outcome.TRUNCATED:
                continue
            yield _judge(one, gold[one.name], given, None, given.value)
        else:
            for number, item in enumerate(items):
                yield _judge(one, gold[one.name], given, number, item)


def _judge(one: Field, gold: Any, given: Predicted, number: int | None, value: Any) -> Judged:
    if number is None:
        counts = tally(one, gold, value)
        right = not counts.fp and not counts.fn
        # Gold that gives a list to a scalar: one of its items is right, if not all that there is.
        right = right or (isinstance(gold, list) and bool(counts.tp))
    else:
        right = bool(tally(one, gold if isinstance(gold, list) else [gold], [value]).tp)
    each = given.confidences[min(number or 0, len(given.confidences) - 1)] if given.confidences else None
    stated = value is True if one.type == "boolean" else not is_absent(value, one)
    return Judged(one.name, number, stated, right, each, given.calibrated, given.accepted)
