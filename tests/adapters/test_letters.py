"""Documents in the letters that were learnt, and values in those of the document."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.letters import Letters, are_capitals, as_written

NONE = Letters()
SMALL = Letters(documents=60, in_capitals=1)
CAPITALS = Letters(documents=60, in_capitals=59)
BOTH = Letters(documents=60, in_capitals=20)
REPORT = "PUMP P-301 LEAKS AT THE MECH. SEAL (SMALL)"
MAIL = "Pump P-301 leaks at the mech. seal (small)"


@pytest.mark.parametrize(
    ("text", "are"),
    [
        (REPORT, True),
        (REPORT + " by hand", False),
        (REPORT.replace("LEAKS", "LEAKs"), True),
        (MAIL, False),
        ("OK: 12.50", False),  # too little to tell
        ("", False),
        ("計算書 12", False),
    ],
)
def test_a_text_is_in_capitals_but_for_some_letters(text: str, are: bool) -> None:
    assert are_capitals(text) is are


@pytest.mark.parametrize(
    ("letters", "text", "read"),
    [
        (NONE, REPORT, REPORT.lower()),
        (NONE, MAIL, MAIL),
        (SMALL, REPORT, REPORT.lower()),
        (SMALL, MAIL, MAIL),
        (CAPITALS, REPORT, REPORT),
        (CAPITALS, MAIL, REPORT),
        (BOTH, REPORT, REPORT),
        (BOTH, MAIL, MAIL),
        # Of few documents in capitals one still knows the base's small letters.
        (Letters(documents=39, in_capitals=39), MAIL, MAIL),
        (Letters(documents=39, in_capitals=39), REPORT, REPORT),
        (Letters(documents=40, in_capitals=40), MAIL, REPORT),
        (Letters(documents=10, in_capitals=1), REPORT, REPORT),
    ],
)
def test_a_text_is_read_in_letters_that_were_learnt(letters: Letters, text: str, read: str) -> None:
    assert letters.read(text) == read


def test_letters_are_counted_by_document() -> None:
    assert Letters.of([REPORT, MAIL, MAIL]) == Letters(documents=3, in_capitals=1)
    assert Letters.of([]) == NONE


@pytest.mark.parametrize("letters", [NONE, CAPITALS])
@given(st.text())
def test_every_character_stays_where_it_is(letters: Letters, text: str) -> None:
    """Also where one letter becomes two, as \u00df and \u0130 do."""
    for one in (text, f"{text} \u00df {MAIL}", f"{text.upper()} \u0130 {REPORT}"):
        read = letters.read(one)
        assert len(read) == len(one)
        assert all(a == b or a in (b.upper(), b.lower()) for a, b in zip(read, one, strict=True))


@pytest.mark.parametrize("letters", [NONE, CAPITALS])
@given(st.text())
def test_what_was_copied_is_as_the_document_has_it(letters: Letters, text: str) -> None:
    for one in (text, f"{text} {MAIL}", f"{text} {REPORT}"):
        assert as_written(letters.read(one), letters.read(one), one) == one


@pytest.mark.parametrize(
    ("value", "written", "found"),
    [
        ("whitlock, naomi", "NAOMI WHITLOCK", "WHITLOCK, NAOMI"),  # a person
        ("mayer brown, llp", "MAYER  BROWN LLP", "MAYER BROWN, LLP"),  # derived
        ("de la cruz de leon", "De La Cruz de Leon", "De La Cruz de Leon"),  # one word in two ways
        ("de, the, de", "DE", "DE, the, DE"),  # a word that is not there
        ("2018-03-04", "4 MARCH 2018", "2018-03-04"),
    ],
)
def test_words_are_as_the_text_has_them(value: str, written: str, found: str) -> None:
    assert as_written(value, written.lower(), written) == found
