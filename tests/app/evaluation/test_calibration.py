"""The calibration error: what it is of known numbers, and what it tends to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.app.evaluation.calibration import (
    brier_score,
    error_if_perfect,
    expected_calibration_error,
    reliability,
)

pairs = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def test_of_known_numbers() -> None:
    said, right = [0.2] * 5 + [0.9] * 5, [True, False, False, False, False, True, True, True, False, False]
    table = reliability(said, right)
    assert [each.confidence for each in table] == pytest.approx([0.2, 0.9])
    assert [(each.right, each.values) for each in table] == [(0.2, 5), (0.6, 5)]
    assert expected_calibration_error(said, right) == pytest.approx(0.5 * 0.0 + 0.5 * 0.3)
    assert brier_score([0.5, 1.0], [True, False]) == pytest.approx((0.25 + 1) / 2)


def test_without_values_there_is_no_error() -> None:
    assert expected_calibration_error([], []) is None
    assert error_if_perfect([]) is None
    assert brier_score([], []) is None
    assert reliability([], []) == []


def test_the_error_of_a_perfect_calibration_tends_to_0() -> None:
    random = np.random.default_rng(5)
    errors = []
    for count in (100, 1_000, 10_000, 100_000):
        said = random.random(count)
        error = expected_calibration_error(said.tolist(), (random.random(count) < said).tolist())
        assert error is not None
        assert error == pytest.approx(error_if_perfect(said.tolist()), rel=0.8)
        errors.append(error)
    assert errors[-1] < 0.005
    assert errors[-1] < errors[-2] < errors[0]


def test_the_error_of_a_wrong_calibration_does_not() -> None:
    random = np.random.default_rng(5)
    said = random.random(100_000)
    error = expected_calibration_error(said.tolist(), (random.random(100_000) < said**2).tolist())
    assert error == pytest.approx(1 / 2 - 1 / 3, abs=0.01)


@given(pairs)
def test_bins_hold_every_value_once_and_never_part_equal_ones(pairs: list[tuple[float, bool]]) -> None:
    said, right = [c for c, _ in pairs], [r for _, r in pairs]
    table = reliability(said, right)
    assert sum(each.values for each in table) == len(pairs)
    assert sum(each.values * each.right for each in table) == pytest.approx(sum(right))
    assert len(table) <= 10
    edges = [each.confidence for each in table]
    assert edges == sorted(edges)
    error = expected_calibration_error(said, right)
    assert error is not None
    assert 0 <= error <= 1
    assert (
        error == expected_calibration_error(said[::-1], right[::-1])
        or abs(error - (expected_calibration_error(said[::-1], right[::-1]) or 0)) < 1e-12
    )


def test_a_thousand_values_make_ten_bins_of_a_hundred() -> None:
    said = np.random.default_rng(1).random(1000)
    assert [each.values for each in reliability(said.tolist(), (said > 0.5).tolist())] == [100] * 10
