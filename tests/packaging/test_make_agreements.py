"""Made-up agreements: the same for a seed, and gold that the text states, and nothing that it does not."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.pack_library import find_packs
from thresher.adapters.spans import SpanFinder
from thresher.adapters.training.labels import read_labels

COUNT = 300


@pytest.fixture(scope="module")
def make(scripts: dict[str, Any]) -> Any:
    """The script, as a module."""
    return scripts["make_agreements"]


@pytest.fixture(scope="module")
def agreements(make: Any) -> list[dict[str, Any]]:
    return list(make.make_agreements(COUNT, seed=3))


def test_they_are_labels_of_the_pack(make: Any, agreements: list[dict[str, Any]], tmp_path: Path) -> None:
    record_type = find_packs().pick("legal", "nda")
    make.write(tmp_path / "agreements.jsonl", COUNT, 3)
    labels = read_labels([tmp_path / "agreements.jsonl"], record_type.fields, record_type.instructions)
    assert [label.values for label in labels] == [one["output"] for one in agreements]
    assert all(set(label.values) == {field.name for field in record_type.fields} for label in labels)
    # A form that is yet to be filled in has one party, and some have three.
    assert {len(label.values["party"]) for label in labels} == {1, 2, 3}


def test_no_slot_is_left_empty(agreements: list[dict[str, Any]]) -> None:
    assert not [one["input"] for one in agreements if re.search(r"[{}]|\(“”|  ,| \.(?!\w)", one["input"])]


def test_what_is_labelled_stands_in_the_text(agreements: list[dict[str, Any]]) -> None:
    """But for a count over twenty in words alone, as in thirty-six months."""
    in_words = re.compile(r"(twenty-four|thirty-six)\s+months|ninety\s+days")
    fields = {field.name: field for field in find_packs().pick("legal", "nda").fields}
    for one in agreements:
        finder = SpanFinder(one["input"])
        gold = one["output"]
        values = [(name, gold[name]) for name in ("effective_date", "jurisdiction", "term")]
        for name, value in [*values, *(("party", party) for party in gold["party"])]:
            if value is not None and not (name == "term" and in_words.search(one["input"])):
                assert finder.find(fields[name], value, fuzzy=False), (name, value, one["input"])


def test_the_law_is_that_of_the_clause_on_it(agreements: list[dict[str, Any]]) -> None:
    told = re.compile(r"laws of|substantive laws|under [\w ]+ law,|applicable law is that", re.I)
    for one in agreements:
        text = " ".join(one["input"].split())
        law = one["output"]["jurisdiction"]
        near = [text[found.start() : found.start() + 110] for found in told.finditer(text)]
        assert any(law.lower() in each.lower() for each in near), (law, text)


def test_a_date_that_is_not_stated_is_told_of_nowhere(agreements: list[dict[str, Any]]) -> None:
    """Other days are: of earlier agreements, and of when somebody was hired."""
    other = re.compile(r"(letter dated|between the same persons of|first hired on|intent on|dated as of) *$")
    undated = [one for one in agreements if one["output"]["effective_date"] is None]
    assert len(undated) > COUNT / 10
    day = re.compile(r"(\d{1,2} )?[A-Z][a-z]+( \d{1,2}(st|nd|rd|th)?,)? (19|20)\d\d\b|\d{1,2}/\d{1,2}/\d\d")
    for one in undated:
        text = " ".join(one["input"].split())
        for found in day.finditer(text):
            assert other.search(text[: found.start()]), (found[0], text)


def test_a_term_is_one_of_several_lengths_of_time(agreements: list[dict[str, Any]]) -> None:
    terms = {one["output"]["term"] for one in agreements}
    assert {None, "1 year", "2 years", "18 months"} <= terms
    without = [one["input"] for one in agreements if one["output"]["term"] is None]
    # One that does not say for how long it binds has other lengths of time.
    lengths = [text for text in without if re.search(r"\b(months?|years?)\b", text)]
    assert len(lengths) > len(without) / 2


def test_dates_are_days_of_the_calendar(agreements: list[dict[str, Any]]) -> None:
    days = [date.fromisoformat(one["output"]["effective_date"] or "2000-01-01") for one in agreements]
    assert min(days).year >= 1996
    assert max(days).year <= 2025
