"""The gate: what passes, what fails, what cannot be told, and what is said of it."""

import json
from collections.abc import Mapping

import pytest

from thresher.adapters.fields import Field
from thresher.app.evaluation.compare import Comparison, compare
from thresher.app.evaluation.gate import MIN_DOCUMENTS, as_dict, judge, verdict_lines
from thresher.app.evaluation.records import GoldRecord, Predicted, PredictedRecord

FIELDS = tuple(Field(name=name, type="string") for name in ("company", "total"))
RIGHT = {"company": "Mill", "total": "7"}


def comparison(documents: int, first: Mapping[str, int], second: Mapping[str, int]) -> Comparison:
    """Of two sides that have each field right in so many documents, spread apart."""

    def said(right: Mapping[str, int], start: int) -> list[PredictedRecord]:
        def value(name: str, at: int) -> str:
            return RIGHT[name] if (at * 7 + start) % documents < right[name] else "wrong"

        return [
            PredictedRecord(str(at), {name: Predicted(value(name, at)) for name in RIGHT})
            for at in range(documents)
        ]

    gold = [GoldRecord(str(at), f"text {at}", RIGHT, FIELDS) for at in range(documents)]
    return compare(gold, said(first, 0), said(second, documents // 3))


def both(count: int) -> dict[str, int]:
    return dict.fromkeys(RIGHT, count)


def test_one_that_is_clearly_better_passes() -> None:
    verdict = judge(comparison(50, both(45), both(25)), "new", "old")
    assert (verdict.outcome, verdict.reasons, verdict.more) == ("passes", (), None)
    lines = list(verdict_lines(verdict, 0.1))
    assert lines[0].startswith(
        "new beside old, on 50 documents held back: F1 0.900, other 0.500, difference +"
    )
    assert lines[1:] == ["it passes the gate"]
    told = json.loads(json.dumps(as_dict(verdict)))
    assert (told["outcome"], told["against"], told["documents"], told["support"]) == (
        "passes",
        "old",
        50,
        100,
    )
    assert told["interval"][0] > 0
    assert told["fields"]["total"]["f1"] == 0.9


def test_one_that_is_not_better_fails_however_many_labels_there_are() -> None:
    for first, second in ((25, 25), (20, 45)):
        verdict = judge(comparison(50, both(first), both(second)), "new", None)
        assert verdict.outcome == "fails"
        assert verdict.reasons[0] == "it is not better"
        assert verdict.more is None
    assert "new beside the base alone" in next(verdict_lines(verdict, 0.1))


def test_a_field_that_surely_falls_fails_the_whole() -> None:
    verdict = judge(comparison(50, {"company": 50, "total": 25}, {"company": 0, "total": 45}), "new", "old")
    assert verdict.comparison.total.is_above
    assert verdict.outcome == "fails"
    assert verdict.reasons[0].startswith("total falls: F1 0.500, other 0.900, difference -0.400 (")


def test_a_field_that_may_fall_by_chance_leaves_it_open() -> None:
    verdict = judge(comparison(50, {"company": 50, "total": 25}, {"company": 0, "total": 29}), "new", "old")
    assert verdict.comparison.total.is_above
    assert not verdict.comparison.fields["total"].is_below
    assert verdict.outcome == "unproved"
    assert verdict.reasons[0].startswith("total falls, perhaps by chance: ")
    assert verdict.more is not None
    small = judge(comparison(100, {"company": 90, "total": 50}, {"company": 20, "total": 53}), "new", "old")
    assert small.outcome == "passes"  # a fall of 0.03 that nobody can tell from chance is let pass


def test_a_fall_of_more_than_a_twentieth_is_not_let_pass() -> None:
    """The edge is the one that docs/evaluation.md names."""
    for before, outcome in ((55, "passes"), (56, "unproved")):
        fields = {"company": 90, "total": 50}, {"company": 20, "total": before}
        verdict = judge(comparison(100, *fields), "new", "old")
        assert verdict.comparison.total.is_above
        assert not verdict.comparison.fields["total"].is_below
        assert verdict.outcome == outcome


@pytest.mark.parametrize("wrong", [0, 2, 30])
def test_labels_that_state_no_value_prove_nothing(wrong: int) -> None:
    def said(values: int) -> list[PredictedRecord]:
        return [
            PredictedRecord(str(at), {"company": Predicted("wrong" if at < values else None)})
            for at in range(30)
        ]

    gold = [GoldRecord(str(at), f"text {at}", {"company": None}, FIELDS) for at in range(30)]
    verdict = judge(compare(gold, said(wrong), said(30)), "new", "old")
    assert (verdict.outcome, verdict.reasons) == (
        "unproved",
        ("the labels that were held back state no value",),
    )


def test_too_few_labels_are_said_with_how_many_are_needed() -> None:
    verdict = judge(comparison(MIN_DOCUMENTS - 1, both(19), both(0)), "new", "old")
    assert verdict.outcome == "unproved"
    assert verdict.reasons == ("19 documents held back, and fewer than 20 prove nothing",)
    assert verdict.more == 1
    assert "about 1 more document held back, of 10 more labels, would tell" in list(
        verdict_lines(verdict, 0.1)
    )
    near = judge(comparison(40, both(23), both(20)), "new", "old")
    assert near.outcome == "unproved"
    assert near.reasons == ("the interval reaches zero: the difference may be chance",)
    needed = near.comparison.needed
    assert needed is not None
    assert near.more == needed - 40 > 0
    nothing = judge(compare([], [], []), "new", None)
    assert (nothing.outcome, nothing.more) == ("unproved", MIN_DOCUMENTS)
    assert any("about 20 more documents held back" in line for line in verdict_lines(nothing, 0.1))


def test_a_doubt_keeps_it_open_and_a_note_does_not() -> None:
    better = comparison(50, both(45), both(25))
    doubted = judge(better, "new", "old", doubts=["it may have seen these"])
    assert (doubted.outcome, doubted.reasons, doubted.more) == ("unproved", ("it may have seen these",), None)
    noted = judge(better, "new", "old", notes=["old may have seen these"])
    assert noted.outcome == "passes"
    assert "note: old may have seen these" in list(verdict_lines(noted, 0.1))
    assert judge(comparison(50, both(20), both(45)), "new", "old", doubts=["x"]).outcome == "fails"


def test_fields_with_few_values_are_named_and_not_judged() -> None:
    rare = Field(name="rare", type="string")
    gold = [
        GoldRecord(str(at), f"text {at}", RIGHT | {"rare": "once" if at < 3 else None}, (*FIELDS, rare))
        for at in range(30)
    ]
    new = [PredictedRecord(str(at), {n: Predicted(v) for n, v in RIGHT.items()}) for at in range(30)]
    old = [PredictedRecord(str(at), {"rare": Predicted("once" if at < 3 else None)}) for at in range(30)]
    verdict = judge(compare(gold, new, old), "new", "old")
    assert verdict.comparison.fields["rare"].difference == -1
    assert verdict.outcome == "passes"
    assert verdict.notes == ("too few values to judge by themselves (below 10): rare",)
