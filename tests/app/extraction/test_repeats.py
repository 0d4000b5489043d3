"""An item that an earlier list has, and a number for which no place is left, are hardly believed."""

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


NUMBERS = [Field(name=name, type="number") for name in ("asked", "offered", "paid")]
SPARE = Field(name="spare", type="number", derived=True)
DAYS = [Field(name=name, type="date") for name in ("signed", "begins")]


def numbers(text: str, said: dict[str, float | str | None], **sure: float) -> dict[str, Value]:
    """The values of a record of one window whose model was so sure of each field, 0.8 where not told."""
    fields = [field for field in (*NUMBERS, SPARE, *DAYS) if field.name in said]
    logs = {name: math.log(sure.get(name, 0.8)) for name in said}
    sureness = {name: [Sureness(log, log, 1)] for name, log in logs.items()}
    answer = WindowAnswer(Window(0, len(text), 0, 9), said, sureness)
    return merge(Document("a.txt", "0" * 64, "text", text), fields, [answer])


def test_a_place_of_a_number_answers_the_field_that_is_surest_of_it() -> None:
    told = numbers(
        "Value: EUR 262,000\nBuilt 1904", {"asked": 262000, "offered": 262000, "paid": 1904}, offered=0.9
    )
    assert {name: value.signals[0].repeats for name, value in told.items()} == {
        "asked": True,
        "offered": False,
        "paid": False,
    }
    assert told["asked"].confidence == pytest.approx(0.08)
    assert told["asked"].value == 262000, "a person may still see it"


def test_the_first_of_fields_that_are_as_sure_keeps_the_place() -> None:
    told = numbers("12 pieces", {"asked": 12, "offered": 12, "paid": 12})
    assert [value.signals[0].repeats for value in told.values()] == [False, True, True]


def test_a_number_that_stands_twice_answers_two_fields_in_any_writing() -> None:
    told = numbers("EUR 1,250.00 asked, paid 1250", {"asked": 1250, "offered": None, "paid": 1250})
    assert not any(value.signals[0].repeats for value in told.values())


def test_a_number_that_may_be_derived_takes_no_place_and_needs_none() -> None:
    told = numbers("a 2/3", {"asked": 2, "spare": 2}, spare=0.9)
    assert not any(value.signals[0].repeats for value in told.values())


def test_one_day_may_answer_two_fields() -> None:
    told = numbers("of 8 May 2025", {"signed": "2025-05-08", "begins": "2025-05-08"})
    assert not any(value.signals[0].repeats for value in told.values())


@given(
    st.lists(st.sampled_from([7, 12, 30]), max_size=6),
    st.lists(st.sampled_from([7, 12, 30]), min_size=3, max_size=3),
)
def test_no_more_fields_are_believed_of_a_number_than_it_has_places(text: list[int], said: list[int]) -> None:
    names = [field.name for field in NUMBERS]
    told = numbers(" and ".join(map(str, text)), dict(zip(names, said, strict=True)))
    for number in set(said) & set(text):
        of_it = [value.signals[0].repeats for value in told.values() if value.value == number]
        assert of_it.count(False) == min(text.count(number), len(of_it))
