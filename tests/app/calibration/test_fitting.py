"""Records and gold in, two fits with held-out curves out."""

import math
from dataclasses import replace

import numpy as np
import pytest

from thresher.adapters.fields import Field
from thresher.app.calibration.acceptance import threshold
from thresher.app.calibration.calibrator import Labelled
from thresher.app.calibration.fitting import cross_fitted, fit_all, labelled_values
from thresher.app.evaluation.calibration import expected_calibration_error
from thresher.app.record import Outcome, Record, RecordError, Value

from .conftest import Drawer, signals

FIELDS = (Field(name="name", type="string"), Field(name="parts", type="list[string]"))
SURE, UNSURE, GONE = signals(-0.01), signals(-3.0), signals(-0.01, absent=True)


def record(**values: Value) -> Record:
    return Record("r", None, None, "d", "t", "m", None, "ok", None, values, 1.0)


def test_each_value_and_item_has_its_own_signals_and_truth() -> None:
    one = record(
        name=Value(None, Outcome.ABSENT, 0.9, signals=(GONE,)),
        parts=Value(["a", "b"], Outcome.FOUND, 0.5, signals=(SURE, UNSURE)),
    )
    found = list(labelled_values(one, FIELDS, {"name": None, "parts": ["b"]}, "text"))
    assert [(each.field, each.signals, each.right) for each in found] == [
        ("name", GONE, True), ("parts", SURE, False), ("parts", UNSURE, True),
    ]  # fmt: skip


def test_values_without_signals_and_failed_records_tell_nothing() -> None:
    old = record(name=Value("x", Outcome.FOUND, 0.9))
    assert list(labelled_values(old, FIELDS, {"name": "x"}, "text")) == []
    failed = Record("r", None, None, "d", "t", "m", None, "failed", None, old.values, 1.0)
    assert list(labelled_values(failed, FIELDS, {"name": "x"}, "text")) == []
    said = record(name=Value("x", Outcome.FOUND, 0.9, signals=(signals(-0.1),)))
    in_part = replace(said, status="partial", error=RecordError("model", "1 of 2 parts got no answer"))
    assert len(list(labelled_values(said, FIELDS, {"name": "x"}, "text"))) == 1
    assert list(labelled_values(in_part, FIELDS, {"name": "x"}, "text")) == []


def test_equal_texts_are_one_document_whatever_their_records_are_called() -> None:
    one = record(name=Value("x", Outcome.FOUND, 0.9, signals=(SURE,)))
    gold: dict[str, object] = {"name": "x"}
    texts = ("Till 1", "till  1\n", "Till 2")
    (first,), (same,), (other,) = (labelled_values(one, FIELDS, gold, text) for text in texts)
    assert first.document == same.document != other.document


def test_the_held_out_error_is_small_and_the_curve_covers_all(drawn: Drawer) -> None:
    fitted = fit_all([*drawn(1500), *drawn(1500, seed=1, absent=True)])
    assert fitted.error is not None
    assert fitted.error_before is not None
    assert fitted.error < 0.04 < 0.15 < fitted.error_before
    for group in (fitted.stated, fitted.absent):
        assert group is not None
        assert (group.values, group.curve[-1].values, group.curve[-1].right) == (1500, 1500, group.right)


def test_of_few_labels_fields_and_signals_that_tell_nothing_of_others_are_left_out() -> None:
    """A model that is right of itself, each value of a field of its own, as questions to a report are."""
    errors = []
    for seed in range(5):
        random = np.random.default_rng(seed)
        values = [
            Labelled(
                f"d{at // 4}", f"question {at}", signals(math.log(chance)), bool(random.random() < chance)
            )
            for at, chance in enumerate(random.uniform(0.05, 0.95, 100))
        ]
        fitted = fit_all(values)
        assert fitted.stated is not None
        assert fitted.stated.fields == {}
        right = [value.right for value in values]
        errors.append((fitted.error, expected_calibration_error(cross_fitted(values, "all"), right)))
    chosen, of_all = np.mean(np.array(errors, dtype=float), axis=0)
    assert chosen < of_all


def test_of_many_labels_a_field_that_is_often_wrong_is_told_from_others(drawn: Drawer) -> None:
    values = [replace(each, right=False) if each.field == "field 0" else each for each in drawn(500)]
    fitted = fit_all(values)
    assert fitted.stated is not None
    assert fitted.stated.fields["field 0"] < -1


def test_what_has_no_label_has_no_group(drawn: Drawer) -> None:
    fitted = fit_all(drawn(20))
    assert fitted.absent is None
    assert fitted.stated is not None
    assert threshold(fitted.stated.curve, 0.98) is None


def test_one_document_alone_is_held_out_as_the_models_own_probability(drawn: Drawer) -> None:
    fitted = fit_all(drawn(5))
    assert fitted.error == pytest.approx(fitted.error_before)


def test_a_list_counts_in_the_curve_by_its_least_sure_item(drawn: Drawer) -> None:
    from dataclasses import replace

    # Two items a list: one very sure, one hardly. Neither is taken for the first's sake.
    values = [
        replace(value, document=f"d{number}", field="parts", signals=signals)
        for number, value in enumerate(drawn(200))
        for signals in (SURE, UNSURE)
    ]
    fitted = fit_all(values)
    assert fitted.stated is not None
    assert all(step.values % 2 == 0 for step in fitted.stated.curve)
