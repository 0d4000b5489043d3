"""Which length of time in a text a date is counted by."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.counted_dates import counted, start_of
from thresher.adapters.cues import Cues, beside
from thresher.adapters.fields import Field
from thresher.adapters.lengths import lengths_in

SIGNED = Field(name="signed", type="date")
BEGINS = Field(name="begins", type="date")
ENDS = Field(name="ends", type="date", counted_from=("begins", "signed"))
TERM = Cues(labels=40, bias=-3.0, weights={"term": 2.0, "term of": 2.0, "notice": 0.5})
DAY = date(2019, 3, 4)


def test_the_words_beside_tell_which_it_is() -> None:
    away = " ".join(f"word{at}" for at in range(30))
    text = f"On sixty (60) days' notice. {away} For a term of five (5) years from then. {away} For 2 years."
    found = counted(text, DAY, TERM)
    assert found is not None
    assert (found.day, text[found.length.start : found.length.end]) == (date(2024, 3, 4), "five (5) years")
    assert found.log_odds == 1.0
    assert counted("There is no term of anything.", DAY, TERM) is None


def test_of_equals_the_first_is_taken() -> None:
    found = counted("A term of 2 years or a term of 3 years.", DAY, TERM)
    assert found is not None
    assert found.day == date(2021, 3, 4)


def test_a_length_beyond_the_calendar_is_none() -> None:
    assert counted("A term of 9000 years.", DAY, TERM) is None


def test_twenty_words_on_each_side_stand_beside_it() -> None:
    words = [f"w{at}" for at in range(50)]
    text = " ".join(words[:25]) + "\n5 years  " + " ".join(words[25:])
    (length,) = lengths_in(text)
    assert beside(text, length.start, length.end) == " ".join([*words[5:25], "5 years", *words[25:45]])


@given(st.text() | st.text("five 5() years\n"))
def test_it_stands_beside_itself(text: str) -> None:
    for length in lengths_in(text):
        assert text[length.start : length.end] in beside(text, length.start, length.end)


def test_it_is_counted_from_the_first_date_that_the_record_has() -> None:
    fields = (SIGNED, BEGINS, ENDS)
    assert start_of(ENDS, fields, {"signed": "2019-03-04", "begins": "2019-04-01"}) == "begins"
    assert start_of(ENDS, fields, {"signed": "2019-03-04", "begins": None}) == "signed"
    assert start_of(ENDS, fields, {}) is None
    assert start_of(SIGNED, fields, {"begins": "2019-04-01"}) is None


def test_a_field_of_that_name_that_is_no_date_begins_nothing() -> None:
    text = Field(name="begins", type="string")
    assert start_of(ENDS, (text, ENDS), {"begins": "in spring"}) is None
