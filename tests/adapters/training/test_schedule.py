"""The rate: its start for a base's width, and its way over the steps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.training.schedule import default_learning_rate, rate_at


def test_the_default_falls_with_the_width_through_both_points() -> None:
    assert default_learning_rate(4096) == pytest.approx(2e-4)
    assert default_learning_rate(576) == pytest.approx(2e-3)
    rates = [default_learning_rate(width) for width in (256, 576, 1024, 2048, 2560, 4096, 8192)]
    assert rates == sorted(rates, reverse=True)


@given(st.integers(1, 3000), st.floats(0, 1), st.floats(0, 1))
def test_the_rate_rises_then_falls_and_is_never_wasted(total: int, warm_up: float, floor: float) -> None:
    rates = [rate_at(step, total, 1e-3, warm_up, floor) for step in range(total)]
    assert all(0 < rate <= 1e-3 * (1 + 1e-12) for rate in rates)
    top = rates.index(max(rates))
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)


def test_the_shape_in_numbers() -> None:
    rates = [rate_at(step, 100, 1.0, 0.05) for step in range(100)]
    assert rates[:6] == pytest.approx([1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1.0])
    assert rates[99] == pytest.approx(0.0, abs=1e-3)
    assert rate_at(100, 100, 1.0, 0.05, floor=0.1) == pytest.approx(0.1)
    assert rate_at(0, 1, 1.0, 0.0) == 1.0
