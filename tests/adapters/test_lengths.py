"""Lengths of time in a text, and the days to which they lead."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.lengths import Length, Unit, is_length, lengths_in

UNITS: tuple[Unit, ...] = ("year", "month", "week", "day")


def said(text: str) -> list[tuple[str, int, str]]:
    return [(text[one.start : one.end], one.number, one.unit) for one in lengths_in(text)]


@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [
        ("five (5) years", 5, "year"),
        ("five (5) year", 5, "year"),
        ("5 years", 5, "year"),
        ("(5) years", 5, "year"),
        ("one year", 1, "year"),
        ("four-year", 4, "year"),
        ("18 months", 18, "month"),
        ("thirty-six (36) months", 36, "month"),
        ("thirty six months", 36, "month"),
        ("Twelve\u00a0months", 12, "month"),
        ("ninety days", 90, "day"),
        ("30 calendar days", 30, "day"),
        ("two (2) full calendar years", 2, "year"),
        ("two (2) consecutive  weeks", 2, "week"),
        ("five\n(5) years", 5, "year"),
        ("eighty (180) days", 180, "day"),
        ("fifth anniversary", 5, "year"),
        ("twentieth (20th) anniversary", 20, "year"),
        ("Twenty-first (21 st) Anniversary", 21, "year"),
        ("thirtieth\nanniversary", 30, "year"),
        ("3rd anniversary", 3, "year"),
        ("4  anniversary", 4, "year"),
        ("(10th) anniversary", 10, "year"),
    ],
)
def test_it_is_read_in_words_figures_and_both(text: str, count: int, unit: str) -> None:
    assert said(f"for {text}, unless") == [(text, count, unit)]
    assert is_length(text)


@pytest.mark.parametrize(
    "text",
    [
        *("per year", "the year 2019", "1.5 years", "each calendar year", "0 days", "years", "5 yearly"),
        *("aone year", "twenty dogs days", "12,000 days", "fiveyearsold", "() years"),
        *(
            "each anniversary",
            "an anniversary",
            "the afifth anniversary",
            "the third year",
            "2019 anniversary",
        ),
        *("0th anniversary", "fifth anniversaryday", "fifthanniversary", "fifth", "1.5th anniversary"),
    ],
)
def test_what_is_no_length_is_none(text: str) -> None:
    assert said(text) == []


def test_it_stands_in_a_sentence() -> None:
    text = "for an initial term of three (3) years and then for successive one-year terms, on 60 days' notice"
    assert said(text) == [("three (3) years", 3, "year"), ("one-year", 1, "year"), ("60 days", 60, "day")]
    assert not is_length("of 60 days")


def test_lengths_of_both_kinds_are_in_the_order_of_the_text() -> None:
    text = "from the second anniversary, on 90 days' notice, until the fifth anniversary"
    assert [one for one, _, _ in said(text)] == ["second anniversary", "90 days", "fifth anniversary"]


@pytest.mark.parametrize(
    ("day", "count", "unit", "after"),
    [
        ("2019-12-23", 5, "year", "2024-12-23"),
        ("2020-02-29", 1, "year", "2021-02-28"),
        ("2019-01-31", 1, "month", "2019-02-28"),
        ("2019-11-15", 14, "month", "2021-01-15"),
        ("2019-12-31", 2, "week", "2020-01-14"),
        ("2020-02-28", 2, "day", "2020-03-01"),
        ("2020-01-01", 9999, "year", None),
        ("9999-12-31", 1, "day", None),
    ],
)
def test_the_day_after_it(day: str, count: int, unit: Unit, after: str | None) -> None:
    found = Length(0, 1, count, unit).after(date.fromisoformat(day))
    assert (found and found.isoformat()) == after


@given(st.dates(), st.integers(1, 9999), st.sampled_from(UNITS))
def test_it_leads_forward_if_anywhere(day: date, count: int, unit: Unit) -> None:
    after = Length(0, 1, count, unit).after(day)
    assert after is None or after > day


PIECES = st.sampled_from([" ", "-", "(", ")", "5", "th", "five", "fifth", "twenty", "years", "anniversary"])


@given(st.text() | st.text("fiveton 5() -years\n") | st.lists(PIECES).map("".join))
def test_any_text_is_read_and_each_length_is_one_by_itself(text: str) -> None:
    for one in lengths_in(text):
        assert one.number > 0
        assert is_length(text[one.start : one.end])
