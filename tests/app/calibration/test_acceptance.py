"""What may be accepted unseen: the bound, the curve, and the promise that the rule makes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.calibration import Step
from thresher.app.calibration.acceptance import RISK, STEPS, curve, lower_bound, needed, threshold

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


def test_the_lowest_threshold_that_keeps_the_promise_is_taken() -> None:
    steps = (Step(0.99, 300, 300), Step(0.9, 600, 599), Step(0.5, 900, 800))
    assert threshold(steps, 0.98) == steps[1]
    assert threshold(steps, 0.8) == steps[2]
    assert threshold(steps, 0.9999) is None


def test_the_promise_is_kept_as_often_as_it_says() -> None:
    """Sets of labels drawn anew: the true share of right ones above the threshold is seldom below."""
    random = np.random.default_rng(3)
    broken = tried = 0
    for _ in range(300):
        chance = random.beta(8, 1, size=600)
        step = threshold(curve(chance.tolist(), (random.random(600) < chance).tolist()), 0.9)
        if step is not None:
            tried += 1
            # Beta(8, 1) above t: the mean of x under density 8 x^7.
            t = step.confidence
            broken += bool(8 / 9 * (1 - t**9) / (1 - t**8) < 0.9)
    assert tried > 200
    assert broken / tried <= RISK
    assert STEPS == 10
