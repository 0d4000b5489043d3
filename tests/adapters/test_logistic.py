"""The regression: the most probable weights, whatever the labels."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.logistic import _loss, fit, sigmoid

seeds = st.integers(0, 2**32 - 1)


def problem(seed: int, rows: int, inputs: int = 4) -> tuple[np.ndarray, ...]:
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(rows, inputs))
    right = draw.random(rows) < sigmoid(x @ draw.normal(size=inputs))
    mean = np.abs(draw.normal(size=inputs))
    return x, right, mean, draw.uniform(0.3, 3, size=inputs), draw.random(inputs) < 0.5


def test_without_labels_the_weights_are_the_priors() -> None:
    x, right, mean, deviation, positive = problem(1, 0)
    np.testing.assert_array_equal(fit(x, right, mean, deviation, positive), mean)


@settings(deadline=None, max_examples=60)
@given(seeds, st.integers(1, 80))
def test_no_other_weights_are_more_probable(seed: int, rows: int) -> None:
    x, right, mean, deviation, positive = problem(seed, rows)
    weights = fit(x, right, mean, deviation, positive)
    assert (weights[positive] >= 0).all()
    best = _loss(weights, x, right, mean, deviation)
    draw = np.random.default_rng(seed)
    for size in (1e-4, 1e-2, 1.0):
        for _ in range(20):
            other = weights + size * draw.normal(size=len(weights))
            other[positive] = np.maximum(other[positive], 0)
            assert _loss(other, x, right, mean, deviation) >= best - 1e-9


@settings(deadline=None, max_examples=30)
@given(seeds, st.integers(2, 60))
def test_the_order_of_the_labels_changes_nothing(seed: int, rows: int) -> None:
    x, right, mean, deviation, positive = problem(seed, rows)
    order = np.random.default_rng(seed).permutation(rows)
    one, other = (
        fit(x, right, mean, deviation, positive),
        fit(x[order], right[order], mean, deviation, positive),
    )
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_perfectly_parted_labels_stay_finite() -> None:
    x = np.array([[-3.0], [-2.0], [2.0], [3.0]] * 500)
    weights = fit(x, x[:, 0] > 0, np.zeros(1), np.ones(1), np.array([True]))
    assert 0 < weights[0] < 10


def test_the_sigmoid_does_not_overflow() -> None:
    np.testing.assert_array_equal(sigmoid(np.array([-1e6, 0.0, 1e6])), [0.0, 0.5, 1.0])
