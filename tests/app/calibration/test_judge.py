"""A record as judged: calibrated where there is a calibration, accepted only where the promise holds."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from thresher.adapters.calibration import Calibration, Group, Step
from thresher.adapters.fields import Field
from thresher.app.calibration.calibrator import confidences, fit_group
from thresher.app.calibration.judge import Judge
from thresher.app.record import Outcome, Record, Value

from .conftest import Drawer, signals

SURE, UNSURE, GONE = signals(-0.01), signals(-3.0), signals(-0.01, absent=True)
VALUES = {
    "total": Value(5, Outcome.FOUND, 0.99, signals=(SURE,)),
    "items": Value(["a", "b"], Outcome.FOUND, 0.5, (None, None), (0.99, 0.05), signals=(SURE, UNSURE)),
    "gone": Value(None, Outcome.ABSENT, 0.99, signals=(GONE,)),
    "bad": Value("x", Outcome.INVALID, 0.9),
    "cut": Value(["a"], Outcome.TRUNCATED, 0.99, (None,), (0.99,), signals=(SURE,)),
    "lost": Value(None, Outcome.FAILED, None),
    "mine": Value(7, Outcome.FOUND, 1.0, calibrated=True),
}
FIELDS = tuple(Field(name=name, type="string") for name in VALUES)
RECORD = Record("r", None, None, "d", "t", "m", None, "partial", None, VALUES, 1.0)


@pytest.fixture
def calibration(drawn: Drawer) -> Calibration:
    groups: list[Group] = []
    for absent in (False, True):
        group = fit_group(drawn(1000, absent=absent))
        assert group is not None
        low, high = (confidences(group, ["total"], [each])[0] for each in (UNSURE, SURE))
        steps = Step((low + high) / 2, 600, 600), Step(low / 2, 1000, 900)
        groups.append(replace_curve(group, steps))
    return Calibration(
        domain="d", record_type="t", pack="", base="", adapter=None, made=datetime.now(UTC), documents=9,
        sources=("labels",), stated=groups[0], absent=groups[1],
    )  # fmt: skip


def replace_curve(group: Group, steps: tuple[Step, ...]) -> Group:
    return group.model_copy(update={"curve": steps, "values": 1000, "right": 900})


def accepted(record: Record) -> dict[str, Any]:
    return {name: value.accepted for name, value in record.values.items()}


def test_without_a_calibration_a_record_stays_as_it_is() -> None:
    assert Judge()(RECORD, FIELDS) == RECORD


def test_a_calibration_sets_the_confidence_of_what_has_signals(calibration: Calibration) -> None:
    judged = Judge(calibration)(RECORD, FIELDS).values
    assert {name for name, value in judged.items() if value.calibrated} == {
        "total", "items", "gone", "cut", "mine",
    }  # fmt: skip
    assert calibration.stated is not None
    each = confidences(calibration.stated, ["items"] * 2, [SURE, UNSURE])
    assert judged["items"].confidences == pytest.approx(each, abs=1e-6)
    assert judged["items"].confidence == pytest.approx(sum(each) / 2, abs=1e-6)
    assert judged["total"].confidences == ()
    assert judged["bad"] == VALUES["bad"]
    assert set(accepted(Judge(calibration)(RECORD, FIELDS)).values()) == {None}


def test_what_is_whole_and_sure_is_accepted_and_a_list_only_as_a_whole(calibration: Calibration) -> None:
    judged = Judge(calibration, 0.98)(RECORD, FIELDS)
    assert accepted(judged) == {
        "total": True, "items": False, "gone": True, "bad": False, "cut": False, "lost": False, "mine": True,
    }  # fmt: skip
    assert (len(judged.weighed) - judged.looks, len(judged.weighed)) == (3, 7)
    sure = replace(VALUES["items"], confidences=(0.9, 0.9), signals=(SURE, SURE))
    assert Judge(calibration, 0.98)(replace(RECORD, values={"items": sure}), FIELDS).values["items"].accepted


def test_stated_and_absent_values_are_accepted_each_by_their_own_labels(calibration: Calibration) -> None:
    assert calibration.absent is not None
    poor = calibration.model_copy(update={"absent": replace_curve(calibration.absent, (Step(0.1, 9, 9),))})
    judged = Judge(poor, 0.98)(RECORD, FIELDS)
    assert accepted(judged)["total"] is True
    assert accepted(judged)["gone"] is False
    none = calibration.model_copy(update={"absent": None})
    assert Judge(none, 0.98)(RECORD, FIELDS).values["gone"] == replace(VALUES["gone"], accepted=False)


def test_a_later_calibration_takes_the_place_of_an_earlier_one(calibration: Calibration) -> None:
    once = Judge(calibration, 0.98)(RECORD, FIELDS)
    assert Judge(calibration)(once, FIELDS) == Judge(calibration)(RECORD, FIELDS)
    gone = Judge()(once, FIELDS).values["total"]
    assert gone.confidence == pytest.approx(0.99, abs=1e-3)
    assert (gone.calibrated, gone.accepted) == (False, None)


def test_absent_from_fewer_windows_than_any_labelled_value_it_is_not_calibrated(
    calibration: Calibration,
) -> None:
    assert calibration.absent is not None
    group = calibration.absent.model_copy(update={"windows": 3})
    judge = Judge(calibration.model_copy(update={"absent": group}), 0.98)

    def judged(windows: int | None) -> Value:
        gone = replace(VALUES["gone"], signals=(replace(GONE, windows=windows),))
        return judge(replace(RECORD, values={"gone": gone}), FIELDS).values["gone"]

    for enough in (3, 8, None):
        assert (judged(enough).calibrated, judged(enough).accepted) == (True, True)
    assert (judged(2).calibrated, judged(2).accepted) == (False, False)
    assert judged(2).confidence == VALUES["gone"].confidence


def test_of_a_field_that_no_label_told_of_nothing_is_calibrated_and_nothing_accepted(
    calibration: Calibration,
) -> None:
    """A field that was added for a run, or asked in another way than the record type has it."""
    own = {name: Field(name=name, type="string") for name in ("total", "items", "gone", "bad", "cut", "lost")}
    judge = Judge(calibration, 0.98, own)

    def judged(*fields: Field) -> Value:
        return judge(replace(RECORD, values={"total": VALUES["total"]}), fields).values["total"]

    tax = Field(name="total", type="string", description="The tax")
    assert judge.strange([own["total"], own["items"], tax]) == {"total"}
    assert (judged(own["total"]).calibrated, judged(own["total"]).accepted) == (True, True)
    assert (judged(tax).calibrated, judged(tax).accepted) == (False, False)
    assert judged(tax).confidence == VALUES["total"].confidence
    # What was labelled beside the record type's own is known by its name.
    assert calibration.stated is not None
    assert "field 0" in calibration.stated.fields
    besides = [Field(name=name, type="string") for name in ("field 0", "new")]
    assert judge.strange(besides) == {"new"}
    assert Judge(calibration, 0.98).strange(besides) == set()
