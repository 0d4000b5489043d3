"""Made-up clinical notes: the same for a seed, and what they are labelled with is so in them."""

from typing import Any

import pytest

from thresher.adapters.pack_library import find_packs
from thresher.adapters.spans import SpanFinder

COUNT = 300


@pytest.fixture(scope="module")
def notes(scripts: dict[str, Any]) -> list[dict[str, Any]]:
    return list(scripts["make_record_forms"].make_record_forms("healthcare/clinical_note", COUNT, seed=5))


def test_what_is_labelled_stands_in_the_text_to_the_letter(notes: list[dict[str, Any]]) -> None:
    fields = {field.name: field for field in find_packs().pick("healthcare", "clinical_note").fields}
    for one in notes:
        finder = SpanFinder(one["input"])
        for name, value in one["output"].items():
            if fields[name].type == "date":
                assert value is None or finder.find(fields[name], value, fuzzy=False), (value, one["input"])
                continue
            for text in value if isinstance(value, list) else [value or ""]:
                assert text in one["input"], (name, text, one["input"])


def test_a_list_is_in_the_order_of_the_text_with_each_item_once(notes: list[dict[str, Any]]) -> None:
    for one in notes:
        for value in one["output"].values():
            if isinstance(value, list):
                assert len({item.lower() for item in value}) == len(value)
                assert value == sorted(value, key=one["input"].find)


def test_every_field_is_stated_in_some_and_not_in_others(notes: list[dict[str, Any]]) -> None:
    for name in notes[0]["output"]:
        stated = {bool(one["output"][name]) for one in notes}
        assert stated == ({True} if name == "symptoms" else {True, False}), name


def test_what_is_denied_is_no_symptom(scripts: dict[str, Any], notes: list[dict[str, Any]]) -> None:
    denied = set(scripts["clinical_notes"].WORDS["denied"])
    for one in notes:
        _, found, rest = one["input"].partition("Denies ")
        told = rest.partition(".")[0] if found else ""
        assert not [item for item in one["output"]["symptoms"] if item in denied and item in told]
