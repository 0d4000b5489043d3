"""What labels tell of the words beside a date."""

from collections.abc import Sequence
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.cues import log_odds
from thresher.adapters.date_cues import cues_beside
from thresher.adapters.fields import Field
from thresher.adapters.training.labels import Label
from thresher.adapters.training.learn_dates import learn_dates

SIGNED = Field(name="signed", type="date")
BEGINS = Field(name="begins", type="date")
AWAY = " The parties have read what they sign and say so here, in good faith and of free will." * 2


def label(number: int, text: str, begins: str | None) -> Label:
    return Label(f"c{number}", text, "", (SIGNED, BEGINS), {"signed": day(number), "begins": begins})


def day(number: int) -> str:
    return f"2019-03-{number % 28 + 1:02}"


def contract(number: int) -> Label:
    """One in two says that it begins then; the others say when they were made, and no more."""
    if number % 2:
        return label(number, f"Made on {day(number)} by both.{AWAY} Shop {number}.", None)
    return label(number, f"Made and effective as of {day(number)} by both.{AWAY} Shop {number}.", day(number))


def contracts(count: int = 40) -> list[Label]:
    return [contract(number) for number in range(count)]


def test_the_words_beside_the_date_are_cues() -> None:
    cues = learn_dates(contracts())
    assert cues.keys() == {"begins"}, "each of these dates is the day on which it was signed"
    begins = cues["begins"]
    assert begins.labels == 40
    assert "effective" in begins.weights
    assert not begins.weights.keys() & {"by both", "parties", "shop", "made"}
    text = f"Effective as of 2020-01-02.{AWAY}{AWAY} Made on 2020-01-31."
    found = cues_beside(text, {"2020-01-02", "2020-01-31"})
    assert log_odds(begins, found["2020-01-02"]) > 0 > log_odds(begins, found["2020-01-31"])


def test_of_a_label_that_does_not_know_the_date_nothing_is_learnt() -> None:
    unknown = [
        Label(f"u{at}", f"Paid on {day(at)}.", "", (SIGNED, BEGINS), {"signed": day(at)}) for at in range(30)
    ]
    assert learn_dates(contracts() + unknown) == learn_dates(contracts())


def test_a_date_that_is_counted_learns_nothing_so() -> None:
    ends = Field(name="begins", type="date", counted_from=("signed",))
    labels = [Label(one.id, one.text, "", (SIGNED, ends), one.values) for one in contracts()]
    assert learn_dates(labels) == {}


def test_it_takes_ten_labels_of_each_kind() -> None:
    assert learn_dates(contracts(20))
    assert learn_dates(contracts(19)) == learn_dates(contracts(18)) == {}
    assert learn_dates([]) == {}


@settings(deadline=None, max_examples=25)
@given(st.permutations(contracts()), st.randoms())
def test_they_learn_the_same_in_any_order(labels: Sequence[Label], random: Random) -> None:
    assert learn_dates(labels) == learn_dates(contracts())
