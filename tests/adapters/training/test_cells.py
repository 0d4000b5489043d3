"""Questions put to other cells: what is taught stands in the row and the column that the question names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.fields import Field
from thresher.adapters.training.augment import shown
from thresher.adapters.training.cells import move
from thresher.adapters.training.draw import Draw
from thresher.adapters.training.labels import Label
from thresher.adapters.training.run_parts import Augmentation

ROWS = ("Net income", "Cost of sales", "EBITDA", "Cost of sales, other", "Total assets")
YEARS = ("2019", "2018", "2017")
INCOME = "| 2019 | 2018\nNet income (1) | $ 53 | $ 61\nCost of sales: | 12 | (7)\n— | 1 | 2\nShare | 4% | 5%"


@dataclass(frozen=True)
class Report:
    """A text with a table of these rows and columns."""

    rows: Sequence[str]
    years: Sequence[str]
    text: str


def cell(row: str, year: str) -> str:
    """Another number for each row and year."""
    return str(1000 + 10 * ROWS.index(row) + YEARS.index(year))


@st.composite
def reports(draw: st.DrawFn) -> Report:
    rows = draw(st.lists(st.sampled_from(ROWS), min_size=1, unique=True))
    years = draw(st.lists(st.sampled_from(YEARS), min_size=1, unique=True))
    between = draw(st.sampled_from((" | ", "\t")))
    lines = [between.join(["", *years])]
    lines += [between.join([row, *(cell(row, year) for year in years)]) for row in rows]
    end = draw(st.sampled_from(("", "\nEnd.")))
    return Report(rows, years, "Figures follow.\n\n" + "\n".join(lines) + end)


def label(text: str, **asked: Any) -> Label:
    """A label with these questions, whose spaces are written as underscores."""
    questions = {name.replace("_", " ") + "?": value for name, value in asked.items()}
    fields = [
        Field(name=said, type="list[string]" if isinstance(value, list) else "string", description=said)
        for said, value in questions.items()
    ]
    return Label("l", text, "Answer.", tuple(fields), questions)


def moves(one: Label, seeds: int = 40) -> set[tuple[str, str]]:
    """All that the first question becomes, with what is right then."""
    moved = [move(one, Draw(seed)) for seed in range(seeds)]
    return {(m.fields[0].name, str(m.values[m.fields[0].name])) for m in moved}


@settings(deadline=None, max_examples=300)
@given(reports(), st.data(), st.integers(0, 999))
def test_what_is_right_is_the_cell_that_is_named(report: Report, data: st.DataObject, seed: int) -> None:
    row, year = data.draw(st.sampled_from(report.rows)), data.draw(st.sampled_from(report.years))
    both = data.draw(st.permutations(report.years))
    asked = label(
        report.text,
        **{f"What was the {row} in {year}": cell(row, year)},
        **{f"What were the {row} in {' and '.join(both)}": [cell(row, one) for one in both]},
        Who_signed="nobody",
    )
    moved = move(asked, Draw(seed))
    assert moved == move(asked, Draw(seed))
    assert moved.text == asked.text
    assert len(moved.values) == len({field.name for field in moved.fields}) == 3
    named = [(one, y) for one in report.rows for y in report.years]
    one, several, other = moved.fields
    # Names come in the question's own way to write them.
    right = {f"what was the {r} in {y}?".lower(): cell(r, y) for r, y in named}
    assert right[one.name.lower()] == moved.values[one.name]
    assert one.description == one.name
    rights = {
        f"what were the {r} in {' and '.join(both)}?".lower(): [cell(r, y) for y in both] for r in report.rows
    }
    assert rights[several.name.lower()] == moved.values[several.name]
    assert other == asked.fields[2]
    assert moved.values[other.name] == "nobody"
    if len(report.rows) > 1:
        assert moves(asked) - {(asked.fields[0].name, cell(row, year))}, "it is put elsewhere"


def test_a_question_goes_to_other_rows_and_columns() -> None:
    assert moves(label(INCOME, **{"What was the net income in 2019": "53"})) == {
        ("What was the net income in 2018?", "61"),
        ("What was the cost of sales in 2019?", "12"),
        ("What was the cost of sales in 2018?", "(7)"),
    }


def test_a_sign_is_kept_where_it_was() -> None:
    assert moves(label(INCOME, **{"Net income of 2018": "$ 61"})) == {
        ("Net income of 2019?", "$ 53"),
        ("Cost of sales of 2019?", "12"),
        ("Cost of sales of 2018?", "(7)"),
    }


def test_of_like_cells_the_one_is_meant_whose_column_is_named() -> None:
    asked = label("| 2019 | 2018\nCosts | 5 | 5\nTaxes | 1 | 2", **{"Costs in 2018 and 2019": ["5"]})
    assert moves(asked) == {("Taxes in 2018 and 2019?", "['1']")}
    asked = label("| 2019 | 2018\nCosts | 5 | 5\nTaxes | 1 | 2", **{"Costs in 2018": "5"})
    right = {"Taxes in 2018?": "2", "Taxes in 2019?": "1", "Costs in 2019?": "5"}
    assert moves(asked) == set(right.items())


def test_a_column_that_is_not_named_stays() -> None:
    assert moves(label(INCOME, What_was_the_cost_of_sales="(7)")) == {("What was the net income?", "$ 61")}


def test_a_share_is_not_asked_for_an_amount() -> None:
    asked = "What was the share in 2019"
    stays, goes = (f"{asked}?", "4%"), ("What was the share in 2018?", "5%")
    assert moves(label(INCOME, **{asked: "4%"})) == {stays, goes}


def test_of_two_columns_that_are_named_neither_becomes_another() -> None:
    text = "| 2019 | 2018 | 2017\nCosts | 5 | 6 | 7\nTaxes | 1 | 2 | 3"
    assert moves(label(text, Costs_in_2019_but_not_2018="5")) == {("Taxes in 2019 but not 2018?", "1")}


def test_several_values_stay_in_their_columns() -> None:
    asked = label(INCOME, **{"Net income in 2018 and 2019": ["$ 61", "$ 53"]})
    assert moves(asked) == {("Cost of sales in 2018 and 2019?", "['(7)', '12']")}


@pytest.mark.parametrize(
    ("text", "asked", "value"),
    [
        (INCOME, "What was the profit in 2019", "53"),  # names no row
        (INCOME, "What was the net income in 2019", "54"),  # stands in no cell
        (INCOME, "What was the net income in 2019", None),
        ("Net income | 53", "What was the net income", "53"),  # there is no other
        ("Net income 53\nCosts 12", "What was the net income", "53"),  # no table
        ("Net income | 53\nOther | 1\nOther | 2", "What was the net income", "53"),  # which other?
        ("Net income | 53\nLocation | Rome", "What was the net income", "53"),  # no number
        ("Net income | 53\nDue | May 5", "What was the net income", "53"),  # a date for an amount
        ("Net income | 5 | 6\nCosts | 7 | 7", "What is net income", ["5", "6"]),  # a list of one
    ],
)
def test_what_cannot_be_told_stays(text: str, asked: str, value: Any) -> None:
    one = label(text, **{asked: value})
    assert all(move(one, Draw(seed)) == one for seed in range(20))


def test_a_name_that_is_no_question_stays() -> None:
    field = Field(name="revenue", type="string", description="Net income in 2019")
    one = Label("l", INCOME, "Answer.", (field,), {"revenue": "$ 53"})
    assert all(move(one, Draw(seed)) == one for seed in range(20))


def test_no_question_comes_twice() -> None:
    asked = label(INCOME, **{"Net income in 2018": "$ 61", "Cost of sales in 2018": "(7)"})
    for seed in range(40):
        moved = move(asked, Draw(seed))
        assert len({field.name for field in moved.fields}) == 2 == len(moved.values)


def test_labels_are_shown_with_it_and_other_draws_stay() -> None:
    asked = {"Net income in 2018": "$ 61", "Who signed": "nobody"}
    labels = [label(f"Page {number}\n\n{INCOME}", **asked) for number in range(20)]
    plain = Augmentation(share=1, noise=0.5, noise_rate=0.1)
    before, after = shown(labels, 1, plain, 7), shown(labels, 1, plain.model_copy(update={"cells": 1.0}), 7)
    assert [one.text for one in before] == [one.text for one in after]
    assert all(one.fields != other.fields for one, other in zip(before, after, strict=True))
    assert shown(labels, 1, plain.model_copy(update={"cells": 0.0}), 7) == before


def test_real_labels_keep_the_rule(shared_data: Any) -> None:
    from thresher.adapters.pack_library import find_packs
    from thresher.adapters.spans import SpanFinder
    from thresher.adapters.training.labels import read_labels

    asked = find_packs().pick("financial", "report_question")
    path = shared_data / "financial" / "report_question" / "dev.jsonl"
    real = read_labels([path], asked.fields, asked.instructions, asked.open_fields, unfit=[])
    questions = moved = 0
    for one in real:
        changed = move(one, Draw(one.id))
        finder = SpanFinder(one.text)
        for field, before in zip(changed.fields, one.fields, strict=True):
            questions += 1
            if field != before:
                moved += 1
                value = changed.values[field.name]
                for item in value if field.is_list else [value]:
                    assert finder.find(field, item, fuzzy=False), (field.name, item)
    assert moved > questions / 6
