"""Of an enum's choices those go first that the text names most often, where names decide."""

import json
import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.field_words import stems
from thresher.adapters.fields import Field
from thresher.adapters.windows import Window
from thresher.app.engine.field_labels import FieldLabels
from thresher.app.engine.named_choices import named_choices, times_named
from thresher.app.engine.preferred import Preferred
from thresher.app.engine.request import Answer
from thresher.app.extraction.asking import heard

from .conftest import written

PART = Field(
    name="part", type="enum", values=("HAND (NOT WRIST OR FINGERS)", "FINGER(S)/THUMB", "BACK", "EYE(S)")
)
WHO = Field(name="who", type="string")

words = st.sampled_from(["hand", "wrist", "finger", "back", "eyes", "und", "x1", "not"])
choices = st.lists(st.lists(words, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=5, unique=True)


def named_in(text: str, fields: Sequence[Field]) -> tuple[Preferred, ...]:
    return named_choices(fields, FieldLabels(fields), text)


def answer(
    starter: Path, text: str, fields: tuple[Field, ...], names_decide: bool = True, liked: str = "nothing"
) -> Answer:
    return written(starter, text, fields, named_in(text, fields) if names_decide else (), liked)


@pytest.mark.parametrize(
    ("choice", "text", "times"),
    [
        ("BACK", "Pain in the lower back. His back is stiff.", 2),
        ("FOREARM/ULNAR/RADIUS", "the radius of the left arm", 1),
        ("SHOULDERS (COLLARBONE/CLAVICLE)", "one shoulder, one clavicle, both shoulders", 2),
        ("multi_family", "a house for one family", 0),
        ("multi_family", "a multi-family house", 1),
        ("paid or settled", "It was settled.", 1),
        ("HAND (NOT WRIST OR FINGERS)", "the wrist and two fingers", 0),
        ("HAND (NOT WRIST OR FINGERS)", "the hand", 1),
        ("not paid", "It was paid.", 1),  # no word of it tells the two apart, so the model does
        ("B2", "B2", 0),  # a choice without a telling word is never named
        ("of the", "of the", 0),
    ],
)
def test_a_choice_is_named_where_all_words_of_one_of_its_names_are(
    choice: str, text: str, times: int
) -> None:
    assert times_named(choice, stems(text)) == times


@given(choices, st.lists(words, max_size=12).map(" ".join))
def test_those_named_most_often_are_taken_and_all_sureness_is_shared_out(
    values: list[str], text: str
) -> None:
    field = Field(name="f", type="enum", values=tuple(values))
    found = named_in(text, [WHO, field])
    times = {value: times_named(value, stems(text)) for value in values}
    assert bool(found) == any(times.values())
    for named in found:
        most = [value for value in values if times[value] == max(times.values())]
        assert list(named.ways) == [f" {json.dumps(value)}".encode() for value in most]
        assert named.sureness is not None
        assert 0 < math.exp(named.sureness) * len(most) < 1


def test_it_is_surer_of_few_choices_of_one_named_alone_and_of_one_named_again() -> None:
    def sure(text: str, *values: str) -> float:
        (named,) = named_in(text, [Field(name="f", type="enum", values=values)])
        return math.exp(named.sureness or 0)

    many = tuple(f"choice{chr(97 + n)}" for n in range(36))
    assert sure("the back", "back", "hand") > 0.95
    assert 0.6 < sure("the back", "back", "hand", *many) < 0.8
    assert sure("back, hand", "back", "hand") < 0.5
    assert 0.6 < sure("back, hand, back", "back", "hand") < sure("back and back", "back", "hand")


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("Status: open\nClosed doors, closed shops.", [b' "open"']),
        ("Status of the order   closed   open", [b' "closed"']),
        ("Status: see below\nIt is open.", [b' "open"']),  # behind the label stands none
        ("Status: open\nStatus: closed", [b' "open"', b' "closed"']),
    ],
)
def test_what_stands_behind_the_label_goes_before_the_rest(text: str, ways: list[bytes]) -> None:
    status = Field(name="status", type="enum", values=("open", "closed"), description="Status of the order")
    (named,) = named_in(text, [WHO, status])
    assert list(named.ways) == ways


def test_the_choice_that_the_text_names_is_written_whatever_the_model_likes(starter: Path) -> None:
    text = "Employee hurt his thumb."
    assert answer(starter, text, (PART,), liked="BACK").text == '{"part": "FINGER(S)/THUMB"}'
    assert answer(starter, text, (PART,), liked='"null').text == '{"part": "FINGER(S)/THUMB"}'
    assert answer(starter, text, (PART,), False, liked="null").text == '{"part": null}'


def test_of_two_that_are_named_as_often_the_model_decides(starter: Path) -> None:
    text = "his back and one eye"
    assert answer(starter, text, (PART,), liked='"BACK').text == '{"part": "BACK"}'
    assert answer(starter, text, (PART,), liked='"EYE').text == '{"part": "EYE(S)"}'


def test_where_the_text_names_none_the_model_decides(starter: Path) -> None:
    said = answer(starter, "He fell.", (PART,), liked="null")
    assert said == answer(starter, "He fell.", (PART,), False, liked="null")
    assert said.text == '{"part": null}'


def test_other_fields_and_other_enums_are_as_the_model_says(starter: Path) -> None:
    state = Field(name="state", type="enum", values=("open", "closed"))
    text = "Ann hurt her back: part"
    said = answer(starter, text, (WHO, PART, state, Field(name="part of", type="string")), liked="null")
    assert json.loads(said.text) == {"who": None, "part": "BACK", "state": None, "part of": None}


def test_the_sureness_of_the_value_is_that_of_its_names(starter: Path) -> None:
    text = "Employee hurt his thumb."
    (named,) = named_in(text, [PART])
    (sure,) = heard(Window(0, len(text), 0, 9), [PART], answer(starter, text, (PART,))).sureness["part"]
    assert sure.total == sure.least == named.sureness


@pytest.mark.parametrize("choice", ['say "back"', "back\\slash", "Rücken", "腰背部", "back\tand\nhand"])
def test_a_choice_is_written_as_json_has_it(starter: Path, choice: str) -> None:
    field = Field(name='a "part"', type="enum", values=(choice, "other"))
    said = answer(starter, f"It says: {choice}", (field,), liked="other")
    assert json.loads(said.text) == {'a "part"': choice}
