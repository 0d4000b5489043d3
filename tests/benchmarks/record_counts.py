"""What was counted of records that were scored: parts add up, so that more documents may be asked later."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from thresher.adapters.fields import Field
from thresher.app.evaluation.calibration import error_if_perfect, expected_calibration_error
from thresher.app.evaluation.judged import judged
from thresher.app.evaluation.records import GoldRecord, Predicted, PredictedRecord
from thresher.app.evaluation.score import Tally, score
from thresher.app.record import Outcome


@dataclass
class Counts:
    """The counts of a number of records, answered in `seconds`.

    `sure` has, by a confidence in per cent and rounded, how many values were so sure and how many of them
    were right. `calibrated` is false where a confidence is the model's own probability. `adrift` values of
    quoted fields are said to be found and have no span.
    """

    records: int = 0
    right: int = 0
    failed: int = 0
    total: Tally = field(default_factory=Tally)
    grounded: int = 0
    groundable: int = 0
    adrift: int = 0
    seconds: float = 0.0
    sure: Counter[int] = field(default_factory=Counter)
    sure_right: Counter[int] = field(default_factory=Counter)
    calibrated: bool = True

    @property
    def f1(self) -> float:
        """0 where nothing was to be found and nothing was stated."""
        return self.total.f1 or 0.0

    @property
    def calibration_error(self) -> float | None:
        """The expected one; None where no confidence is known."""
        said = self._said
        right = [
            number < self.sure_right[percent]
            for percent, values in sorted(self.sure.items())
            for number in range(values)
        ]
        return expected_calibration_error(said, right)

    @property
    def error_by_chance(self) -> float | None:
        """What so few values show of a calibration that is exactly true."""
        return error_if_perfect(self._said)

    @property
    def _said(self) -> list[float]:
        return [percent / 100 for percent, values in sorted(self.sure.items()) for _ in range(values)]

    def add(self, other: "Counts") -> None:
        """Counts the other in."""
        for name in ("records", "right", "failed", "grounded", "groundable", "adrift", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.total.add(other.total)
        self.sure += other.sure
        self.sure_right += other.sure_right
        self.calibrated = self.calibrated and other.calibrated


def count(gold: Sequence[GoldRecord], answers: Sequence[PredictedRecord], seconds: float) -> Counts:
    """Of answers by the rule of the score."""
    scores = score(gold, answers)
    by_id = {one.id: one.values for one in answers}
    counts = Counts(
        scores.records,
        scores.right,
        scores.failed,
        scores.total,
        scores.grounded,
        scores.groundable,
        sum(_adrift(one.fields, by_id.get(one.id, {})) for one in gold),
        seconds,
    )
    for one in judged(gold, answers):
        if one.confidence is not None:
            percent = round(100 * one.confidence)
            counts.sure[percent] += 1
            counts.sure_right[percent] += one.right
            counts.calibrated = counts.calibrated and one.calibrated
    return counts


def summed(parts: Iterable[Counts]) -> Counts:
    """Those of all of them."""
    whole = Counts()
    for one in parts:
        whole.add(one)
    return whole


def _adrift(fields: Sequence[Field], values: Mapping[str, Predicted]) -> int:
    found = [values[one.name] for one in fields if one.is_quoted and one.name in values]
    return sum(
        sum(span is None for span in one.spans or (None,)) for one in found if one.outcome is Outcome.FOUND
    )


def as_dict(counts: Counts) -> dict[str, Any]:
    """For a line of JSON."""
    plain = {
        name: value for name, value in vars(counts).items() if name not in ("total", "sure", "sure_right")
    }
    sure = {
        str(percent): [counts.sure[percent], counts.sure_right[percent]] for percent in sorted(counts.sure)
    }
    return {**plain, "total": vars(counts.total), "sure": sure}


def from_dict(told: Mapping[str, Any]) -> Counts:
    """What `as_dict` told."""
    names = ("records", "right", "failed", "grounded", "groundable", "adrift", "seconds", "calibrated")
    return Counts(
        **{name: told[name] for name in names},
        total=Tally(**told["total"]),
        sure=Counter({int(percent): values for percent, (values, _) in told["sure"].items()}),
        sure_right=Counter({int(percent): right for percent, (_, right) in told["sure"].items()}),
    )
