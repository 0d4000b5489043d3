"""What is shown before a document is short, and never that document."""

from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.shots import LONGEST, Shot, beside, that_fit

SHOTS = st.builds(Shot, st.text(max_size=2 * LONGEST), st.text(max_size=LONGEST))


@given(st.lists(SHOTS, max_size=8))
def test_what_is_shown_is_short_and_in_order(shots: list[Shot]) -> None:
    kept = that_fit(shots)
    rest = iter(shots)
    assert all(any(one is each for each in rest) for one in kept)
    assert all(len(one.text) <= LONGEST for one in kept)
    said = [len(one.text) + len(one.answer) for one in kept]
    # The last answer alone may go beyond.
    assert sum(said) - (len(kept[-1].answer) if kept else 0) <= 1600


def test_one_that_has_no_room_does_not_keep_out_a_shorter_one() -> None:
    long, other, short = Shot("a" * LONGEST, "b" * 300), Shot("c" * 650, "d"), Shot("e" * 500, "f")
    assert that_fit([Shot("g" * (LONGEST + 1), ""), long, other, short]) == (long, short)


def test_no_document_is_shown_before_itself() -> None:
    first, second = Shot("Mill Street\n7 May", "{}"), Shot("Quay Road", "{}")
    assert beside([first, second], "\n Mill Street\n7 May\n") == (second,)
    assert beside([first, second], "Mill Street 7 May") == (first, second)
