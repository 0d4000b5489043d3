"""Made-up financial statements: what is labelled is of the present period."""

from typing import Any

import pytest

from thresher.adapters.training.draw import Draw

COUNT = 300


@pytest.fixture(scope="module")
def statements(scripts: dict[str, Any]) -> list[dict[str, Any]]:
    return list(scripts["make_record_forms"].make_record_forms("financial/statement", COUNT, seed=5))


def test_a_field_is_stated_in_some_and_not_in_others(statements: list[dict[str, Any]]) -> None:
    for name in statements[0]["output"]:
        assert {one["output"][name] is not None for one in statements} == {True, False}, name


def test_losses_are_below_nought(statements: list[dict[str, Any]]) -> None:
    losses = [one for one in statements if (one["output"]["net_income"] or 0) < 0]
    assert len(losses) > COUNT / 10


def test_figures_are_those_of_the_present_period(scripts: dict[str, Any]) -> None:
    words = scripts["make_assorted"].WORDS
    for number in range(COUNT):
        writer = scripts["statement_writer"].StatementWriter(words, Draw(6, "statement", number))
        _, gold = writer.write()
        for name, figures in writer.facts.figures.items():
            if gold.get(name) is not None and name != "revenue_growth":
                assert gold[name] == figures[0]


def test_revenue_grows_by_what_parts_it_from_that_of_the_year_before(scripts: dict[str, Any]) -> None:
    words = scripts["make_assorted"].WORDS
    for number in range(COUNT):
        facts = scripts["statement_facts"].StatementFacts(words, Draw(7, "statement", number))
        now, then = facts.figures["revenue"][:2]
        if then:
            assert facts.figures["revenue_growth"][0] == pytest.approx((now / then - 1) * 100, abs=0.06)
