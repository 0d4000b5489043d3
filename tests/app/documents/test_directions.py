import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.app.documents.directions import SPACE, as_read, leftward, mostly_leftward, runs_left

HEBREW = st.text("אבגדהו", min_size=1, max_size=5)
LATIN = st.text("abcdef", min_size=1, max_size=5)
NUMBER = st.from_regex(r"[0-9]{1,3}(,[0-9]{3})?(\.[0-9]{2})?", fullmatch=True)
SIGN = st.sampled_from(["-", ":", ".", "/", "(", ")", SPACE])


def said(pieces: list[str], otherwise: bool = False) -> str:
    return "".join(text for _, text in as_read(pieces, otherwise))


def spaced(words: list[str]) -> list[str]:
    return [piece for word in words for piece in (SPACE, word)][1:]


@given(st.lists(st.one_of(LATIN, NUMBER, SIGN), max_size=9), st.booleans())
def test_a_line_without_letters_that_run_left_stays_as_it_stands(pieces: list[str], otherwise: bool) -> None:
    assert as_read(pieces, otherwise) == list(enumerate(pieces))


@given(st.lists(st.one_of(HEBREW, LATIN, NUMBER, SIGN), max_size=9), st.booleans())
def test_nothing_is_lost_and_nothing_read_twice(pieces: list[str], otherwise: bool) -> None:
    found = as_read(pieces, otherwise)
    assert sorted(place for place, _ in found) == list(range(len(pieces)))
    alike = str.maketrans(")", "(")
    assert sorted("".join(text for _, text in found).translate(alike)) == sorted(
        "".join(pieces).translate(alike)
    )


@given(st.lists(HEBREW, min_size=1, max_size=4), st.lists(NUMBER, max_size=3))
def test_words_and_numbers_that_run_left_are_read_from_the_right(
    words: list[str], numbers: list[str]
) -> None:
    line = [*words, *numbers]
    assert said(spaced(line[::-1])) == " ".join(line)


@given(st.lists(HEBREW, min_size=1, max_size=4), st.lists(LATIN, min_size=1, max_size=4), st.booleans())
def test_of_two_directions_each_keeps_its_own(left: list[str], right: list[str], otherwise: bool) -> None:
    halves = [" ".join(left), " ".join(right)]
    assert said(spaced([*left[::-1], *right]), otherwise) == " ".join(halves[::-1] if otherwise else halves)


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        ([":5", SPACE, "שורה"], "שורה 5:"),
        (["972-3-1234567+", SPACE, "טל"], "טל +972-3-1234567"),
        (["12.50-", SPACE, "יתרה"], "יתרה -12.50"),
        (["-12.50", SPACE, "יתרה"], "יתרה -12.50"),
        (["(123)", SPACE, "יתרה"], "יתרה (123)"),
        (["04", "/", "03", SPACE, "ביום"], "ביום 04/03"),
        (["(", "כהן", "(", SPACE, "דוד"], "דוד (כהן)"),
    ],
)
def test_signs_stand_where_they_are_read(pieces: list[str], text: str) -> None:
    assert said(pieces) == text


def test_a_line_of_two_directions_runs_as_its_page_does() -> None:
    assert leftward(["שם", "1"], otherwise=False)
    assert not leftward(["Name", "1"], otherwise=True)
    assert leftward(["12.50"], otherwise=True)
    assert leftward(["שם", "Name"], otherwise=True)
    assert not leftward(["שם", "Name"], otherwise=False)
    assert mostly_leftward(["שלום", "Ada"])
    assert not mostly_leftward(["שלום", "Hello"])


def test_only_letters_and_their_marks_run_left() -> None:
    assert all(map(runs_left, "אשםאָبًپ"))
    assert not any(map(runs_left, "aé1٣,،₪\u200f\u0301漢"))


def test_a_leader_of_dots_costs_no_more_than_its_length() -> None:
    dots = 200_000 * "."
    assert as_read(["אב", " ", f"{dots}1"], otherwise=True)[0] == (2, f"1{dots}")
