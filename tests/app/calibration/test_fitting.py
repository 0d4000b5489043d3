"""Records and gold in, two fits with held-out curves out."""

from dataclasses import replace

import pytest

from thresher.adapters.fields import Field
from thresher.app.calibration.acceptance import threshold
from thresher.app.calibration.fitting import fit_all, labelled_values
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
