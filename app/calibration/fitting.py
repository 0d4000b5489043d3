"""Labelled values → a calibration's two groups, with their held-out curves and errors.

What is stated and what is absent are two claims, and each has a fit and a curve of its own. Curves and errors
are cross-fitted: each document's confidences come from a fit on the other folds. By them the fit's form is
chosen, too: the one that tells most of documents that it has not seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby

from thresher.adapters.calibration import Group
from thresher.adapters.fields import Field
from thresher.adapters.training.split import document_key
from thresher.app.calibration.acceptance import curve
from thresher.app.calibration.calibrator import FORMS, Form, Labelled, confidences, fit_group
from thresher.app.evaluation.calibration import brier_score, expected_calibration_error
from thresher.app.evaluation.judged import judged_record
from thresher.app.evaluation.records import predicted
from thresher.app.record import Record

#: Folds of documents.
FOLDS = 5


@dataclass(frozen=True)
class Fitted:
    """The fit of all labelled values. Errors are None where there is nothing to tell them of."""

    stated: Group | None
    absent: Group | None
    error: float | None
    error_before: float | None


def labelled_values(
    record: Record, fields: Sequence[Field], gold: dict[str, object], text: str
) -> Iterator[Labelled]:
    """The values of a record of which the gold says whether they are right. `text` is its document's.

    Those whose signals were not kept are left out, as are all of a record that failed, if only in part.
    """
    if record.status == "failed" or record.error is not None:
        return
    document = document_key(text)
    for one in judged_record(fields, gold, predicted(record).values):
        signals = record.values[one.field].signals
        if len(signals) > (one.item or 0):
            yield Labelled(document, one.field, signals[one.item or 0], one.right)


def fit_all(values: Sequence[Labelled]) -> Fitted:
    """Fits both groups. Values of one document must stand together."""
    held_out: list[tuple[float, float, bool]] = []
    stated = _fit([value for value in values if not value.signals.absent], held_out)
    absent = _fit([value for value in values if value.signals.absent], held_out)
    now, before, right = zip(*held_out, strict=True) if held_out else ((), (), ())
    return Fitted(
        stated, absent, expected_calibration_error(now, right), expected_calibration_error(before, right)
    )


def _fit(values: Sequence[Labelled], held_out: list[tuple[float, float, bool]]) -> Group | None:
    """The group of these values; each one's held-out confidence, probability and truth go to `held_out`."""
    if not values:
        return None
    right = [value.right for value in values]
    held = {form: cross_fitted(values, form) for form in FORMS}
    # Of equally good ones the simplest.
    form = min(FORMS, key=lambda each: brier_score(held[each], right) or 0.0)
    group, confidence = fit_group(values, form), held[form]
    assert group is not None, "there are values"
    held_out += [
        (now, value.signals.probability, value.right) for now, value in zip(confidence, values, strict=True)
    ]
    # A list is accepted as a whole, so its least sure item decides for all.
    taken: list[float] = []
    pairs = zip(confidence, values, strict=True)
    for _, together in groupby(pairs, key=lambda pair: (pair[1].document, pair[1].field)):
        listed = [now for now, _ in together]
        taken += [min(listed)] * len(listed)
    return group.model_copy(update={"curve": curve(taken, right)})


def cross_fitted(values: Sequence[Labelled], form: Form = "all") -> list[float]:
    """For each value the confidence by a fit of this form on the documents of the other folds."""
    folds = [int(sha256(v.document.encode("utf-8", "surrogatepass")).hexdigest(), 16) % FOLDS for v in values]
    found = [0.0] * len(values)
    for fold in set(folds):
        others = fit_group([v for v, f in zip(values, folds, strict=True) if f != fold], form)
        own = [at for at, each in enumerate(folds) if each == fold]
        for at in own:
            found[at] = values[at].signals.probability
        if others is not None:
            fresh = confidences(others, [values[at].field for at in own], [values[at].signals for at in own])
            for at, confidence in zip(own, fresh, strict=True):
                found[at] = confidence
    return found
