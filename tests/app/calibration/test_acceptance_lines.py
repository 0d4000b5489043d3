from datetime import UTC, datetime

from thresher.adapters.calibration import Calibration, Group, Step, Weights
from thresher.adapters.fields import Field
from thresher.app.calibration.acceptance_lines import acceptance_lines, offer_lines
from thresher.app.calibration.judge import Judge


def group(*steps: Step) -> Group:
    weights = Weights(**dict.fromkeys(Weights.model_fields, 0.5))
    return Group(weights=weights, values=steps[-1].values, right=steps[-1].right, curve=steps)


def calibrated(stated: Group | None, absent: Group | None) -> Calibration:
    return Calibration(
        domain="d", record_type="t", pack="", base="", adapter=None, made=datetime.now(UTC), documents=9,
        sources=("labels",), stated=stated, absent=absent,
    )  # fmt: skip


def lines(stated: Group | None, absent: Group | None, wanted: float = 0.98) -> list[str]:
    calibration = calibrated(stated, absent)
    found = list(acceptance_lines(Judge(calibration, wanted)))
    assert list(offer_lines(calibration, (wanted,))) == found
    return found


def test_each_kind_of_value_is_told_from_where_it_is_accepted() -> None:
    good = group(Step(0.97, 600, 599), Step(0.2, 1000, 900))
    assert lines(good, None) == [
        "at 0.98 stated values are accepted from a confidence of 0.970: 60% of those labelled, 599 of 600 "
        "right",
        "at 0.98 no absent values are accepted: no label tells of them",
    ]


def test_why_nothing_is_accepted() -> None:
    few, wrong = group(Step(0.9, 30, 30)), group(Step(0.9, 300, 290), Step(0.1, 400, 300))
    stated, absent = lines(few, wrong)
    assert stated.endswith("accepted: 30 labelled ones cannot promise it, which takes 149 at the least")
    assert absent.endswith("accepted: 290 right of the 300 surest labelled ones promise no more than 0.944")


def test_a_calibration_without_a_curve_tells_of_nothing() -> None:
    bare = group(Step(0.9, 300, 300)).model_copy(update={"curve": ()})
    assert lines(bare, None)[0] == "at 0.98 no stated values are accepted: no label tells of them"


def test_where_nothing_is_asked_nothing_is_told() -> None:
    assert list(acceptance_lines(Judge())) == []


def test_fields_that_no_label_told_of_are_named_once_whoever_asks_them_and_however_often() -> None:
    total, tax = Field(name="total", type="number"), Field(name="tax", type="number")
    judge = Judge(calibrated(group(Step(0.97, 600, 599)), None), 0.98, {"total": total})
    assert len(list(acceptance_lines(judge, [total]))) == 2
    other = total.model_copy(update={"description": "before tax"})
    *_, last = acceptance_lines(judge, [total, tax, other, tax])
    assert last == "of tax, total none are accepted: no label tells of them as they are asked here"
