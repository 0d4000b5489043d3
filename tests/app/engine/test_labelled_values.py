"""The values that stand behind a field's label go first, where names decide."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.conventions import Conventions
from thresher.adapters.fields import Field, FieldType
from thresher.adapters.windows import Window
from thresher.app.engine.field_labels import FieldLabels
from thresher.app.engine.labelled_values import answered, labelled_values
from thresher.app.engine.preferred import Preferred
from thresher.app.extraction.asking import heard

from .conftest import written


def preferred(text: str, fields: tuple[Field, ...]) -> tuple[Preferred, ...]:
    return labelled_values(fields, FieldLabels(fields), text, Conventions(text))


def behind(label_and_cell: str, kind: FieldType) -> list[Any]:
    """What a field `size` of this type may be, as an answer has it."""
    ways = [way for one in preferred(label_and_cell, (Field(name="size", type=kind),)) for way in one.ways]
    return sorted({json.loads(way.strip(b" ,}")) for way in ways})


def said(starter: Path, text: str, *fields: Field, liked: str, names: bool = True) -> dict[str, Any]:
    answer = written(starter, text, fields, preferred(text, fields) if names else (), liked)
    values: dict[str, Any] = json.loads(answer.text)
    return values


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("Size: 1,210.50 sq ft", "number", [1210.5]),
        ("Size\t1904, extended 1996", "integer", [1904]),
        ("Size   EUR 9,126.50   EUR 8,000.00", "number", [9126.5]),
        ("Size   (4.2)   21.6", "number", [-4.2]),  # in brackets, so below zero
        ("Size: 3.5 million", "number", [3.5, 3_500_000]),  # both readings: the model knows the unit
        ("Size 12\nSize 13", "integer", [12, 13]),
        ("Size: Mon, 08 Sep 2025 16:40", "date", ["2025-09-08"]),
        ("Size: 03/04/2025", "date", ["2025-03-04", "2025-04-03"]),
        ("Size: 8 Sep 2025", "number", []),  # a day is no number
        ("Size: 2.5", "integer", []),
        ("Size: see page 3", "number", []),
        ("Size: n/a", "number", []),
        ("Size: yes", "boolean", [True]),
        ("Size   N", "boolean", [False]),
        ("| Size | x |", "boolean", [True]),
        ("Size: **No**, not yet", "boolean", [False]),
        ("Size: ☐ yes ☒ no", "boolean", [False]),
        ("Size: [x] yes [ ] no", "boolean", [True]),
        ("Size: No. 12", "boolean", []),
        ("Size: none", "boolean", []),
        ("Size: Xavier", "boolean", []),
        ("Size: yes\nSize: no", "boolean", [False, True]),
    ],
)
def test_the_first_that_stands_behind_the_label_is_taken(
    text: str, kind: FieldType, values: list[Any]
) -> None:
    assert behind(text, kind) == values


@pytest.mark.parametrize("nothing", ["", "-", "n/a", "N/A", "none", "None.", "not known", "| - |", "unknown"])
def test_a_label_with_nothing_behind_it_says_nothing(nothing: str) -> None:
    fields = (Field(name="client", type="string"), Field(name="drugs", type="list[string]"))
    assert preferred(f"Client: {nothing}\nDrugs: {nothing}", fields) == ()


def test_a_number_that_may_be_derived_is_the_models() -> None:
    assert preferred("Size: 12", (Field(name="size", type="number", derived=True),)) == ()


def test_the_number_behind_the_label_is_written_whatever_the_model_likes(starter: Path) -> None:
    text = "Rooms 3\nYear built: 1911\nSite: 19110 and 4"
    fields = (Field(name="year_built", type="integer"), Field(name="rooms", type="integer"))
    for liked in ("null", "19110", "4"):
        assert said(starter, text, *fields, liked=liked) == {"year_built": 1911, "rooms": 3}
    assert said(starter, text, *fields, liked="null", names=False) == {"year_built": None, "rooms": None}


def test_the_yes_or_no_behind_the_label_is_written_whatever_the_model_likes(starter: Path) -> None:
    fields = tuple(Field(name=name, type="boolean") for name in ("approved", "damaged", "sealed"))
    values = said(starter, "Approved by QA: Yes\nDamaged: no", *fields, liked="null")
    assert values == {"approved": True, "damaged": False, "sealed": None}


def test_a_text_behind_its_label_is_the_models_but_for_null(starter: Path) -> None:
    text = "Client: Karla Menzel\nSeen by Udo"
    client, seen = Field(name="client", type="string"), Field(name="seen_at", type="string")
    values = said(starter, text, client, seen, liked="null")
    assert values["client"] is not None
    assert values["seen_at"] is None
    assert said(starter, text, client, liked='"Udo"')["client"] == "Udo"


def test_a_list_behind_its_label_is_not_empty(starter: Path) -> None:
    drugs = Field(name="drugs", type="list[string]")
    assert said(starter, "Drugs: aspirin", drugs, liked="[]")["drugs"]
    assert said(starter, "Drugs: none", drugs, liked="[]")["drugs"] == []


def test_where_the_window_has_no_such_number_the_model_decides(starter: Path) -> None:
    fields = (Field(name="size", type="number"),)
    answer = written(starter, "It is 5.", fields, preferred("Size: 12", fields), "null")
    assert json.loads(answer.text) == {"size": None}


def test_the_sureness_is_that_of_labels_where_they_tell_the_value(starter: Path) -> None:
    text = "Size: 12\nClient: Ann"
    fields = (Field(name="size", type="number"), Field(name="client", type="string"))
    answer = written(starter, text, fields, preferred(text, fields), '12,"Ann"')
    sureness = heard(Window(0, len(text), 0, 9), fields, answer).sureness
    assert math.exp(sureness["size"][0].total) == pytest.approx(0.95)
    assert sureness["client"][0].total < math.log(0.95)


@given(st.integers(0, 10**9), st.integers(0, 2), st.sampled_from([":", "\t", "   ", " | "]))
def test_any_number_behind_a_label_is_written_as_it_is(
    starter: Path, number: int, decimals: int, gap: str
) -> None:
    value = number / 10**decimals
    text = f"Size{gap} {value:.{decimals}f}\nWidth: 7"
    assert said(starter, text, Field(name="size", type="number"), liked="7") == {"size": value}


def test_what_a_text_answers_are_booleans_behind_whose_labels_it_says_yes_or_no() -> None:
    text = "Prepaid: no\nInsured: as in section 4\nSize: yes\nUrgent   x\nLate: yes"
    fields = tuple(Field(name=name, type="boolean") for name in ("prepaid", "insured", "urgent", "rare"))
    fields += (Field(name="size", type="string"),)
    assert answered(fields, FieldLabels(fields), text) == {"prepaid", "urgent"}
    assert answered((), FieldLabels(()), text) == set()
