"""Dates that are counted from another of the record, where no window states them."""

import math

import pytest

from thresher.adapters.cues import Cues
from thresher.adapters.fields import Field
from thresher.adapters.windows import Window
from thresher.app.documents.document import Document
from thresher.app.extraction.merge import merge
from thresher.app.extraction.signals import Sureness
from thresher.app.extraction.window_answer import WindowAnswer
from thresher.app.record import Outcome, Value

SIGNED = Field(name="signed", type="date")
BEGINS = Field(name="begins", type="date")
ENDS = Field(name="ends", type="date", counted_from=("begins", "signed"))
FIELDS = (SIGNED, BEGINS, ENDS)
TERM = Cues(labels=40, bias=-3.0, weights={"term": 2.0, "term of": 2.0})
TEXT = "Signed on 2019-03-04. It begins on 2019-04-01 and goes for a term of five (5) years."
SURE = Sureness(-0.1, -0.1, 3)


def merged(text: str = TEXT, cues: Cues | None = TERM, **said: str | None) -> dict[str, Value]:
    given = {"signed": "2019-03-04", "begins": "2019-04-01", "ends": None, **said}
    window = Window(0, len(text), 0, 9)
    answer = WindowAnswer(window, given, {name: [SURE] for name in given}, cut=None, failed=False)
    told = {"ends": cues} if cues else {}
    return merge(Document("a.txt", "0" * 64, "text", text), FIELDS, [answer], cues=told)


def test_it_is_counted_by_the_length_that_the_cues_tell_and_shown_there() -> None:
    value = merged()["ends"]
    (span,), (signals,) = value.spans, value.signals
    assert (value.value, value.outcome, value.calibrated) == ("2024-04-01", Outcome.FOUND, False)
    assert span is not None
    assert (span.text, span.match, span.says_it) == ("five (5) years", "counted", False)
    assert TEXT[span.start : span.end] == span.text
    assert (signals.absent, signals.stated) == (False, "judged")


def test_it_is_as_sure_as_both_together() -> None:
    value = merged()["ends"]
    assert value.confidence is not None
    assert math.isclose(value.confidence, math.exp(-0.1) / (1 + math.exp(-1.0)))


def test_what_a_window_states_stands() -> None:
    text = TEXT + " It ends on 2020-01-31."
    assert merged(text, ends="2020-01-31")["ends"].value == "2020-01-31"
    lost = merged(ends="2031-01-31")["ends"]
    assert (lost.value, lost.outcome) == ("2031-01-31", Outcome.UNGROUNDED)


def test_it_is_counted_from_the_first_that_the_record_has() -> None:
    assert merged(begins=None)["ends"].value == "2024-03-04"
    nothing = merged(begins=None, signed=None)["ends"]
    assert (nothing.value, nothing.outcome) == (None, Outcome.ABSENT)
    # A date that the document does not have begins nothing.
    assert merged(begins="2031-01-31")["ends"].value == "2024-03-04"


@pytest.mark.parametrize(("bias", "said"), [(-5.0, "2024-04-01"), (-5.2, None)])
def test_from_a_chance_of_a_quarter_on_it_is_said(bias: float, said: str | None) -> None:
    assert merged(cues=TERM.model_copy(update={"bias": bias}))["ends"].value == said


def test_without_cues_or_a_length_nothing_is_counted() -> None:
    before = merged(cues=None)
    assert before["ends"].outcome is Outcome.ABSENT
    assert merged("Signed on 2019-03-04, from 2019-04-01 on, for a term of love.")["ends"].value is None
    assert {**merged(), "ends": None} == {**before, "ends": None}
