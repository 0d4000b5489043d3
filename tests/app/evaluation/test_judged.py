"""Value by value: what is right, by the rule of the score."""

from typing import Any

import pytest

from thresher.adapters.fields import Field, FieldType
from thresher.app.evaluation.judged import judged
from thresher.app.evaluation.records import GoldRecord, Predicted, PredictedRecord
from thresher.app.evaluation.score import score
from thresher.app.record import Outcome


def one(kind: FieldType) -> Field:
    return Field(name="f", type=kind, values=("serious", "mild") if kind == "enum" else ())


def judge(kind: FieldType, gold: Any, value: Any, outcome: Outcome | None = None) -> list[tuple[bool, bool]]:
    record = GoldRecord("a", "x", {"f": gold}, (one(kind),))
    given = PredictedRecord("a", {"f": Predicted(value, outcome)})
    return [(each.stated, each.right) for each in judged([record], [given])]


@pytest.mark.parametrize(
    ("kind", "gold", "value", "expected"),
    [
        ("string", "Corner Cafe", "corner cafe.", [(True, True)]),
        ("string", None, "corner cafe", [(True, False)]),
        ("string", "Corner Cafe", None, [(False, False)]),
        ("string", None, None, [(False, True)]),
        ("number", 12.5, 12.5001, [(True, True)]),
        ("number", 12.5, "12.50", [(True, True)]),
        ("boolean", True, True, [(True, True)]),
        ("boolean", True, False, [(False, False)]),
        ("boolean", None, False, [(False, True)]),
        ("enum", "mild", "serious", [(True, False)]),
        ("list[string]", ["a", "b"], ["A.", "c"], [(True, True), (True, False)]),
        ("list[string]", [], [], [(False, True)]),
        ("list[string]", ["a"], [], [(False, False)]),
        ("string", ["a", "b"], "a", [(True, True)]),  # gold gives a list to a scalar
        ("string", ["a", "b"], None, [(False, False)]),
    ],
)
def test_each_value_and_item(
    kind: FieldType, gold: Any, value: Any, expected: list[tuple[bool, bool]]
) -> None:
    assert judge(kind, gold, value) == expected


@pytest.mark.parametrize(("gold", "right"), [("-", True), ("+", False), (None, False)])
def test_a_choice_of_punctuation_is_stated(gold: str | None, right: bool) -> None:
    record = GoldRecord("a", "x", {"f": gold}, (Field(name="f", type="enum", values=("+", "-")),))
    (each,) = judged([record], [PredictedRecord("a", {"f": Predicted("-", Outcome.FOUND)})])
    assert (each.stated, each.right) == (True, right)


@pytest.mark.parametrize("outcome", [Outcome.INVALID, Outcome.FAILED])
def test_what_claims_nothing_is_not_judged(outcome: Outcome) -> None:
    assert judge("string", "a", "b", outcome) == []


def test_a_cut_list_is_judged_by_its_items_and_a_cut_value_not_at_all() -> None:
    assert judge("list[string]", ["a"], ["a"], Outcome.TRUNCATED) == [(True, True)]
    assert judge("list[string]", ["a"], [], Outcome.TRUNCATED) == []
    assert judge("string", "a", None, Outcome.TRUNCATED) == []


def test_a_key_that_gold_lacks_and_a_failed_record_are_not_judged() -> None:
    field = one("string")
    assert judged([GoldRecord("a", "x", {}, (field,))], [PredictedRecord("a", {"f": Predicted("v")})]) == []
    failed = PredictedRecord("a", {"f": Predicted("v")}, failed=True)
    assert judged([GoldRecord("a", "x", {"f": "v"}, (field,))], [failed]) == []


def test_the_stated_values_that_are_right_are_the_scores_true_positives() -> None:
    fields = (one("string"), Field(name="l", type="list[string]"))
    gold = [
        GoldRecord("a", "", {"f": "x", "l": ["p", "q"]}, fields),
        GoldRecord("b", "", {"f": None}, fields),
    ]
    given = [
        PredictedRecord("a", {"f": Predicted("x"), "l": Predicted(["q", "r"])}),
        PredictedRecord("b", {"f": Predicted("y")}),
    ]
    stated = [each for each in judged(gold, given) if each.stated]
    total = score(gold, given).total
    assert sum(each.right for each in stated) == total.tp
    assert sum(not each.right for each in stated) == total.fp


def test_confidences_go_with_their_items() -> None:
    fields = (Field(name="l", type="list[string]"),)
    gold = [GoldRecord("a", "", {"l": ["p"]}, fields)]
    own = PredictedRecord("a", {"l": Predicted(["p", "q"], confidences=(0.9, 0.2), calibrated=True)})
    assert [(e.item, e.confidence, e.calibrated) for e in judged(gold, [own])] == [
        (0, 0.9, True),
        (1, 0.2, True),
    ]
    mean = PredictedRecord("a", {"l": Predicted(["p", "q"], confidences=(0.5,))})
    assert [e.confidence for e in judged(gold, [mean])] == [0.5, 0.5]
    assert [e.confidence for e in judged(gold, [PredictedRecord("a", {"l": Predicted(["p"])})])] == [None]
