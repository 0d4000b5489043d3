"""Fields as a user gives them, on the command line and as JSON: what is read, what is refused."""

import json
import string
from typing import Any, get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import (
    Field,
    FieldType,
    parse_field,
    parse_fields,
    unique,
)

#: All but enum, which has values.
PLAIN_TYPES = tuple(kind for kind in get_args(FieldType) if kind != "enum")

printable = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1, max_size=30)
names = printable.map(str.strip).filter(bool)
choices = st.lists(names, min_size=1, max_size=5, unique=True).map(tuple)


@st.composite
def fields(draw: st.DrawFn) -> Field:
    name, about = draw(names), draw(printable)
    if draw(st.booleans()):
        return Field(name=name, type="enum", description=about, values=draw(choices))
    return Field(name=name, type=draw(st.sampled_from(PLAIN_TYPES)), description=about)


several = st.lists(fields(), min_size=1, max_size=6, unique_by=lambda field: field.name)


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ("revenue:number", Field(name="revenue", type="number")),
        (
            "revenue:number:Total revenue of the year",
            Field(name="revenue", type="number", description="Total revenue of the year"),
        ),
        (
            " due date :date: When it is due: at the latest ",
            Field(name="due date", type="date", description="When it is due: at the latest"),
        ),
        (
            "parties:list[string]:Who signs",
            Field(name="parties", type="list[string]", description="Who signs"),
        ),
        (
            "kind:enum(a | b|c d):What it is",
            Field(name="kind", type="enum", values=("a", "b", "c d"), description="What it is"),
        ),
        (
            "nights:integer(derived):How many nights",
            Field(name="nights", type="integer", description="How many nights", derived=True),
        ),
        ("kind:enum(derived)", Field(name="kind", type="enum", values=("derived",))),
        (
            "firms:list[string](derived):Who signs",
            Field(name="firms", type="list[string]", description="Who signs", derived=True),
        ),
        ("Wer zahlt, und wann?:string", Field(name="Wer zahlt, und wann?", type="string")),
    ],
)
def test_a_field_is_read_as_it_is_written(spec: str, field: Field) -> None:
    assert parse_field(spec) == field


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("", "is not a field"),
        ("revenue", "is not a field"),
        (":number", "is not a field"),
        ("  :number", "name"),
        ("revenue:", "is not a field"),
        ("revenue:money", "type"),
        ("revenue:Number", "is not a field"),
        ("kind:enum", "needs 'values'"),
        ("kind:enum()", "needs 'values'"),
        ("kind:enum(a|a)", "repeats a value"),
        ("kind:string(a|b)", "is no enum"),
        ("name:person(derived)", "neither a text, a date nor a number"),
        ("paid:boolean(derived)", "neither a text, a date nor a number"),
        ("tags:list[number]", "type"),
        ("a\nb:string", "printable"),
    ],
)
def test_what_is_no_field_is_refused_with_the_form(spec: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_field(spec)
    assert said in str(caught.value)
    assert repr(spec) in str(caught.value)
    assert "NAME:TYPE[:DESCRIPTION]" in str(caught.value)


@given(st.text(max_size=60) | st.text(":|()[]" + string.ascii_lowercase, max_size=60))
def test_any_text_is_a_field_or_a_usage_error(spec: str) -> None:
    try:
        field = parse_field(spec)
    except UsageError:
        return
    assert field.name
    assert field.name in spec


@given(fields())
def test_a_field_that_is_written_out_is_read_back(field: Field) -> None:
    assume(":" not in field.name)
    assume(not any(c in value for value in field.values for c in "|()"))
    values = f"({'|'.join(field.values)})" if field.values else ""
    written = f"{field.name}:{field.type}{values}:{field.description}"
    assert parse_field(written) == field.model_copy(update={"description": field.description.strip()})


@given(several)
def test_fields_in_json_are_read_back(given_fields: list[Field]) -> None:
    text = json.dumps([field.model_dump(mode="json", exclude_defaults=True) for field in given_fields])
    assert parse_fields(json.loads(text), "here") == tuple(given_fields)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["name", "type", "description", "values"]) | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
)


@given(json_values)
def test_any_json_is_fields_or_a_usage_error_that_says_where(raw: Any) -> None:
    try:
        parsed = parse_fields(raw, "gold.jsonl, line 7")
    except UsageError as error:
        message = str(error)
    else:
        assert len(parsed) == len(raw) > 0
        return
    assert message.startswith("gold.jsonl, line 7: ")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ([], "at least one field"),
        ({"name": "a", "type": "string"}, "must be a list"),
        ([{"name": "a", "type": "string"}, {"name": "b"}], "field 2: type: "),
        ([{"name": "a", "type": "string", "tpye": 1}], "field 1: tpye: "),
        ([{"name": "a", "type": "string"}, {"name": "a", "type": "date"}], "two fields are named 'a'"),
        ([{"name": 1, "type": "string"}], "field 1: name: "),
        (["a:string"], "field 1: "),
        ([{"name": "tot\ud83dal", "type": "number"}], "field 1: name: "),
        ([{"name": "a", "type": "enum", "values": ["b", "\udc00"]}], "half a character"),
    ],
)
def test_wrong_json_names_the_entry(raw: object, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_fields(raw, "here")
    assert str(caught.value).startswith("here: ")
    assert said in str(caught.value)


def test_a_field_cannot_be_changed() -> None:
    field = Field(name="a", type="string")
    assert unique([field], "here") == (field,)
    with pytest.raises(ValidationError):
        field.name = "b"


@pytest.mark.parametrize("kind", PLAIN_TYPES)
def test_every_type_says_in_words_what_a_value_is(kind: FieldType) -> None:
    assert len(Field(name="f", type=kind).form.split()) > 1


def test_an_enum_says_what_it_may_be() -> None:
    assert Field(name="kind", type="enum", values=("paid", "open")).form == "one of: paid, open"


@given(fields(), st.booleans())
def test_only_of_a_text_is_the_derived_taken_back(field: Field, derived: bool) -> None:
    given_ = field.model_copy(update={"derived": derived})
    verbatim = given_.verbatim()
    assert not verbatim.is_spelt
    assert verbatim == (given_.model_copy(update={"derived": False}) if given_.is_text else given_)
