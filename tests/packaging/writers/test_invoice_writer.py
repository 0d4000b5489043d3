"""Made-up invoices: what is labelled agrees with each other and with what is written beside."""

from typing import Any

import pytest

COUNT = 300
ALWAYS = {"total"}


@pytest.fixture(scope="module")
def invoices(scripts: dict[str, Any]) -> list[dict[str, Any]]:
    return list(scripts["make_record_forms"].make_record_forms("invoices/invoice", COUNT, seed=5))


def test_a_field_is_stated_in_some_and_not_in_others(invoices: list[dict[str, Any]]) -> None:
    for name in invoices[0]["output"]:
        stated = {one["output"][name] is not None for one in invoices}
        assert stated == ({True} if name in ALWAYS else {True, False}), name


def test_the_total_is_the_net_sum_and_its_tax(invoices: list[dict[str, Any]]) -> None:
    taxed = [one["output"] for one in invoices if one["output"]["tax_amount"] is not None]
    assert len(taxed) > COUNT / 2
    for one in taxed:
        if one["net_amount"] is not None:
            assert one["net_amount"] + one["tax_amount"] == pytest.approx(one["total"])


def test_a_code_of_a_currency_is_labelled_where_the_invoice_writes_one(
    scripts: dict[str, Any], invoices: list[dict[str, Any]]
) -> None:
    countries = scripts["invoice_facts"].WORDS["countries"].values()
    codes = {code for country in countries for code, _ in country["money"]}
    for one in invoices:
        words = {word.strip(".,:;") for word in one["input"].split()}
        assert (one["output"]["currency"] is None) == (not words & codes), one["input"]


def test_each_digit_and_letter_of_a_code_is_drawn(invoices: list[dict[str, Any]]) -> None:
    assert not [one["input"] for one in invoices if "##" in one["input"] or "@@" in one["input"]]
