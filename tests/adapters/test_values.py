import math
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.fields import Field, FieldType
from thresher.adapters.values import check, dates_in, is_absent, normalise, numbers_in, same


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


@pytest.mark.parametrize("value", [0, False, "0", ["a"]])
def test_present(value: object) -> None:
    assert not is_absent(value)


@pytest.mark.parametrize(
    ("kind", "value", "coerced"),
    [
        ("date", " 2020-02-29 ", "2020-02-29"),
        ("number", "12.50", 12.5),
        ("number", 7, 7),
        ("integer", 3.0, 3),
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


@pytest.mark.parametrize(
    ("text", "written", "isos"),
    [
        ("on 2019-03-04T10:00", "2019-03-04", {"2019-03-04"}),
        ("2019/3/4", "2019/3/4", {"2019-03-04"}),
        ("id 20190304", "20190304", {"2019-03-04"}),
        ("03/04/2019", "03/04/2019", {"2019-03-04", "2019-04-03"}),
        ("25/12/2019", "25/12/2019", {"2019-12-25"}),
        ("4.3.19", "4.3.19", {"2019-03-04", "2019-04-03"}),
        ("March 4, 2019", "March 4, 2019", {"2019-03-04"}),
        ("MARCH 4TH 2019", "MARCH 4TH 2019", {"2019-03-04"}),
        ("March 4* 2019", "March 4* 2019", {"2019-03-04"}),
        ("4 Mar 2019", "4 Mar 2019", {"2019-03-04"}),
        ("4-Mar-19", "4-Mar-19", {"2019-03-04"}),
        ("the 12th day of March, 2010", "12th day of March, 2010", {"2010-03-12"}),
        ("this 12t h day of March, 2010", "12t h day of March, 2010", {"2010-03-12"}),
        ("the 1s t of    March 2010", "1s t of    March 2010", {"2010-03-01"}),
        ("2010 Sept. 5", "2010 Sept. 5", {"2010-09-05"}),
        ("1 Jan 68", "1 Jan 68", {"2068-01-01"}),
        ("1 Jan 69", "1 Jan 69", {"1969-01-01"}),
    ],
)
def test_a_date_is_read_as_written(text: str, written: str, isos: set[str]) -> None:
    found = list(dates_in(text))
    assert {iso for _, _, iso in found} == isos
    assert {text[start:end] for start, end, _ in found} == {written}


@pytest.mark.parametrize(
    "text", ["31/02/2019", "06/06/20i7", "May 2019", "version 1.2.3.4", "12345678901", "March 42019"]
)
def test_what_is_no_date(text: str) -> None:
    assert list(dates_in(text)) == []


def test_both_ends_of_a_range_are_dates() -> None:
    assert {iso for _, _, iso in dates_in("13/2/2019-14/4/2020")} == {"2019-02-13", "2020-04-14"}


@pytest.mark.parametrize(
    ("others", "read"),
    [
        ("", {"2019-03-04", "2019-04-03"}),
        ("on 13/04/2019 and 1/2/19", {"2019-04-03"}),
        ("on 04/13/2019", {"2019-03-04"}),
        ("on 04/13/2019 and 13/04/2019", {"2019-03-04", "2019-04-03"}),
        ("on 31/02/2019, which is no day", {"2019-03-04", "2019-04-03"}),
        ("on 5/5/2019", {"2019-03-04", "2019-04-03"}),
    ],
)
def test_dates_that_leave_no_choice_tell_the_order_of_the_others(others: str, read: set[str]) -> None:
    for text in (f"03/04/2019, {others}", f"{others}, 03/04/2019"):
        at = text.index("03/04/2019")
        assert {iso for start, _, iso in dates_in(text) if start == at} == read


@pytest.mark.parametrize("other", ["13/04/2019", "04/13/2019", ""])
def test_a_day_that_is_as_its_month_is_read_in_either_order(other: str) -> None:
    assert "2019-05-05" in {iso for _, _, iso in dates_in(f"5/5/2019 {other}")}


@given(
    st.dates(date(1970, 1, 1), date(2068, 1, 1)),
    st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%b %d, %Y", "%d.%m.%y"]),
)
def test_every_date_is_read_back(day: date, form: str) -> None:
    assert day.isoformat() in {iso for _, _, iso in dates_in(f"on {day.strftime(form)} at noon")}


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("1,234.50", {("1,234.50", 1234.5)}),
        ("1.234,50", {("1.234,50", 1234.5)}),
        ("12,5", {("12,5", 12.5)}),
        ("1,234", {("1,234", 1234), ("1,234", 1.234)}),
        ("0,123", {("0,123", 0.123)}),
        ("1,00,000", {("1,00,000", 100000)}),
        ("RM5.00", {("5.00", 5)}),
        ("$ 3.5 million", {("3.5", 3.5), ("3.5 million", 3.5e6)}),
        ("2k", {("2", 2), ("2k", 2000)}),
        ("(123)", {("123", 123), ("(123)", -123)}),
        ("-5.5", {("-5.5", -5.5)}),
        ("-$5", {("-$5", -5)}),
        ("Total - $5", {("5", 5), ("- $5", -5)}),
        ("Total - 5", {("5", 5)}),
        ("- 5", {("5", 5)}),
        ("10-20", {("10", 10), ("20", 20)}),
        ("A-5", {("5", 5)}),
        (".50", {(".50", 0.5)}),
        ("total....5", {("5", 5)}),
        ("1.2.3", {("1", 1), ("2", 2), ("3", 3)}),
        ("1,2,3", {("1", 1), ("2", 2), ("3", 3)}),
        ("12.50,13.75,200", {("12.50", 12.5), ("13.75", 13.75), ("200", 200)}),
        ("1 234 567", {("1", 1), ("234", 234), ("567", 567), ("1 234 567", 1234567)}),
        ("Three bedrooms", {("Three", 3)}),
        ("twenty", {("twenty", 20)}),
        ("someone often", set()),
        ("١٢", {("١٢", 12)}),
        ("9" * 50, set()),
    ],
)
def test_numbers_are_read_as_written(text: str, readings: set[tuple[str, float]]) -> None:
    assert {(text[start:end], value) for start, end, value in numbers_in(text)} == readings


@given(st.floats(-1e9, 1e9).map(lambda number: round(number, 2)))
def test_every_amount_is_read_back(amount: float) -> None:
    assert amount in {value for _, _, value in numbers_in(f"sum: {amount:,.2f}")}


@given(st.text(alphabet="0123456789.,-−() $kmt'\u00a0\u0663²①/thMar月"))
def test_hostile_text_reads_as_finite_numbers_and_real_dates(text: str) -> None:
    for start, end, value in numbers_in(text):
        assert 0 <= start < end <= len(text)
        assert math.isfinite(value)
    for start, end, iso in dates_in(text):
        assert 0 <= start < end <= len(text)
        date.fromisoformat(iso)


@pytest.mark.parametrize("unit", ["1,2,3,", "9", "1 234 ", "3/4/", "12.Mar.", "(5 ", " - ", "1\n", "march 1"])
def test_reading_is_linear(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    start = time.perf_counter()
    for _ in numbers_in(text):
        pass
    for _ in dates_in(text):
        pass
    assert time.perf_counter() - start < 5
