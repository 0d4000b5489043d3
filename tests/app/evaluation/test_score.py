"""Every clause of the rule, counted by hand."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.fields import Field, FieldType
from thresher.app.evaluation.records import GoldRecord, Predicted, PredictedRecord
from thresher.app.evaluation.score import Scores, score, tally
from thresher.app.record import Outcome


def one(kind: FieldType, name: str = "f") -> Field:
    return Field(name=name, type=kind, values=("a", "b") if kind == "enum" else ())


def gold(name: str, output: dict[str, Any], **kinds: FieldType) -> GoldRecord:
    return GoldRecord(name, "", output, tuple(one(kind, field) for field, kind in kinds.items()))


def said(name: str, **output: Any) -> PredictedRecord:
    return PredictedRecord(name, {field: Predicted(value) for field, value in output.items()})


@pytest.mark.parametrize(
    ("kind", "gold_value", "predicted", "counts"),
    [
        # scalar: both absent, equal, predicted alone, gold alone, unequal
        ("string", None, None, (0, 0, 0)),
        ("string", "", [], (0, 0, 0)),
        ("string", "Acme Corp.", " ACME\ncorp", (1, 0, 0)),
        ("string", None, "Acme", (0, 1, 0)),
        ("string", "Acme", None, (0, 0, 1)),
        ("string", "Acme", "Bolt", (0, 1, 1)),
        ("string", "Acme", ["Acme"], (0, 1, 1)),
        ("date", "2019-03-04", "2019-03-04", (1, 0, 0)),
        ("date", "2019-03-04", "04/03/2019", (0, 1, 1)),
        ("number", 5.0, 5.004, (1, 0, 0)),
        ("number", 5.0, 5.02, (0, 1, 1)),
        ("number", 0, 0.0, (1, 0, 0)),
        ("number", None, 0, (0, 1, 0)),
        # a number written as a text is read as gold's are, and nothing else is
        ("number", 4.2, "4.20", (1, 0, 0)),
        ("number", 4.2, "4,20", (0, 1, 1)),
        ("number", 4.2, "4.20 EUR", (0, 1, 1)),
        ("number", [4.2, 5.5], ["4.20", "5.5"], (2, 0, 0)),
        ("integer", 3, " 3 ", (1, 0, 0)),
        ("integer", 3, "3.001", (0, 1, 1)),
        ("string", "4.2", "4.20", (0, 1, 1)),
        ("integer", 3, 3, (1, 0, 0)),
        ("enum", "a", "a", (1, 0, 0)),
        ("enum", "a", "b", (0, 1, 1)),
        # a boolean is present only when true
        ("boolean", True, True, (1, 0, 0)),
        ("boolean", False, False, (0, 0, 0)),
        ("boolean", False, None, (0, 0, 0)),
        ("boolean", False, True, (0, 1, 0)),
        ("boolean", True, False, (0, 0, 1)),
        ("boolean", True, None, (0, 0, 1)),
        # a list is the set of its normalised items
        ("list[string]", [], None, (0, 0, 0)),
        ("list[string]", ["A", "b"], ["B.", "a", "A"], (2, 0, 0)),
        ("list[string]", ["a", "b"], ["b", "c", "d"], (1, 2, 1)),
        ("list[string]", ["a"], "a", (1, 0, 0)),
        ("list[string]", ["a", "A "], None, (0, 0, 1)),
        # labels that give a list to a scalar field are a list
        ("string", ["a", "b"], "A", (1, 0, 1)),
        # numbers in a list are compared as numbers, each with one
        ("number", [12, 15], [12.0, 15.0], (2, 0, 0)),
        ("number", [12.0, 15.0], 12, (1, 0, 1)),
        ("number", [4.2, 5.0], [5.004, 4.196, 5.02], (2, 1, 0)),
        ("number", [0.0, 0.004], [0.008, 0.0], (2, 0, 0)),
        ("number", [5, "5.0", 5.0], ["5", None], (1, 0, 0)),
        ("number", [1, "a few"], [True, "A few.", 2], (1, 2, 1)),
        ("integer", [3, 4], ["3", 4.0], (2, 0, 0)),
        ("string", ["4.2"], ["4.20"], (0, 1, 1)),
    ],
)
def test_one_field(kind: FieldType, gold_value: Any, predicted: Any, counts: tuple[int, int, int]) -> None:
    counted = tally(one(kind), gold_value, predicted)
    assert (counted.tp, counted.fp, counted.fn) == counts


@pytest.mark.parametrize(
    ("gold_value", "predicted", "counts"),
    [
        ("-", "-", (1, 0, 0)),
        ("-", None, (0, 0, 1)),
        (None, "-", (0, 1, 0)),
        ("-", "+", (0, 1, 1)),
        ("-", ".", (0, 1, 1)),
        (None, ";", (0, 0, 0)),  # none of the values: it says nothing, as before
        (["-", "+"], "-", (1, 0, 1)),
        (["-", "."], ".", (1, 0, 1)),
    ],
)
def test_a_choice_of_punctuation_counts(
    gold_value: Any, predicted: Any, counts: tuple[int, int, int]
) -> None:
    counted = tally(Field(name="rh", type="enum", values=("+", "-", ".")), gold_value, predicted)
    assert (counted.tp, counted.fp, counted.fn) == counts


def test_the_score_is_averaged_over_all_fields_of_all_records() -> None:
    scores = score(
        [
            gold("1", {"s": "x", "l": ["a", "b"]}, s="string", l="list[string]"),
            gold("2", {"s": "y", "l": []}, s="string", l="list[string]"),
        ],
        [said("1", s="x", l=["a", "c"]), said("2", s="z")],
    )
    # s: 1 TP; then FP and FN. l: a TP, c FP, b FN.
    assert (scores.total.tp, scores.total.fp, scores.total.fn) == (2, 2, 2)
    assert scores.total.f1 == pytest.approx(4 / 8)
    assert scores.total.precision == scores.total.recall == pytest.approx(2 / 4)
    for name in ("s", "l"):
        assert scores.fields[name].f1 == pytest.approx(2 / 4)
        assert scores.fields[name].support == 2
    assert (scores.right, scores.records, scores.right_share) == (0, 2, 0.0)


def test_a_record_is_right_if_every_scored_field_is() -> None:
    records = [gold("1", {"s": "x", "b": False}, s="string", b="boolean"), gold("2", {"s": None}, s="string")]
    scores = score(records, [said("1", s="X"), said("2", s="y")])
    assert scores.right_share == 0.5


def test_a_key_that_gold_lacks_is_not_scored() -> None:
    scores = score(
        [gold("1", {"s": "x"}, s="string", t="string")], [said("1", s="x", t="anything", u="else")]
    )
    assert (scores.total.tp, scores.total.fp, scores.total.fn) == (1, 0, 0)
    assert list(scores.fields) == ["s"]


def test_keys_that_no_gold_record_asks_for_are_known() -> None:
    records = [gold("1", {"s": "x"}, s="string"), gold("2", {}, t="string"), gold("3", {}, t="string")]
    failed = PredictedRecord("3", {"w": Predicted("x")}, failed=True)
    scores = score(records, [said("1", s="x", t="y"), said("2", T="x", u="z"), failed, said("9", v="x")])
    assert (scores.with_unknown_keys, scores.unknown_keys) == (1, {"T", "u"})


def test_fields_differ_from_record_to_record() -> None:
    records = [gold("1", {"n": 5}, n="number"), gold("2", {"n": "5"}, n="string")]
    scores = score(records, [said("1", n=5.001), said("2", n="5.")])
    assert scores.total.f1 == 1.0


def test_failed_and_missing_records_score_as_all_absent() -> None:
    records = [gold(name, {"s": "x"}, s="string") for name in "123"]
    failed = PredictedRecord("2", {"s": Predicted("x", Outcome.FOUND)}, failed=True)
    scores = score(records, [said("1", s="x"), failed, said("9", s="x")])
    assert (scores.total.tp, scores.total.fp, scores.total.fn) == (1, 0, 2)
    assert (scores.failed, scores.missing, scores.unasked) == (1, 1, 1)


@pytest.mark.parametrize(
    ("outcome", "reported", "found"),
    [
        (Outcome.FOUND, 1, 1),
        (Outcome.UNGROUNDED, 1, 0),
        (Outcome.TRUNCATED, 1, 0),
        (Outcome.INVALID, 0, 0),
        (Outcome.FAILED, 0, 0),
        (Outcome.ABSENT, 0, 0),
    ],
)
def test_which_outcomes_predict(outcome: Outcome, reported: int, found: int) -> None:
    record = PredictedRecord("1", {"s": Predicted("x", outcome, (None,))})
    scores = score([gold("1", {"s": "x"}, s="string")], [record])
    assert (scores.total.tp, scores.found_only.tp) == (reported, found)


def test_grounded_counts_items_whose_span_says_them() -> None:
    values = {
        "s": Predicted("Acme Corp", Outcome.FOUND, ("ACME corp.",)),
        "z": Predicted("Acme Corp", Outcome.FOUND, ("Acme Corb",)),  # a fuzzy span does not say it
        "n": Predicted(3.5e6, Outcome.FOUND, ("3.5 million",)),
        "l": Predicted(["a", "b"], Outcome.FOUND, ("a", None)),
        "u": Predicted("x", Outcome.UNGROUNDED, ()),
        "e": Predicted("a", Outcome.FOUND, (None,)),  # judged of the text, not quoted
        "p": Predicted("x"),  # no spans known
    }
    kinds: dict[str, FieldType] = {
        "s": "string", "z": "string", "n": "number", "l": "list[string]",
        "u": "string", "e": "enum", "p": "string",
    }  # fmt: skip
    scores = score([gold("1", dict.fromkeys(kinds), **kinds)], [PredictedRecord("1", values)])
    assert (scores.grounded, scores.groundable) == (3, 6)
    assert scores.grounded_share == 0.5


def test_nothing_counted_has_no_share() -> None:
    empty = Scores()
    assert empty.total.f1 is empty.total.precision is empty.right_share is empty.grounded_share is None


def test_two_predictions_for_one_record_are_refused() -> None:
    with pytest.raises(ValueError, match="two predictions"):
        score([], [said("1"), said("1")])


VALUE = (
    st.none()
    | st.text(max_size=4)
    | st.integers(-3, 3)
    | st.booleans()
    | st.lists(st.text(max_size=3), max_size=3)
)


@given(
    VALUE, VALUE, st.sampled_from(["string", "date", "number", "integer", "boolean", "enum", "list[string]"])
)
def test_false_positives_and_negatives_mirror_each_other(a: Any, b: Any, kind: FieldType) -> None:
    if isinstance(a, list) != isinstance(b, list):
        return  # gold alone decides what is a list
    there, back = tally(one(kind), a, b), tally(one(kind), b, a)
    assert (there.tp, there.fp, there.fn) == (back.tp, back.fn, back.fp)
