import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.fields import Field
from thresher.adapters.grounding import grounded
from thresher.adapters.numbers import digits_of
from thresher.adapters.punctuation import BETWEEN, Words, punctuated_as
from thresher.adapters.spans import SpanFinder
from thresher.adapters.words import WORD


@pytest.mark.parametrize(
    ("text", "value", "written"),
    [
        ("MAYER BROWN\nLLP", "Mayer Brown, LLP", "MAYER BROWN, LLP"),
        ("Lydall, Inc.", "Lydall Inc.", "Lydall Inc"),
        ("K&L GATES LLP", "K & L Gates, LLP", "K & L GATES, LLP"),
        ("Joe Biden/President", "JoeBiden/President", "JoeBiden/President"),
        ("two (2) years", "two (2), years", "two (2), years"),
        ("(2) Years", "2 years", "2 Years"),
        ("three years", "3 years", "3 years"),
        ("Twelve\nMonths", "12-months", "12-Months"),
        ("twenty-five", "20-5", "20-5"),
        ("3 years", "three years", "3 years"),
        ("One Equity", "ONE EQUITY", "One Equity"),
        ("FTI Consulting SC", "FTI Consulting (SC)", "FTI Consulting (SC)"),
        ("SS21/39,47400 PJ", "SS21/39, 47400 PJ", "SS21/39, 47400 PJ"),
        ("JALAN KPB 6 ,\nBALAKONG", "Jalan KPB 6, Balakong", "JALAN KPB 6, BALAKONG"),
        ("Müller – Söhne", "müller - söhne", "Müller - Söhne"),
    ],
)
def test_the_words_are_the_texts_and_the_rest_is_the_values(text: str, value: str, written: str) -> None:
    assert punctuated_as(text, value) == written


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5.00", "500"),
        ("50 480", "50480"),
        ("two (2) years", "two 2 years"),
        ("three 7 years", "37 years"),
        ("five ten", "510"),
        ("twelve", "1 2"),
        ("twenty-five", "25"),
        ("twenty-one years", "21 years"),
        ("phone", "ph1"),
        ("2/16", "2-16"),
        ("1,250", "1.250"),
        ("RadialSpark", "Radial Spark"),  # the grammar cuts no word
        ("Mayer Brown", "Mayer Brown LLP"),
        ("Mayer Brown", "Brown Mayer"),
        ("Mayer Brown", "Mayer --- \t *** Brown"),
        ("Mayer Brown", 'Mayer "Brown"'),
        ("5.00", "+5.00"),
        ("5.00", "5.00%"),
        ("“Fine” foods", "“fine” foods"),  # before the words only what may stand anywhere
        ("—", "—"),
        ("", ""),
    ],
)
def test_what_cannot_be_written_is_none(text: str, value: str) -> None:
    assert punctuated_as(text, value) is None


_CHARS = st.text('ab Ä1.2,-(\n&"', max_size=40)
_COUNTS = st.sampled_from(["one", "Two", "twelve", "2", "1", "a", "-", " ", ", "])
_TEXT = _CHARS | st.lists(_COUNTS, max_size=12).map("".join)


def in_digits(said: str) -> str:
    return WORD.sub(lambda word: digits_of(word[0]) or word[0], said)


@given(_TEXT, st.lists(st.from_regex(BETWEEN, fullmatch=True), min_size=40, max_size=40), st.data())
def test_any_words_in_their_order_are_found_whatever_stands_between(
    text: str, gaps: list[str], data: st.DataObject
) -> None:
    words = Words(text)
    if not words.places:
        return
    first = data.draw(st.integers(0, len(words.places) - 1))
    last = data.draw(st.integers(first, len(words.places) - 1))
    value = ""
    for number in range(first, last + 1):
        start, end = words.places[number]
        gap = "" if number == last else gaps[number] if words.is_free(number) else words.gap(number)
        if number < last and words.is_free(number) and (words.digits[number] or words.digits[number + 1]):
            gap = gap or " "  # joined to another it is no word that counts
        value += text[start:end] + gap
    start, end = next(words.find(value, (0, len(text))))
    written = punctuated_as(text[start:end], value)
    assert written is not None
    assert in_digits(written) == in_digits(value)  # what is found first may have a count in digits
    assert written == value or any(words.digits)


@given(_TEXT, _TEXT)
def test_what_is_found_has_the_values_letters_and_numbers(text: str, value: str) -> None:
    def letters(said: str) -> str:
        return "".join(char for char in in_digits(said).casefold() if char.isalnum())

    def numbers(said: str) -> list[str]:
        return re.findall(r"\d[\d\W]*\d|\d", re.sub(r"\s+", "", in_digits(said)))

    for start, end in Words(text).find(value, (0, len(text))):
        assert letters(text[start:end]) == letters(value)
        assert numbers(text[start:end]) == numbers(value)
        edges = {0, *(found.end() for found in WORD.finditer(text))}
        assert {start, end} <= edges


def test_an_area_is_kept_to() -> None:
    words = Words("Mayer Brown LLP; Mayer-Brown LLP")
    assert list(words.find("Mayer, Brown", (0, 40))) == [(0, 11), (17, 28)]
    assert list(words.find("Mayer, Brown", (1, 40))) == [(17, 28)]
    assert list(words.find("Mayer, Brown", (0, 27))) == [(0, 11)]


def test_other_punctuation_grounds_nothing() -> None:
    """The place is shown, and that the text does not say it so."""
    field = Field(name="x", type="string", derived=True)
    match = SpanFinder("by K&L GATES LLP today").find(field, "K & L Gates, LLP")
    assert match is not None
    assert (match.text, match.match, match.says_it) == ("K&L GATES LLP", "fuzzy", False)
    assert not grounded(field, "K & L Gates, LLP", match.text)
    assert (
        SpanFinder("by K&L GATES LLP today").find(Field(name="x", type="string"), "K & L Gates, LLP") is None
    )
