"""Numbers as texts write them."""

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.numbers import in_digits, numbers_in


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("1,234.50", {("1,234.50", 1234.5)}),
        ("1.234,50", {("1.234,50", 1234.5)}),
        ("12,5", {("12,5", 12.5)}),
        ("1,234", {("1,234", 1234), ("1,234", 1.234)}),
        ("0,123", {("0,123", 0.123)}),
        ("3,000", {("3,000", 3000)}),
        ("3,000 of 12,5", {("3,000", 3000), ("3,000", 3), ("12,5", 12.5)}),
        ("p = 1.000, not 0.05", {("1.000", 1000), ("1.000", 1), ("0.05", 0.05)}),
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
        (
            "1\u2009234\u2009567,50",
            {("1", 1), ("234", 234), ("567,50", 567.5), ("1\u2009234\u2009567,50", 1234567.5)},
        ),
        # Signs as people and programs print them.
        ("–5.0%", {("5.0", 5), ("–5.0", -5)}),
        ("10–20", {("10", 10), ("20", 20)}),
        ("-RM5.00", {("5.00", 5), ("-RM5.00", -5)}),
        ("(RM 5.00)", {("5.00", 5), ("(RM 5.00)", -5)}),
        ("-₹500", {("-₹500", -500)}),
        ("(US$ 500)", {("500", 500), ("(US$ 500)", -500)}),
        ("5.00- due", {("5.00", 5), ("5.00-", -5)}),
        ("5.00-10", {("5.00", 5), ("10", 10)}),
        ("ab- $ 5", {("5", 5)}),
        # Marks of emphasis, of cells and of direction before a sign; any currency; a currency in brackets.
        *(
            (f"{mark}-5", {("-5", -5)})
            for mark in ("**", "|", ";", '"', "„", "[", "<", "R$", "₩", "\u200e", "\u2066")
        ),
        ("-₪50", {("-₪50", -50)}),
        ("-kr 50", {("50", 50), ("-kr 50", -50)}),
        ("(₪50)", {("50", 50), ("(₪50)", -50)}),
        ("(1.234,50 €)", {("1.234,50", 1234.5), ("(1.234,50 €)", -1234.5)}),
        ("(50 USD)", {("50", 50), ("(50 USD)", -50)}),
        ("a,-5", {("5", 5), ("-5", -5)}),
        # Weights, codes and years in brackets are nothing owed.
        *((f"(50{unit})", {("50", 50)}) for unit in ("KG", " PCS", " AM")),
        ("(1994b)", {("1994", 1994), ("1994b", 1994e9)}),
        ("(8K)", {("8", 8), ("8K", 8000)}),
        ("($8K)", {("8", 8), ("8K", 8000), ("($8K)", -8000)}),
        ("£(8.1m)", {("8.1", 8.1), ("8.1m", 8.1e6), ("(8.1m)", -8.1e6)}),
        # What is no sign: of a range, of a list, of a date.
        *(
            (f"10{mark}-20", {("10", 10), ("20", 20)})
            for mark in ("₪", "$", "“", "**", "\u200e", "*", "</b>")
        ),
        ('5"-10"', {("5", 5), ("10", 10)}),
        ("10,-5", {("10", 10), ("5", 5)}),
        ("+/-5", {("5", 5)}),
        ("13.02.19-", {("13", 13), ("02", 2), ("19", 19)}),
        # Scales around brackets.
        ("$(3.5) million", {("3.5", 3.5), ("(3.5)", -3.5), ("(3.5) million", -3.5e6)}),
        ("(3.5 million)", {("3.5", 3.5), ("3.5 million", 3.5e6), ("(3.5 million)", -3.5e6)}),
        ("2 millions", {("2", 2), ("2 millions", 2e6)}),
        ("2 thousands", {("2", 2), ("2 thousands", 2000)}),
        # Powers of ten.
        ("1.5e-05", {("1.5e-05", 0.000015)}),
        # It may be a code, too.
        ("5e-05", {("5", 5), ("05", 5), ("5e-05", 0.00005)}),
        ("-1.5E+06", {("-1.5E+06", -1.5e6)}),
        ("1,5e−3", {("1,5e−3", 0.0015)}),
        # What a program does not print so, what an answer cannot tell from 0.
        *((text, {("12", 12), ("34", 34)}) for text in ("12E-34", "A12E-34", "room 12e-34x", "12e-34-")),
        ("1.2.3e-05", {("1", 1), ("2", 2), ("3", 3), ("05", 5)}),
        ("Suite 5E-10", {("5", 5), ("10", 10)}),
        ("Three bedrooms", {("Three", 3)}),
        ("twenty", {("twenty", 20)}),
        ("someone often", set()),
        # Letters that fold to others: a long s, a dotless i.
        ("ſix", set()),
        ("sıx guns, 5 thouſand pounds", {("5", 5)}),
        ("١٢", {("١٢", 12)}),
        ("9" * 50, set()),
    ],
)
def test_numbers_are_read_as_written(text: str, readings: set[tuple[str, float]]) -> None:
    assert {(text[start:end], value) for start, end, value in numbers_in(text)} == readings


