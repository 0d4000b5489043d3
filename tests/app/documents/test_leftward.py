from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from thresher.app.documents.leftward import letters_as_read


def standing(*glyphs: str) -> list[tuple[str, float, float]]:
    """Glyphs as they stand, the first at the right."""
    return [(text, -float(at) - 1, -float(at)) for at, text in enumerate(glyphs)]


@given(st.permutations(range(5)))
def test_places_alone_tell_the_order_of_letters(order: list[int]) -> None:
    glyphs = standing(*"שלומי")
    assert letters_as_read([glyphs[at] for at in order]) == "שלומי"


def test_a_point_follows_the_letter_over_which_it_stands() -> None:
    for glyphs in permutations([*standing("ש", "ל"), ("\u05b8", -1.6, -1.4)]):
        assert letters_as_read(glyphs) == "של\u05b8"


def test_points_alone_are_read() -> None:
    assert letters_as_read(standing("\u05b8")) == "\u05b8"


def test_what_pdfium_turns_round_is_turned_back_and_what_it_takes_apart_is_not() -> None:
    assert letters_as_read(standing("ال")) == "لا"  # a map's lam and alef
    assert letters_as_read(standing("لا")) == "لا"  # the presentation form's
    assert letters_as_read(standing("الله")) == "الله"
    assert letters_as_read(standing("\u05c1ש")) == "ש\u05c1"
