"""Made-up listings: the same for a seed, and gold that the text states, and nothing that it does not."""

import re
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.fields import Field
from thresher.adapters.pack_library import find_packs
from thresher.adapters.spans import SpanFinder
from thresher.adapters.training.labels import read_labels

COUNT = 400


@pytest.fixture(scope="module")
def make(scripts: dict[str, Any]) -> Any:
    """The script, as a module."""
    return scripts["make_listings"]


@pytest.fixture(scope="module")
def listings(make: Any) -> list[dict[str, Any]]:
    return list(make.make_listings(COUNT, seed=3))


def test_they_are_labels_of_the_pack(make: Any, listings: list[dict[str, Any]], tmp_path: Path) -> None:
    record_type = find_packs().pick("real_estate", "listing")
    make.write(tmp_path / "listings.jsonl", COUNT, 3)
    labels = read_labels([tmp_path / "listings.jsonl"], record_type.fields, record_type.instructions)
    assert len(labels) == COUNT
    assert [label.values for label in labels] == [one["output"] for one in listings]
    assert all(set(label.values) == {field.name for field in record_type.fields} for label in labels)
    assert {label.values["property_type"] for label in labels} == set(record_type.fields[-1].values)


def test_what_is_labelled_stands_in_the_text(listings: list[dict[str, Any]]) -> None:
    """But for baths in one number, as in 2.5 or 2.1, a 2.5 car garage, and areas like 1, 250."""
    stated = 0
    for one in listings:
        finder = SpanFinder(one["input"])
        for name, value in one["output"].items():
            if not isinstance(value, int):
                continue
            stated += 1
            joined = name.startswith("baths") and re.search(
                r"\d\.\d[ -]?ba|\d 1/2 |powder room|a half bath", one["input"], re.I
            )
            joined = joined or (name == "garage_spaces" and f"{value}.5 car" in one["input"].lower())
            split = name == "sqft" and f"{value:,}".replace(",", ", ") in one["input"]
            found = finder.find(Field(name=name, type="integer"), value)
            assert found or joined or split, (name, value, one["input"])
    assert stated > COUNT


@pytest.mark.parametrize(
    ("field", "pattern"),
    [
        ("sqft", r"sq\b|sq\.|sqft|square f|\bSF\b"),
        ("year_built", r"\bbuilt (in )?\d|year built|constructed|\d construction"),
        ("stories", r"stor(y|ies)\b|levels of living"),
        ("garage_spaces", r"\bgarage|\bgar\.|parking|space[s ]"),
        ("baths_full", r"\bbath(room)?s?\b|\dBA"),
        ("baths_half", r"half bath|powder|\d\.\d ?-?ba|1/2 bath"),
    ],
)
def test_what_is_absent_is_not_stated(listings: list[dict[str, Any]], field: str, pattern: str) -> None:
    of_one = [one for one in listings if one["output"]["property_type"] != "multi_family"]
    absent = [one["input"] for one in of_one if one["output"][field] is None]
    there = [one["input"] for one in of_one if one["output"][field] is not None]
    without = re.compile(r"a space for all|there is space for all|storage space", re.I)
    assert not [text for text in absent if re.search(pattern, without.sub("", text), re.I)]
    assert sum(bool(re.search(pattern, text, re.I)) for text in there) > 0.95 * len(there)


def test_grammar_of_one(listings: list[dict[str, Any]]) -> None:
    wrong = re.compile(r"(?<![\d.])\b(1|one) (bedrooms|beds|stories|levels|cars|bathrooms|baths)\b", re.I)
    assert not [one["input"] for one in listings if wrong.search(one["input"])]


def test_a_large_house_has_many_baths_and_tells_of_single_ones(listings: list[dict[str, Any]]) -> None:
    large = [one for one in listings if (one["output"]["baths_full"] or 0) > 4]
    assert max(one["output"]["baths_full"] for one in large) > 5
    of_one = re.compile(r"\b(one|a|hall|ensuite|primary|additional) (full )?bath", re.I)
    assert any(of_one.search(one["input"]) for one in large)
    # Where the number is not stated, no bath is told of.
    assert not [
        one
        for one in listings
        if one["output"]["baths_full"] is None
        and of_one.search(one["input"])
        and one["output"]["property_type"] != "multi_family"
    ]
