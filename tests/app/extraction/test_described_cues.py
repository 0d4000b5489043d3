"""What the words of a boolean's own description tell of a long text, without any label."""

from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.cues import LONG, MOST_CUES, told
from thresher.adapters.fields import Field
from thresher.app.extraction.described_cues import described_cues

INSURANCE = Field(name="insurance", type="boolean", description="Whether coverage must be maintained")
AUDIT = Field(name="audit_rights", type="boolean", description="Whether books and records may be inspected")
BUYER = Field(name="buyer", type="string", description="Who buys")
FIELDS = (INSURANCE, AUDIT, BUYER)
FILLER = "Notices by the buyer go by post to the other side of the street. " * 60
CLAUSE = "Bolt maintains insurance: its coverages are those of Ohio. "


def odds(text: str) -> dict[str, float]:
    return {name: one.log_odds for name, one in told(text, described_cues(FIELDS, text)).items()}


def test_where_a_fields_words_stand_together_it_is_true_and_its_place_is_there() -> None:
    text = FILLER + CLAUSE + FILLER
    found = told(text, described_cues(FIELDS, text))
    assert found["insurance"].log_odds > 0 > found["audit_rights"].log_odds
    assert found["insurance"].place is not None
    start, end = found["insurance"].place
    assert text[start:end] == "maintains insurance: its coverages"
    assert found["audit_rights"].place is None


def test_words_far_from_each_other_tell_less() -> None:
    together = odds(FILLER + CLAUSE + FILLER)["insurance"]
    apart = odds(f"coverage {FILLER} maintained {FILLER} insurance {FILLER}")["insurance"]
    assert apart < together
    assert odds("Of the insurance coverage. " + FILLER)["insurance"] > -3


def test_of_what_the_whole_text_is_about_they_tell_nothing() -> None:
    policy = "An insurer maintains its insurance here and there, for the buyer. " * 60
    assert described_cues(FIELDS, policy).keys() == {"audit_rights"}
    # A common word of the description alone weighs nothing, and the others do.
    covered = described_cues(FIELDS, "The coverages are there, for the buyer. " * 80 + "Insurances.")
    assert covered["insurance"].weights.keys() == {"insurances"}


def test_of_a_short_text_and_of_other_fields_there_are_none() -> None:
    long = CLAUSE + FILLER[: LONG - len(CLAUSE) + 1]
    assert described_cues(FIELDS, long).keys() == {"insurance", "audit_rights"}
    assert described_cues(FIELDS, long[:-1]) == {}
    assert described_cues((BUYER,), long) == {}
    assert described_cues((), long) == {}


def test_a_field_that_says_little_has_none() -> None:
    """Its one word would hardly ever make it true."""
    says = {
        "": False,
        "Is it so": False,
        "Whether the notices go by post": False,
        "Whether it is insurance": False,
    }
    for description, tells in (says | {"Whether Ohio maintains insurance": True}).items():
        field = Field(name="ok", type="boolean", description=description)
        assert bool(described_cues((field, BUYER), CLAUSE + FILLER)) == tells


def test_a_text_in_another_language_tells_nothing() -> None:
    """It has none of the words, whatever it says; a text in theirs that has none says no."""
    away = "Az értesítéseket postán küldik a másik félnek. " * 90
    assert described_cues(FIELDS, away) == {}
    assert described_cues(FIELDS, away + "Bolt buyer: records may").keys() == {"insurance", "audit_rights"}
    assert all(each < -3 for each in odds(FILLER).values())


@given(st.lists(st.text("abcdefinsurace ", max_size=30), max_size=20))
def test_whatever_the_words_none_speaks_against_and_there_are_not_too_many(more: list[str]) -> None:
    many = " ".join(f"insura{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(2 * MOST_CUES))
    text = f"{many} {FILLER} {' '.join(more)}"
    for cues in described_cues(FIELDS, text).values():
        assert len(cues.weights) <= MOST_CUES
        assert all(weight > 0 for weight in cues.weights.values())
