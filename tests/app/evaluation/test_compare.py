"""Two sides compared: what must hold whatever the documents are, and what is known of a few."""

import random
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.fields import Field
from thresher.app.evaluation.compare import Comparison, Difference, compare, tail
from thresher.app.evaluation.records import GoldRecord, Predicted, PredictedRecord
from thresher.app.evaluation.score import score

FIELDS = (Field(name="who", type="string"), Field(name="what", type="list[string]"))


def gold(name: str, who: str | None = "Lee", what: tuple[str, ...] = (), text: str = "") -> GoldRecord:
    return GoldRecord(name, text or f"text {name}", {"who": who, "what": list(what)}, FIELDS)


def said(name: str, who: str | None = "Lee", what: tuple[str, ...] = ()) -> PredictedRecord:
    return PredictedRecord(name, {"who": Predicted(who), "what": Predicted(list(what))})


WHO = st.sampled_from(["Lee", "Ann", None])
WHAT = st.lists(st.sampled_from(["pump", "seal", "valve"]), max_size=3, unique=True).map(tuple)
VALUES = st.tuples(WHO, WHAT)
ROWS = st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=12)


def sides(rows: list[Any]) -> tuple[list[GoldRecord], list[PredictedRecord], list[PredictedRecord]]:
    return (
        [gold(str(at), *row[0]) for at, row in enumerate(rows)],
        [said(str(at), *row[1]) for at, row in enumerate(rows)],
        [said(str(at), *row[2]) for at, row in enumerate(rows)],
    )


def all_of(comparison: Comparison) -> list[Difference]:
    return [comparison.total, *comparison.fields.values()]


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_a_side_beside_itself_differs_by_exactly_nothing(rows: list[Any]) -> None:
    wanted, first, _ = sides(rows)
    same = compare(wanted, first, first)
    for one in all_of(same):
        assert one.difference in (None, 0)
        assert one.interval in (None, (0, 0))
    assert (same.became_right, same.became_wrong, same.needed) == (0, 0, None)


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_swapping_the_sides_turns_every_sign(rows: list[Any]) -> None:
    wanted, first, second = sides(rows)
    there, back = compare(wanted, first, second), compare(wanted, second, first)
    assert (there.became_right, there.became_wrong) == (back.became_wrong, back.became_right)
    assert there.needed == back.needed
    for one, other in zip(all_of(there), all_of(back), strict=True):
        assert (one.f1, one.other) == (other.other, other.f1)
        assert one.support == other.support
        if one.difference is None:
            assert other.difference is None
            continue
        assert other.difference is not None
        assert one.difference == -other.difference
        assert (one.interval is None) == (other.interval is None)
        if one.interval and other.interval:
            assert one.interval == (-other.interval[1], -other.interval[0])


@settings(max_examples=40, deadline=None)
@given(ROWS, st.randoms())
def test_the_order_changes_nothing(rows: list[Any], order: random.Random) -> None:
    wanted, first, second = sides(rows)
    before = compare(wanted, first, second)
    for each in (wanted, first, second):
        order.shuffle(each)
    assert compare(wanted, first, second) == before


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_each_sides_f1_is_that_of_the_score(rows: list[Any]) -> None:
    wanted, first, second = sides(rows)
    comparison = compare(wanted, first, second)
    for at, side in enumerate((first, second)):
        scored = score(wanted, side)
        figures = {name: (one.f1, one.other)[at] for name, one in comparison.fields.items()}
        assert figures == {name: counts.f1 for name, counts in scored.fields.items()}
        assert (comparison.total.f1, comparison.total.other)[at] == scored.total.f1
        assert comparison.total.support == scored.total.support


