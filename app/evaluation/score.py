"""The score of predicted records against gold: the rule of docs/extraction.md, for every field alike.

Knows no file and no model.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from thresher.adapters.fields import Field
from thresher.adapters.grounding import grounded
from thresher.adapters.values import check, is_absent, normalise, same
from thresher.app.evaluation.records import GoldRecord, Predicted, PredictedRecord
from thresher.app.record import Outcome

#: Values of these outcomes are predictions: what the record shows as its value. A truncated value is a
#: list's finished items; an invalid one is shown as a mistake and predicts nothing.
REPORTED = frozenset({Outcome.FOUND, Outcome.UNGROUNDED, Outcome.TRUNCATED})
FOUND_ONLY = frozenset({Outcome.FOUND})
_NUMBERS = frozenset({"number", "integer"})


@dataclass
class Tally:
    """True positives, false positives and false negatives. Shares are None where nothing was counted."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def add(self, other: "Tally") -> None:
        """Counts the other in."""
        self.tp += other.tp
        self.fp += other.fp
        self.fn += other.fn

    @property
    def support(self) -> int:
        """Gold values: one a scalar that is present, one an item of a list."""
        return self.tp + self.fn

    @property
    def f1(self) -> float | None:
        """2·TP / (2·TP + FP + FN)."""
        return _share(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def precision(self) -> float | None:
        """TP / (TP + FP)."""
        return _share(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float | None:
        """TP / (TP + FN)."""
        return _share(self.tp, self.tp + self.fn)


@dataclass
class Scores:
    """The score of a set of records.

    `total` is over all fields of all records and `found_only` the same where only found values count.
    `failed` records could not be extracted and `missing` ones have no prediction: both score as all absent.
    `unasked` predictions have no gold and are not scored; nor are `unknown_keys`, the fields of no gold
    record, which so many others have. `grounded` of `groundable` predicted values (those of quoted fields
    whose spans are known) have a span that says the value.
    """

    total: Tally = field(default_factory=Tally)
    found_only: Tally = field(default_factory=Tally)
    fields: dict[str, Tally] = field(default_factory=dict)
    records: int = 0
    right: int = 0
    failed: int = 0
    missing: int = 0
    unasked: int = 0
    with_unknown_keys: int = 0
    unknown_keys: set[str] = field(default_factory=set)
    grounded: int = 0
    groundable: int = 0

    @property
    def right_share(self) -> float | None:
        """The share of records in which every field is right."""
        return _share(self.right, self.records)

    @property
    def grounded_share(self) -> float | None:
        """The share of predicted values whose span says them; None where no spans are known."""
        return _share(self.grounded, self.groundable)


def score(gold: Sequence[GoldRecord], predicted: Iterable[PredictedRecord]) -> Scores:
    """Scores the predictions against the gold of the same id. Raises ValueError where an id comes twice."""
    predictions = by_id(predicted)
    scores = Scores(records=len(gold), unasked=len(predictions.keys() - {record.id for record in gold}))
    known = {one.name for record in gold for one in record.fields}
    for labelled in gold:
        prediction = predictions.get(labelled.id)
        scores.missing += prediction is None
        scores.failed += prediction is not None and prediction.failed
        values = prediction.values if prediction and not prediction.failed else {}
        unknown = values.keys() - known
        scores.with_unknown_keys += bool(unknown)
        scores.unknown_keys |= unknown
        of_record = Tally()
        tallies = record_tallies(labelled, prediction)
        for one in labelled.fields:
            if one.name not in labelled.output:
                continue
            wanted = labelled.output[one.name]
            counts = tallies[one.name]
            of_record.add(counts)
            scores.fields.setdefault(one.name, Tally()).add(counts)
            scores.found_only.add(tally(one, wanted, _counted(one.name, values, FOUND_ONLY)))
            _count_grounded(scores, one, values.get(one.name))
        scores.total.add(of_record)
        scores.right += not of_record.fp and not of_record.fn
    return scores


def by_id(predicted: Iterable[PredictedRecord]) -> dict[str, PredictedRecord]:
    """The predictions by id. Raises ValueError where one comes twice."""
    found: dict[str, PredictedRecord] = {}
    for record in predicted:
        if record.id in found:
            raise ValueError(f"two predictions for {record.id!r}")
        found[record.id] = record
    return found


def record_tallies(labelled: GoldRecord, prediction: PredictedRecord | None) -> dict[str, Tally]:
    """The counts of each field that the gold of one record has, by what the prediction reports."""
    values = prediction.values if prediction and not prediction.failed else {}
    return {
        one.name: tally(one, labelled.output[one.name], _counted(one.name, values, REPORTED))
        for one in labelled.fields
        if one.name in labelled.output
    }


def tally(one: Field, gold: Any, predicted: Any) -> Tally:
    """The counts of one field of one record. A gold list makes a list of any field; gold decides."""
    if one.is_list or isinstance(gold, list):
        wanted, given = _items(one, gold), _items(one, predicted)
        both = _in_both(one, wanted, given)
        return Tally(both, len(given) - both, len(wanted) - both)
    gold, predicted = _read(one, gold), _read(one, predicted)
    gold_there, predicted_there = _is_present(one, gold), _is_present(one, predicted)
    if gold_there and predicted_there and same(one, gold, predicted):
        return Tally(tp=1)
    return Tally(fp=int(predicted_there), fn=int(gold_there))


def _read(one: Field, value: Any) -> Any:
    """A number that is written as a text is that number. What is none stays, and is wrong."""
    if one.type in _NUMBERS and isinstance(value, str):
        with suppress(ValueError):
            return check(one, value)
    return value


def _is_present(one: Field, value: Any) -> bool:
    return value is True if one.type == "boolean" else not is_absent(value, one)


def _items(one: Field, value: Any) -> set[str | float]:
    """The normalised items; of a field of numbers those that are numbers, the others as texts."""
    items = [_read(one, item) for item in (value if isinstance(value, list) else [value])]
    return {
        # What is no number is not even the same as itself there. A choice may normalise to nothing.
        item if one.type in _NUMBERS and same(one, item, item) else normalise(str(item)) or str(item)
        for item in items
        if not is_absent(item, one)
    }


def _in_both(one: Field, wanted: set[str | float], given: set[str | float]) -> int:
    """How many items have their like on the other side; a number pairs off with one that is the same."""
    left, right = (sorted(item for item in side if not isinstance(item, str)) for side in (wanted, given))
    both = sum(isinstance(item, str) for item in wanted & given)
    while left and right:
        if same(one, left[-1], right[-1]):
            both += 1
            left.pop()
            right.pop()
        else:
            (left if left[-1] > right[-1] else right).pop()
    return both


def _counted(name: str, values: Mapping[str, Predicted], outcomes: frozenset[Outcome]) -> Any:
    given = values.get(name)
    return given.value if given and (given.outcome is None or given.outcome in outcomes) else None


def _count_grounded(scores: Scores, one: Field, given: Predicted | None) -> None:
    if given is None or given.spans is None or given.outcome not in REPORTED or not one.is_quoted:
        return
    items = given.value if isinstance(given.value, list) else [given.value]
    # A scalar that was not found may have no span at all.
    spans = [*given.spans, *[None] * (len(items) - len(given.spans))]
    for item, span in zip(items, spans, strict=False):
        if not is_absent(item):
            scores.groundable += 1
            scores.grounded += span is not None and grounded(one, item, span)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
