"""What a person types becomes a value of the field's type, or an error that says what to type."""

from typing import Any

import pytest

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.app.tui.typed_value import parse_typed
from thresher.app.wording import shown


def field(kind: Any, *values: str) -> Field:
    return Field(name="f", type=kind, values=values)


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("string", "  Corner Bakery ", "Corner Bakery"),
        ("string", " ", None),
        ("date", "2024-02-29", "2024-02-29"),
        ("number", "1,234.50", 1234.5),
        ("number", "-7", -7),
        ("number", "-1'234'567.5", -1234567.5),
        ("number", "1234.5", 1234.5),
        ("number", "+.5", 0.5),
        ("integer", "12 000", 12000),
        ("integer", "12345678901234567", 12345678901234567),
        ("number", "-" + "9" * 40, 1 - 10**40),
        ("boolean", "Yes", True),
        ("boolean", "n", False),
        ("list[string]", "tea\n\n rye bread \n", ["tea", "rye bread"]),
        ("list[string]", "tea\u2028rye\x1cbread\nbuns", ["tea\u2028rye\x1cbread", "buns"]),
        ("list[string]", "", []),
    ],
)
def test_values(kind: str, typed: str, value: object) -> None:
    assert parse_typed(field(kind), typed) == value


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("date", "2023-02-29"),
        ("date", "9 March"),
        ("number", "12 or 13"),
        ("number", "0,125"),
        ("number", "-0,500"),
        ("number", "1234,567"),
        ("number", "1,234_567"),
        ("number", "1,234,56"),
        ("integer", "0,125"),
        ("number", "nan"),
        ("number", "1e400"),
        ("integer", "1.5"),
        ("boolean", "perhaps"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(kind: str, typed: str) -> None:
    with pytest.raises(UsageError, match=r"^f: .* Type "):
        parse_typed(field(kind), typed)


@pytest.mark.parametrize("number", [0.00001, -0.0000025, 12.5, 1234567])
def test_a_number_may_be_left_as_it_is_shown(number: float) -> None:
    assert parse_typed(field("number"), shown(number)) == number


@pytest.mark.parametrize(
    ("kind", "typed"), [("number", "12345678901234567.5"), ("number", "9" * 41), ("integer", "9" * 400)]
)
def test_a_number_whose_digits_cannot_be_kept_is_refused(kind: str, typed: str) -> None:
    with pytest.raises(UsageError, match=r"^f: .* too many digits to be kept exactly\. Type at most 40"):
        parse_typed(field(kind), typed)


def test_a_choice_in_any_case() -> None:
    assert parse_typed(field("enum", "Food", "Travel"), "food") == "Food"
    with pytest.raises(UsageError, match="Food, Travel"):
        parse_typed(field("enum", "Food", "Travel"), "fuel")


@pytest.mark.parametrize("value", ["mW", "MW", " MW", "-", "A ", "a\t"])
def test_a_choice_that_stands_among_the_values_is_that_one(value: str) -> None:
    assert parse_typed(field("enum", "mW", "MW", " MW", "-", "A ", "a\t"), value) == value


def test_a_choice_in_another_case_is_refused_where_it_may_be_two() -> None:
    unit = field("enum", "mW", "MW", "kW ")
    assert parse_typed(unit, " KW") == "kW "
    with pytest.raises(UsageError, match="mW, MW, kW"):
        parse_typed(unit, "mw")