@settings(max_examples=15, deadline=None)
@given(st.integers(40, 120), st.integers(0, 1000))
def test_a_side_that_is_clearly_better_on_many_documents_is_above_zero(count: int, seed: int) -> None:
    draw = random.Random(seed)
    wanted = [gold(str(at)) for at in range(count)]
    first = [said(str(at), "Lee" if draw.random() < 0.95 else "Ann") for at in range(count)]
    second = [said(str(at), "Lee" if draw.random() < 0.4 else "Ann") for at in range(count)]
    better = compare(wanted, first, second)
    assert better.total.is_above
    assert better.needed == count
    assert compare(wanted, second, first).total.is_below


def test_too_few_documents_prove_nothing_and_it_is_said_how_many_would() -> None:
    wanted = [gold(str(at)) for at in range(10)]
    first = [said(str(at), "Lee" if at < 7 else "Ann") for at in range(10)]
    second = [said(str(at), "Lee" if at > 3 else "Ann") for at in range(10)]
    small = compare(wanted, first, second)
    assert small.total.difference == pytest.approx(0.1)
    assert small.total.interval is not None
    assert small.total.interval[0] < 0 < small.total.interval[1]
    assert (small.became_right, small.became_wrong) == (4, 3)
    needed = small.needed
    assert needed is not None
    # Of the same kind of documents half as many as that do not prove it, and half as many again do.

    def with_copies(copies: int) -> Comparison:
        left, right = (
            [PredictedRecord(f"{copy} {one.id}", one.values) for copy in range(copies) for one in side]
            for side in (first, second)
        )
        return compare([gold(f"{copy} {one.id}") for copy in range(copies) for one in wanted], left, right)

    assert not with_copies(needed // 20).total.is_above
    assert with_copies(needed * 3 // 20).total.is_above


def test_records_of_one_text_are_drawn_together() -> None:
    """A document asked for forty things is one document: it makes nothing surer."""
    wanted = [gold(str(at), text="the same") for at in range(40)]
    one = compare(wanted, [said(str(at)) for at in range(40)], [said(str(at), "Ann") for at in range(40)])
    assert (one.documents, one.records) == (1, 40)
    apart = compare(
        [gold(str(at)) for at in range(40)],
        [said(str(at)) for at in range(40)],
        [said(str(at), "Lee" if at % 2 else "Ann") for at in range(40)],
    )
    assert apart.documents == 40


def test_what_was_not_predicted_is_absent_and_a_field_that_nobody_states_has_no_difference() -> None:
    wanted = [gold("a", None), gold("b", None)]
    comparison = compare(wanted, [], [])
    assert comparison.total == Difference(None, None, None, None, 0)
    some = compare([*wanted, gold("c", "Lee")], [said("c")], [])
    assert (some.fields["who"].f1, some.fields["who"].other) == (1, 0)
    assert some.fields["what"].difference is None
    with pytest.raises(ValueError, match="two predictions"):
        compare(wanted, [said("a"), said("a")], [])


@pytest.mark.parametrize(("documents", "t"), [(8, 2.3646), (10, 2.2622), (20, 2.0930), (100, 1.9842)])
def test_few_documents_widen_the_interval_as_students_t_does(documents: int, t: float) -> None:
    wanted = 1 - NormalDist().cdf(t * (documents / (documents - 1)) ** 0.5)
    assert tail(documents) == pytest.approx(wanted, rel=0.1)


def test_two_documents_have_no_interval() -> None:
    assert tail(2) is None
    two = compare([gold("a"), gold("b")], [said("a"), said("b")], [])
    assert (two.total.difference, two.total.interval, two.needed) == (1, None, None)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """At the least number of documents that the gate asks for: 5 % are meant to miss, and few more do."""
    draw = random.Random(3)
    missed = 0
    for _ in range(200):
        easy = [draw.gauss(0, 1) for _ in range(20)]
        first, second = (
            [said(str(at), "Lee" if easy[at] + draw.gauss(0, 1) > -0.7 else "Ann") for at in range(20)]
            for _ in range(2)
        )
        total = compare([gold(str(at)) for at in range(20)], first, second).total
        missed += total.is_above or total.is_below
    assert missed <= 200 * 0.1
