"""What may be accepted unseen: the bound, the curve, and the promise that the rule makes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.calibration import Step
from thresher.app.calibration.acceptance import RISK, STEPS, curve, first, lower_bound, needed, threshold

pairs = st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.5, 0.9, 0.95]), st.booleans()), max_size=40)


def test_the_bound_is_clopper_and_pearsons() -> None:
    # All of n right: the bound solves p^n = risk. Published table, 95 % one-sided: 8 of 10 → 0.4931.
    assert lower_bound(149, 149, 0.05) == pytest.approx(0.05 ** (1 / 149), abs=1e-9)
    assert lower_bound(8, 10, 0.05) == pytest.approx(0.4931, abs=1e-4)
    assert lower_bound(0, 10, 0.05) == 0.0


@given(st.integers(1, 60), st.data())
def test_the_bound_solves_the_binomials_tail(values: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(1, values))
    p = lower_bound(right, values, 0.01)
    tail = sum(math.comb(values, k) * p**k * (1 - p) ** (values - k) for k in range(right, values + 1))
    assert tail == pytest.approx(0.01, rel=1e-6)
    assert p <= right / values


@given(pairs)
def test_the_curve_counts_what_is_at_least_so_sure(pairs: list[tuple[float, bool]]) -> None:
    steps = curve([c for c, _ in pairs], [r for _, r in pairs])
    for step in steps:
        taken = [right for confidence, right in pairs if confidence >= step.confidence]
        assert (step.values, step.right) == (len(taken), sum(taken))
    assert [step.confidence for step in steps] == sorted({step.confidence for step in steps}, reverse=True)
    assert not pairs or steps[-1].values == len(pairs)


def test_few_labels_accept_nothing() -> None:
    enough = needed(0.98)
    assert threshold((Step(0.9, enough - 1, enough - 1),), 0.98) is None
    assert threshold((Step(0.9, enough, enough),), 0.98) == Step(0.9, enough, enough)


@pytest.mark.parametrize(("wanted", "enough"), [(0.95, 59), (0.98, 149)])
def test_as_few_labels_as_the_rule_needs_accept_all_where_all_are_right(wanted: float, enough: int) -> None:
    """Of a curve's thresholds the last alone is tried: of the surest tenth nothing can be promised."""
    assert needed(wanted) == enough
    for values in (enough, enough - 1):
        steps = curve([1 - place / 1000 for place in range(values)], [True] * values)
        assert len(steps) == STEPS
        assert threshold(steps, wanted) == (steps[-1] if values == enough else None)


def test_the_lowest_threshold_that_keeps_the_promise_is_taken() -> None:
    steps = (Step(0.99, 300, 300), Step(0.9, 600, 599), Step(0.5, 900, 800))
    assert threshold(steps, 0.98) == steps[1]
    assert threshold(steps, 0.8) == steps[2]
    assert threshold(steps, 0.9999) is None


def test_the_search_ends_at_the_first_that_does_not_pass() -> None:
    steps = (Step(0.99, 300, 300), Step(0.9, 400, 360), Step(0.5, 1000, 990))
    assert threshold(steps, 0.95) == steps[0]
    assert threshold(steps[1:], 0.95) is None
    assert first(steps[1:], 0.95) == steps[1]


def test_mistakes_among_the_surest_do_not_end_the_search() -> None:
    """At 0.95 two of 124 may be wrong, one of 123: it begins there, if that is among the surest half."""
    for few, begins in ((123, 1), (124, 0)):
        steps = (Step(0.99, few, few - 3), Step(0.9, 450, 448), Step(0.5, 1000, 800))
        assert first(steps, 0.95) == steps[begins]
        assert threshold(steps, 0.95) == (steps[1] if begins else None)
    two_wrong = tuple(Step(1 - n / 1000, n, n - 2) for n in range(50, 300, 50))
    assert threshold((*two_wrong, Step(0.5, 500, 400)), 0.95) == two_wrong[-1]


def test_of_few_values_the_search_begins_deeper_than_their_half() -> None:
    """At 0.95 one of 93 may be wrong, of fifty none: it begins where there may be none, with 59."""
    steps = tuple(Step(1 - n / 1000, n, n) for n in range(10, 110, 10))
    assert first(steps, 0.95) == Step(0.94, 60, 60)
    assert threshold(steps, 0.95) == steps[-1]


def test_where_the_search_begins_does_not_follow_from_what_is_right() -> None:
    places = range(30, 330, 30)
    begins = {
        first([Step(1 - n / 1000, n, int(n * share)) for n in places], 0.9).values
        for share in (0, 0.5, 0.9, 1)
    }
    assert begins == {90}


def test_the_promise_is_kept_as_often_as_it_says() -> None:
    """Sets of labels drawn anew: the true share of right ones above the threshold is seldom below.

    And more is accepted than where the level is divided by the number of thresholds.
    """
    random = np.random.default_rng(3)
    sets, broken, accepted, divided = 400, 0, 0, 0
    for _ in range(sets):
        chance = random.beta(20, 1, size=300)
        steps = curve(chance.tolist(), (random.random(300) < chance).tolist())
        step = threshold(steps, 0.95)
        if step is not None:
            accepted += step.values
            # Beta(20, 1) above t: the mean of x under density 20 x^19.
            t = step.confidence
            broken += bool(20 / 21 * (1 - t**21) / (1 - t**20) < 0.95)
        bounds = (one.values for one in steps if lower_bound(one.right, one.values, RISK / STEPS) >= 0.95)
        divided += max(bounds, default=0)
    assert broken / sets <= RISK
    assert accepted > 1.3 * divided > 0
