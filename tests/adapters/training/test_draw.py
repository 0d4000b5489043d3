"""Draws: the same for the same words in all releases, and what each kind of them promises."""

from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.training.draw import Draw

NUMBERS = [0.893726, 0.576252, 0.526434]
WORDS = st.lists(st.text(max_size=5), min_size=1, max_size=3)


def test_the_stream_of_words_never_changes() -> None:
    """Labels that were held back stay so, and made-up ones stay what they are, in whatever release."""
    draw = Draw(7, "listing", 3)
    assert [round(draw.number(), 6) for _ in range(3)] == NUMBERS
    assert Draw("7", "listing", "3").pick("abcdefghij") == "abcdefghij"[int(NUMBERS[0] * 10)]


@given(words=WORDS, count=st.integers(1, 40))
def test_what_is_drawn_is_among_what_there_is(words: list[str], count: int) -> None:
    draw = Draw(*words)
    items = [f"item {at}" for at in range(count)]
    assert 0 <= draw.below(count) < count
    assert draw.pick(items) in items
    assert sorted(draw.shuffled(range(count))) == list(range(count))


@given(words=WORDS)
def test_a_share_of_none_or_all_is_meant(words: list[str]) -> None:
    draw = Draw(*words)
    assert not any(draw.chance(0) for _ in range(20))
    assert all(draw.chance(1) for _ in range(20))


def test_every_item_is_picked_about_as_often() -> None:
    draw = Draw("fair")
    picked = [draw.pick("abcd") for _ in range(4000)]
    assert all(abs(picked.count(one) - 1000) < 120 for one in "abcd")
