"""What stands beside the dates of a text."""

from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.cues import Cues, log_odds
from thresher.adapters.date_cues import cues_beside, told_beside
from thresher.adapters.dates import dates_in
from thresher.adapters.fields import Field

SIGNED = Field(name="signed", type="date")
ENDS = Field(name="ends", type="date", counted_from=("signed",))
TEXT = (
    f"Signed on 4 March 2019, {'and so on ' * 20} effective as of 2019-04-01. Paid by April 1, 2019 at last."
)


def test_a_day_has_what_stands_beside_each_place_that_writes_it() -> None:
    found = cues_beside(TEXT, {"2019-03-04", "2019-04-01", "2030-01-01"})
    assert found.keys() == {"2019-03-04", "2019-04-01"}
    assert {"effective", "effective as", "paid", "at last"} <= found["2019-04-01"]
    assert "signed on" in found["2019-03-04"]
    assert not {"effective", "paid"} & found["2019-03-04"]
    assert cues_beside(TEXT, ()) == {}


def test_each_cue_counts_once() -> None:
    cues = Cues(labels=20, bias=-1.0, weights={"effective": 1.5, "paid": 0.25, "as of": 2.0})
    assert log_odds(cues, {"effective", "paid", "signed"}) == 0.75
    assert log_odds(cues, ()) == -1.0


def test_dates_that_are_counted_and_fields_that_are_none_have_no_such_cues() -> None:
    fields = (SIGNED, ENDS, Field(name="law", type="string"), Field(name="begins", type="date"))
    assert told_beside(fields, {"signed", "ends", "law"}) == ["signed"]


@given(st.text() | st.lists(st.sampled_from(["4 March 2019", "2019-04-01", "paid", "\n", "-"])).map(" ".join))
def test_every_day_of_a_text_has_its_own_words(text: str) -> None:
    days = {day for _, _, day in dates_in(text)}
    found = cues_beside(text, days)
    assert found.keys() == days
    words = {word.casefold() for word in text.split()}
    if "paid" in words and len(text.split()) < 15:
        assert all("paid" in each for each in found.values())
