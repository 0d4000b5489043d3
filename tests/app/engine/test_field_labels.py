"""Which field a label calls, and what stands behind it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.fields import Field
from thresher.app.engine.field_labels import FieldLabels

FIELDS = [
    Field(name="operating_income", type="number", description="Operating income or operating profit"),
    Field(name="net_income", type="number", description="Net income or profit for the period"),
    Field(name="total", type="number", description="Sum, as written, e.g. 'amount due'"),
    Field(name="visit_date", type="date"),
    Field(name="flight_from", type="string"),
    Field(name="flight_to", type="string"),
]


def cells(text: str) -> dict[str, list[list[str]]]:
    return FieldLabels(FIELDS).cells(text)


@pytest.mark.parametrize(
    "line",
    [
        "Net income: 12.9",
        "Net income\t12.9",
        "Net income   12.9",
        "Net income ..... 12.9",
        "| Net income | 12.9 |",
        "| **Net income** | 12.9",
        "**Net income:** 12.9",
        "Income, net = 12.9",
        "Net income (loss) 12.9",
        "net incomes for the year were 12.9",
        "Net income 25 %   12.9",
        "Net income (25%): 12.9",
        "Net income 2,5 % 12.9",
        "Income, net (EUR)\t12.9",
    ],
)
def test_a_label_is_parted_from_its_cell_in_many_ways(line: str) -> None:
    ((name, ((cell,),)),) = cells(f"first line\n{line}\nlast line").items()
    assert (name, cell.strip()) == ("net_income", "12.9")


@pytest.mark.parametrize(
    "line",
    [
        "Net income 2024: 12.9",  # a label with digits is a heading or a row of a table
        "Net income of the whole group and its subsidiaries: 12.9",
        "Income: 12.9",  # as much of one field as of another
        "Amount due: 12.9",  # an example in the description is no name
        "Flight: 12",
        "Period: 12",  # the description's words alone
        "Net income:",
        "Net income",
        "12.9   Net income",
        "It came at 09:42",
    ],
)
def test_other_lines_label_no_field(line: str) -> None:
    assert cells(line) == {}


def test_words_of_the_description_call_a_field_with_some_of_its_name() -> None:
    assert cells("Operating profit   9.8   7.2") == {"operating_income": [["9.8"]]}


@pytest.mark.parametrize("line", ["Total EUR   12.9", "Total (USD): 12.9", "Total in CHF 12.9"])
def test_money_in_a_label_is_no_word_of_it(line: str) -> None:
    ((name, ((cell,),)),) = cells(line).items()
    assert (name, cell.strip()) == ("total", "12.9")


def test_the_label_that_fits_best_goes_first_and_equal_ones_together() -> None:
    text = "Date of visit: 1 May\nTotal: 1\nFirst visit date: 2 May\nTotal: 2\nVisit date: 3 May"
    assert cells(text) == {"visit_date": [["1 May", "3 May"], ["2 May"]], "total": [["1", "2"]]}


@given(st.text(alphabet="nNet incomes:\t|.=* \n12,()$", max_size=200))
def test_any_text_is_read_and_a_cell_stands_in_it(text: str) -> None:
    for ranked in cells(text).values():
        assert all(cell in text and cell.strip() for alike in ranked for cell in alike)


def test_a_long_line_is_read_quickly() -> None:
    for line in (
        "net income " * 20_000,
        "." * 200_000,
        " \t" * 100_000,
        "(" * 200_000,
        "*net " * 40_000 + "1",
    ):
        assert cells(line) in ({}, {"net_income": [["1"]]})
