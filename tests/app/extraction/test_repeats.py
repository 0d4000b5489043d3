"""An item that an earlier list of the record has is told as such, and is hardly believed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.fields import Field
from thresher.adapters.values import normalise
from thresher.adapters.windows import Window
from thresher.app.calibration.doubt import without_doubtful
from thresher.app.calibration.judge import Judge
from thresher.app.documents.document import Document
from thresher.app.extraction.merge import merge
from thresher.app.extraction.signals import Sureness
from thresher.app.extraction.window_answer import WindowAnswer
from thresher.app.record import Record, Value

WORDS = ["belt", "pump", "leak", "Pump."]
TEXT = " ".join(WORDS)
FIELDS = [
    Field(name="objects", type="list[string]"),
    Field(name="payer", type="string"),
    Field(name="states", type="list[string]"),
    Field(name="receiver", type="string"),
]
SURE = Sureness(math.log(0.8), math.log(0.8), 1)


def values(objects: list[str], states: list[str], payer: str | None = None) -> dict[str, Value]:
    said = {"objects": objects, "payer": payer, "states": states, "receiver": payer}
    sureness = {
        name: [SURE] * (max(len(value), 1) if isinstance(value, list) else 1) for name, value in said.items()
    }
    answer = WindowAnswer(Window(0, len(TEXT), 0, 9), said, sureness)
    return merge(Document("a.txt", "0" * 64, "text", TEXT), FIELDS, [answer])


def test_the_later_one_is_hardly_believed_and_left_out() -> None:
    told = values(["pump", "belt"], ["Pump.", "leak"])
    assert told["objects"].confidences == pytest.approx((0.8, 0.8))
    by_item = dict(zip(told["states"].value, told["states"].confidences, strict=True))
    assert by_item == pytest.approx({"leak": 0.8, "Pump.": 0.08})
    assert told["states"].confidence == pytest.approx(0.44)
    record = Record("a", None, None, "d", "t", "m", None, "ok", None, told, 1.0)
    judged = Judge()(record, FIELDS)
    assert judged.values == told
    stated = without_doubtful(judged, 0.25)
    assert (stated.values["states"].value, stated.values["objects"].value) == (["leak"], ["belt", "pump"])
    assert stated.values["states"].whole == told["states"], "it is not forgotten"


def test_fields_that_are_no_lists_may_state_the_same() -> None:
    told = values(["pump"], [], payer="pump")
    assert told["payer"].confidence == told["receiver"].confidence == pytest.approx(0.8)


@given(*[st.lists(st.sampled_from(WORDS), max_size=4)] * 2)
def test_an_item_repeats_where_an_earlier_list_has_it(objects: list[str], states: list[str]) -> None:
    told = values(objects, states)
    assert not any(each.repeats for name in ("objects", "payer") for each in told[name].signals)
    first = {normalise(item) for item in objects}
    if states:
        assert [each.repeats for each in told["states"].signals] == [
            normalise(item) in first for item in told["states"].value
        ]
