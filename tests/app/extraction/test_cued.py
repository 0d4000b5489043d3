"""Booleans that cues tell, beside fields that the model is asked for."""

import math

from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.cues import Cues
from thresher.adapters.fields import Field
from thresher.adapters.spans import SpanFinder
from thresher.adapters.windows import Window
from thresher.app.documents.document import Document
from thresher.app.extraction.cued import cued_values
from thresher.app.extraction.evidence import Evidence
from thresher.app.extraction.merge import merge
from thresher.app.extraction.signals import Sureness
from thresher.app.extraction.window_answer import WindowAnswer
from thresher.app.record import Outcome, Value

INSURANCE = Field(name="insurance", type="boolean", description="Whether goods are insured")
AUDIT = Field(name="audit", type="boolean", description="Whether books are audited")
BUYER = Field(name="buyer", type="string", description="Who buys the goods")
FILLER = "Notices go by post to the other side. " * 200
INSURED = Cues(labels=40, bias=-2.0, weights={"keep insured": 3.0, "buys": 1.0})


def told(text: str, cues: Cues = INSURED) -> Value:
    document = Document("a.txt", "0" * 64, "text", text)
    return cued_values(Evidence(document, SpanFinder(text), len(text)), {"insurance": cues})["insurance"]


def test_it_is_the_likelier_of_both_and_shown_where_its_cues_stand() -> None:
    value = told("The seller shall keep insured. " + FILLER + "what Bolt buys.")
    assert (value.value, value.outcome, value.calibrated) == (True, Outcome.FOUND, False)
    (span,), (signals,) = value.spans, value.signals
    assert span is not None
    assert (span.start, span.end, span.text, span.match, span.says_it) == (
        17,
        29,
        "keep insured",
        "cue",
        False,
    )
    assert value.confidence == signals.probability
    assert math.isclose(signals.probability, 1 / (1 + math.exp(-1.0)))
    assert (signals.absent, signals.stated, signals.windows) == (False, "judged", None)


def test_a_false_is_a_claim_that_no_window_made() -> None:
    value = told("What Bolt buys.")
    assert (value.value, value.outcome, value.spans) == (False, Outcome.FOUND, ((value.spans[0]),))
    assert math.isclose(value.confidence or 0, 1 / (1 + math.exp(-1.0)))
    (signals,) = value.signals
    assert (signals.absent, signals.stated, signals.windows) == (True, "none", None)
    assert told("").spans == (None,)


@given(st.floats(-100, 100))
def test_the_confidence_is_the_chance_of_what_is_said(log_odds: float) -> None:
    value = told("", Cues(labels=20, bias=log_odds, weights={}))
    assert value.value is (log_odds >= 0)
    assert value.confidence is not None
    assert 0.5 <= value.confidence <= 1
    assert math.isclose(value.confidence, 1 / (1 + math.exp(-abs(log_odds))))


def test_the_record_has_what_was_asked_and_what_was_not_in_the_order_of_the_fields() -> None:
    text = "The seller shall keep insured what Bolt buys."
    fields = [BUYER, INSURANCE, AUDIT]
    values = {"buyer": "Bolt", "audit": False}
    sure = dict.fromkeys(values, (Sureness(-0.5, -0.5, 1),))
    document = Document("a.txt", "0" * 64, "text", text)
    answer = WindowAnswer(Window(0, len(text), 0, 9), values, sure)
    merged = merge(document, fields, [answer], cues={"insurance": INSURED})
    assert {name: value.value for name, value in merged.items()} == {
        "buyer": "Bolt", "insurance": True, "audit": False
    }  # fmt: skip
    assert list(merged) == ["buyer", "insurance", "audit"]
    assert [[each.words is None for each in value.signals] for value in merged.values()] == [
        [True], [True], [False]
    ]  # fmt: skip
