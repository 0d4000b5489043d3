"""Assorted labels: the same for a seed, of many record types, and gold that the text states."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.fields import Field
from thresher.adapters.spans import SpanFinder
from thresher.adapters.training.labels import read_labels

SCHEMAS, EACH = 60, 4


@pytest.fixture(scope="module")
def make(scripts: dict[str, Any]) -> Any:
    """The script, as a module."""
    return scripts["make_assorted"]


@pytest.fixture(scope="module")
def assorted(make: Any) -> list[dict[str, Any]]:
    return list(make.make_assorted(SCHEMAS, EACH, seed=3))


def test_they_are_labels_that_bring_their_own_fields(make: Any, assorted: Any, tmp_path: Path) -> None:
    make.write(tmp_path / "assorted.jsonl", SCHEMAS, EACH, 3)
    labels = read_labels([tmp_path / "assorted.jsonl"], (), "", open_fields=True)
    assert [label.values for label in labels] == [one["output"] for one in assorted]
    asked = Counter(label.fields for label in labels)
    assert len(asked) > 0.95 * SCHEMAS, "nearly every schema asks for something else"
    assert {field.type for fields in asked for field in fields} == {
        "string",
        "date",
        "number",
        "integer",
        "boolean",
        "enum",
        "list[string]",
    }


def test_a_seed_makes_the_same_and_no_two_are_alike(make: Any, assorted: list[dict[str, Any]]) -> None:
    assert json.dumps(list(make.make_assorted(SCHEMAS, EACH, seed=3))) == json.dumps(assorted)
    # More of them leave the first as they were.
    assert list(make.make_assorted(5, EACH, seed=3)) == assorted[: 5 * EACH]
    others = list(make.make_assorted(SCHEMAS, EACH, seed=4))
    assert not {one["input"] for one in assorted if len(one["input"]) > 80} & {one["input"] for one in others}


def test_what_is_labelled_stands_in_the_text(assorted: list[dict[str, Any]]) -> None:
    quoted = 0
    for one in assorted:
        finder = SpanFinder(one["input"])
        for raw in one["fields"]:
            field = Field.model_validate(raw)
            value = one["output"][field.name]
            if value is None or field.type in ("boolean", "enum"):
                continue
            for item in value if field.is_list else [value]:
                quoted += 1
                assert finder.find(field, item), (field.name, item, one["input"])
    assert quoted > 3 * len(assorted)


def test_each_type_is_both_stated_and_absent(assorted: list[dict[str, Any]]) -> None:
    stated = Counter(
        (field["type"], one["output"][field["name"]] in (None, []))
        for one in assorted
        for field in one["fields"]
    )
    for kind in ("string", "date", "number", "integer", "boolean", "enum", "list[string]"):
        there, absent = stated[kind, False], stated[kind, True]
        assert 0.03 < absent / (there + absent) < 0.6, kind
