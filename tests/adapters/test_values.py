import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.fields import Field, FieldType
from thresher.adapters.values import check, is_absent, normalise, same


def field(kind: FieldType) -> Field:
    return Field(name="f", type=kind, values=("low", "high") if kind == "enum" else ())


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("  Acme\t\nCorp.  ", "acme corp"),
        ("ＡＣＭＥ", "acme"),
        ("Straße", "strasse"),
        ("ﬁne;", "fine"),
        (" -: ., ", ""),
        ("a.b", "a.b"),
        ("(a)", "(a)"),
        ("e\u0301", "é"),
    ],
)
def test_normalise(text: str, normal: str) -> None:
    assert normalise(text) == normal


@given(st.text())
def test_normalised_text_has_no_edge_punctuation_and_single_spaces(text: str) -> None:
    normal = normalise(text)
    assert normal == normal.strip(" .,;:-")
    assert "  " not in normal


@pytest.mark.parametrize(
    ("kind", "gold", "predicted", "equal"),
    [
        ("string", "Acme Corp.", "ACME  corp", True),
        ("string", "Acme", "Acme Corp", False),
        ("string", "5", 5, False),
        ("date", "2019-03-04", "2019-03-04 ", True),
        ("date", "2019-03-04", "2019-04-03", False),
        ("number", 5.0, 5.004, True),
        ("number", 5.0, 5.01, False),
        ("number", 1, True, False),
        ("integer", 12345678901234567, 12345678901234567, True),
        ("integer", 12345678901234567, 12345678901234568, False),
        ("integer", 3, 3.0, True),
        ("integer", 3, 4, False),
        ("number", 5.0, "5.0", False),
        ("number", 5.0, math.nan, False),
        ("boolean", True, True, True),
        ("boolean", True, False, False),
        ("boolean", True, 1, False),
        ("enum", "low", "low", True),
        ("enum", "low", "Low", False),
    ],
)
def test_same(kind: FieldType, gold: object, predicted: object, equal: bool) -> None:
    assert same(field(kind), gold, predicted) is equal


@pytest.mark.parametrize("value", [None, "", "  ", "-", []])
def test_absent(value: object) -> None:
    assert is_absent(value)
    assert check(field("string"), value) is None
    assert check(field("list[string]"), value) == []


@pytest.mark.parametrize("value", ["-", ".", ";", " - ", "+"])
def test_a_choice_of_punctuation_is_a_value(value: str) -> None:
    one = Field(name="rh", type="enum", values=("-", ".", ";", " - ", "+"))
    assert not is_absent(value, one)
    assert check(one, value) == value


@pytest.mark.parametrize("value", [None, "", " ", "-", []])
def test_what_is_no_choice_is_absent_as_before(value: object) -> None:
    for values in (("+", "."), ("+", "")):  # of a field that was given for a run, one may be empty
        one = Field(name="rh", type="enum", values=values)
        assert is_absent(value, one)
        assert check(one, value) is None


@pytest.mark.parametrize("value", [0, False, "0", ["a"]])
def test_present(value: object) -> None:
    assert not is_absent(value)


@pytest.mark.parametrize(
    ("kind", "value", "coerced"),
    [
        ("date", " 2020-02-29 ", "2020-02-29"),
        ("number", "12.50", 12.5),
        ("number", "12", 12.0),
        ("number", 7, 7),
        ("integer", 3.0, 3),
        ("integer", "12345678901234567", 12345678901234567),
        ("integer", " -12345678901234567.0 ", -12345678901234567),
        ("integer", "9" * 40, 10**40 - 1),
        ("number", "12345678901234567", 12345678901234567),
        ("number", "12345678901234568", 12345678901234568),
        ("boolean", False, False),
        ("enum", "high", "high"),
        ("person", "Koo, Hyunmo", "Koo, Hyunmo"),
        ("list[string]", ["a", "", "b"], ["a", "b"]),
    ],
)
def test_check_coerces(kind: FieldType, value: object, coerced: object) -> None:
    checked = check(field(kind), value)
    assert checked == coerced
    assert type(checked) is type(coerced)


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("date", "2019-02-29", "calendar"),
        ("date", "20190304", "YYYY-MM-DD"),
        ("date", 2019, "no text"),
        ("number", math.inf, "finite"),
        ("number", math.nan, "finite"),
        ("number", 10**400, "finite"),
        ("number", True, "finite"),
        ("number", "1e5", "finite"),
        ("integer", "12345678901234567.5", "too many digits"),
        ("integer", 3.5, "whole"),
        ("boolean", 1, "true nor false"),
        ("enum", "Low", "none of low, high"),
        ("enum", ["low"], "none of"),
        ("string", 5, "no text"),
        ("person", ["Koo"], "no text"),
        ("list[string]", "a", "no list"),
        ("list[string]", ["a", 5], "no text"),
    ],
)
def test_check_refuses(kind: FieldType, value: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check(field(kind), value)
