"""Made-up work orders: the same for a seed, and what they are labelled with stands in them, in order."""

from typing import Any

import pytest

COUNT = 300


@pytest.fixture(scope="module")
def notes(scripts: dict[str, Any]) -> list[dict[str, Any]]:
    return list(scripts["make_record_forms"].make_record_forms("manufacturing/work_order", COUNT, seed=5))


def test_what_is_named_stands_in_the_text_to_the_letter_and_in_order(notes: list[dict[str, Any]]) -> None:
    for one in notes:
        for name, items in one["output"].items():
            at = 0
            for item in items:
                at = one["input"].find(item, at)
                assert at >= 0, (name, item, one["input"])
                at += len(item)


def test_every_field_is_stated_in_some_and_not_in_others(notes: list[dict[str, Any]]) -> None:
    for name in notes[0]["output"]:
        assert {bool(one["output"][name]) for one in notes} == {True, False}


def test_some_are_sheets_and_some_are_in_capitals(
    scripts: dict[str, Any], notes: list[dict[str, Any]]
) -> None:
    heads = scripts["order_notes"].NOTES["text_heads"]
    first = [one["input"].partition("\n")[0] for one in notes]
    sheets = [line for line in first if any(line.startswith(head) or line.endswith(head) for head in heads)]
    capitals = [one for one in notes if any(item.isupper() and len(item) > 4 for item in _named(one))]
    assert COUNT / 5 < len(sheets) < COUNT / 2
    assert COUNT / 8 < len(capitals) < COUNT / 2


def test_nothing_of_a_mail_or_a_column_beside_is_named(
    scripts: dict[str, Any], notes: list[dict[str, Any]]
) -> None:
    words = scripts["order_notes"].NOTES
    beside = {*words["openings"], *words["closings"], *words["priority"], *words["area"]} - {""}
    assert not [item for one in notes for item in _named(one) if item in beside]


def _named(one: dict[str, Any]) -> list[str]:
    return [item for items in one["output"].values() for item in items]
