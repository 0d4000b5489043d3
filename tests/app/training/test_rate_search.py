"""The search for a rate: it finds the lowest loss of a curve with one valley, in few tries."""

import math

from hypothesis import given
from hypothesis import strategies as st

from thresher.app.training.rate_search import (
    HIGHEST,
    LOWEST,
    best_exponent,
    least_tries_left,
    next_exponent,
    rate_of,
)

PLACES = range(LOWEST, HIGHEST + 1)


@st.composite
def valleys(draw: st.DrawFn) -> tuple[int, dict[int, float]]:
    """The lowest exponent, and each one's loss: it rises to both sides, perhaps to infinity."""
    lowest = draw(st.sampled_from(PLACES))
    rises = draw(st.lists(st.floats(0.01, 5.0), min_size=len(PLACES), max_size=len(PLACES)))
    losses = {each: 0.5 + sum(rises[: abs(each - lowest)]) for each in PLACES}
    diverges = draw(st.integers(lowest + 1, HIGHEST + 1))
    return lowest, {each: math.inf if each >= diverges else loss for each, loss in losses.items()}


def searched(curve: dict[int, float]) -> list[int]:
    """The exponents in the order of the tries."""
    tried: dict[int, float] = {}
    while (exponent := next_exponent(tried)) is not None:
        assert exponent not in tried
        least = least_tries_left(tried)
        tried[exponent] = curve[exponent]
        assert least_tries_left(tried) >= least - 1
    return list(tried)


@given(valleys())
def test_it_ends_at_the_lowest_loss_in_few_tries(valley: tuple[int, dict[int, float]]) -> None:
    lowest, curve = valley
    tried = searched(curve)
    assert best_exponent({each: curve[each] for each in tried}) == lowest
    assert tried[0] == 0
    assert len(set(tried)) == len(tried) <= abs(lowest) + 3
    assert set(tried) <= set(PLACES)


@given(st.lists(st.floats(0, 9) | st.just(math.inf), min_size=len(PLACES), max_size=len(PLACES)))
def test_it_ends_on_any_curve_at_one_that_is_no_worse_than_its_neighbours(losses: list[float]) -> None:
    curve = dict(zip(PLACES, losses, strict=True))
    tried = searched(curve)
    best = best_exponent({each: curve[each] for each in tried})
    assert best is not None
    lower = [each for each in PLACES if each < best and abs(each - best) == 1]
    assert all(curve[each] >= curve[best] for each in lower)
    assert len(set(tried)) == len(tried)


def test_no_rate_above_one_that_diverged_is_tried() -> None:
    assert searched({**dict.fromkeys(PLACES, math.inf), -3: 1.0, -4: 2.0}) == [0, -1, -2, -3, -4]


def test_an_edge_ends_the_search() -> None:
    assert searched({each: float(-each) + 9 for each in PLACES}) == [0, 1, 2, 3, 4]


def test_rates_are_told_as_they_are_used() -> None:
    assert [rate_of(0.0010000000000000002, each) for each in (-1, 0, 1)] == [0.0005, 0.001, 0.002]
    assert len({rate_of(3.4567e-4, each) for each in PLACES}) == len(PLACES)


def test_how_many_tries_are_left_at_least() -> None:
    assert least_tries_left({}) == 3
    assert least_tries_left({0: 1.0}) == 2
    assert least_tries_left({0: 1.0, 1: 2.0}) == 1
    assert least_tries_left({0: 1.0, 1: 0.5}) == 1
    assert least_tries_left({0: math.inf}) == 2
    assert least_tries_left({0: 1.0, 1: 2.0, -1: 2.0}) == 0
