"""Made-up production reports: figures that agree, causes in order, every kind and language."""

import re
from typing import Any

import pytest

from thresher.adapters.pack_library import find_packs
from thresher.adapters.training.draw import Draw

COUNT = 400


@pytest.fixture(scope="module")
def written(scripts: dict[str, Any]) -> list[tuple[Any, str, dict[str, Any]]]:
    """The writers, each with its text and its gold."""
    report = scripts["production_writer"].ProductionReport
    words = scripts["make_assorted"].WORDS
    writers = [report(words, Draw(5, n)) for n in range(COUNT)]
    return [(one, *one.write()) for one in writers]


@pytest.fixture(scope="module")
def reports(scripts: dict[str, Any]) -> list[dict[str, Any]]:
    made = scripts["make_record_forms"].make_record_forms
    return list(made("manufacturing/production_report", COUNT, seed=5))


def test_texts_are_labelled_to_the_letter(reports: list[dict[str, Any]]) -> None:
    fields = find_packs().pick("manufacturing", "production_report").fields
    for one in reports:
        for field in fields:
            value = one["output"][field.name]
            if field.type in ("string", "list[string]"):
                for item in value if isinstance(value, list) else [value or ""]:
                    assert item in one["input"], (field.name, item, one["input"])


def test_a_field_is_stated_in_some_and_not_in_others(reports: list[dict[str, Any]]) -> None:
    for name in reports[0]["output"]:
        stated = sum(one["output"][name] not in (None, []) for one in reports)
        assert COUNT / 5 < stated < COUNT * 0.95, name


def test_causes_stand_in_the_order_of_the_text(reports: list[dict[str, Any]]) -> None:
    for one in reports:
        at = 0
        for cause in one["output"]["downtime_causes"]:
            at = one["input"].index(cause, at) + len(cause)


def test_good_and_rejected_units_are_all_that_were_produced(
    written: list[tuple[Any, str, dict[str, Any]]],
) -> None:
    stated = 0
    for writer, _, gold in written:
        figures = writer.facts.figures
        assert figures["good"] + figures["units_rejected"] == figures["units_produced"]
        assert gold["units_produced"] in (None, figures["units_produced"])
        assert gold["units_rejected"] in (None, figures["units_rejected"])
        stated += gold["units_produced"] is not None and gold["units_rejected"] is not None
    assert stated > COUNT / 5


def test_the_stops_add_up_to_the_downtime(written: list[tuple[Any, str, dict[str, Any]]]) -> None:
    stated = 0
    for writer, _, gold in written:
        if gold["downtime_minutes"] is not None and gold["downtime_causes"]:
            assert sum(minutes for _, minutes in writer.facts.stops) == gold["downtime_minutes"]
            assert gold["downtime_causes"] == [cause for cause, _ in writer.facts.stops]
            stated += 1
    assert stated > COUNT / 5


def test_every_kind_and_language_is_written(
    scripts: dict[str, Any], written: list[tuple[Any, str, dict[str, Any]]]
) -> None:
    words = scripts["production_facts"].WORDS["languages"]
    assert {writer.kind for writer, _, _ in written} == set(scripts["production_writer"]._KINDS)
    names = [next(name for name in words if words[name] is writer.facts.words) for writer, _, _ in written]
    assert set(names) == set(words)
    assert COUNT / 8 < sum(name != "en" for name in names) < COUNT / 3


def test_each_digit_and_letter_of_a_code_is_drawn(reports: list[dict[str, Any]]) -> None:
    for one in reports:
        assert "#" not in re.sub(r"(?m)^#+ ", "", one["input"]), one["input"]
        assert "@" not in one["input"], one["input"]