@given(st.floats(-1e9, 1e9).map(lambda number: round(number, 2)))
def test_every_amount_is_read_back(amount: float) -> None:
    assert amount in {value for _, _, value in numbers_in(f"sum: {amount:,.2f}")}


@pytest.mark.parametrize(
    ("others", "comma", "point"),
    [
        ("", {1234, 1.234}, {1234, 1.234}),
        ("and 100, 2", {1234, 1.234}, {1234, 1.234}),
        # English: a point before decimals, or groups.
        ("12.5 kg", {1234}, {1234, 1.234}),
        ("7,234,567", {1234}, {1.234}),
        ("7,200.50", {1234}, {1.234}),
        # Continental.
        ("12,5 kg", {1234, 1.234}, {1234}),
        ("7.234.567", {1.234}, {1234}),
        ("7.200,50", {1.234}, {1234}),
        # Both, or what is no number.
        ("12.5 and 12,5", {1234, 1.234}, {1234, 1.234}),
        ("5.10.2024", {1234, 1.234}, {1234, 1.234}),
    ],
)
def test_numbers_that_leave_no_choice_tell_how_the_others_are_written(
    others: str, comma: set[float], point: set[float]
) -> None:
    for written, read in (("1,234", comma), ("1.234", point)):
        for text in (f"{written} of {others}", f"{others} of {written}"):
            at = text.index(written)
            assert {value for start, _, value in numbers_in(text) if start == at} == read


@given(
    st.lists(st.integers(0, 10**7), min_size=1, max_size=4),
    st.floats(0, 1e6).map(lambda number: round(number, 2)),
    st.booleans(),
)
def test_whole_numbers_in_groups_are_read_back_beside_a_sum(
    whole: list[int], total: float, continental: bool
) -> None:
    text = " | ".join([*(f"{number:,}" for number in whole), f"{total:,.2f}"])
    if continental:
        text = text.translate({ord("."): ",", ord(","): "."})
    read = {value for _, _, value in numbers_in(text)}
    assert {*whole, total} <= read
    assert not {number / 1000 for number in whole if 1000 <= number < 10**6} - {*whole, total} & read


@given(st.text(alphabet="0123456789.,-−–() $₹RMkmteE+'\u00a0\u0663²①\n") | st.from_regex(r"\W*[a-zıİſK]+\W*"))
def test_hostile_text_reads_as_finite_numbers(text: str) -> None:
    for start, end, value in numbers_in(text):
        assert 0 <= start < end <= len(text)
        assert math.isfinite(value)


def test_a_word_that_only_folds_to_a_number_is_none() -> None:
    for word in ("one", "six", "fifteen", "5 million", "2 thousand"):
        for at in range(len(word)):
            for other in "ſıİK":
                text = word[:at] + other + word[at + 1 :]
                digits = {float(letter) for letter in text if letter.isdigit()}
                assert {value for *_, value in numbers_in(text)} <= digits, text


@pytest.mark.parametrize("unit", ["1,2,3,", "9", "1 234 ", "3/4/", "(5 ", " - ", "1\n", "1,234 "])
def test_reading_is_linear(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    start = time.perf_counter()
    for _ in numbers_in(text):
        pass
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("number", "digits"),
    [(1e-05, "0.00001"), (-2.5e-06, "-0.0000025"), (0.5, "0.5"), (12, "12"), (-0.25, "-0.25")],
)
def test_a_number_is_written_in_digits(number: float, digits: str) -> None:
    assert in_digits(number) == digits
