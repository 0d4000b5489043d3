"""Made-up valuations: what is labelled is the property's own."""

from typing import Any

import pytest

from thresher.adapters.training.draw import Draw

COUNT = 300


@pytest.fixture(scope="module")
def valuations(scripts: dict[str, Any]) -> list[dict[str, Any]]:
    return list(scripts["make_record_forms"].make_record_forms("real_estate/valuation", COUNT, seed=5))


def test_a_field_is_stated_in_some_and_not_in_others(valuations: list[dict[str, Any]]) -> None:
    for name in valuations[0]["output"]:
        stated = {one["output"][name] not in (None, []) for one in valuations}
        assert stated == {True, False}, name


def test_a_sum_that_is_not_the_value_differs_from_it(scripts: dict[str, Any]) -> None:
    sums = ("previous", "assessed", "asking", "insurance", "land", "forced", "lending", "loan", "low", "high")
    for number in range(COUNT):
        facts = _facts(scripts, number)
        assert facts.money(facts.value) not in {facts.of(kind) for kind in sums}


def test_a_sale_is_of_another_property(scripts: dict[str, Any]) -> None:
    for number in range(COUNT):
        facts = _facts(scripts, number)
        others = {facts.of("comp") for _ in range(5)}
        assert not [one for one in others if one in facts.address or facts.address in one]


def test_an_approach_is_labelled_where_it_is_used(scripts: dict[str, Any]) -> None:
    for number in range(COUNT):
        facts = _facts(scripts, number)
        facts.say("unused" if len(facts.used) < len(facts.ways) else "kind")
        assert facts.gold()["approach"] == []
        if "approach" in facts.texts:
            facts.say("approach")
            assert facts.gold()["approach"] == [facts.ways[name] for name in facts.used]


def test_a_value_has_a_currency_and_no_value_has_none(valuations: list[dict[str, Any]]) -> None:
    for one in valuations:
        assert (one["output"]["market_value"] is None) == (one["output"]["currency"] is None)


def test_each_digit_letter_and_name_is_drawn(valuations: list[dict[str, Any]]) -> None:
    marks = ("###", "@@", "{", "}", "\u00a0")
    assert not [one["input"] for one in valuations if any(mark in one["input"] for mark in marks)]


def _facts(scripts: dict[str, Any], number: int) -> Any:
    words = scripts["make_assorted"].WORDS
    return scripts["valuation_facts"].ValuationFacts(words, Draw(5, "valuation", number))
