"""Made-up parts of reports: the same for a seed, with questions that the part answers in its own words."""

from typing import Any

import pytest

from thresher.adapters.fields import parse_fields
from thresher.adapters.spans import SpanFinder

COUNT = 300


@pytest.fixture(scope="module")
def parts(scripts: dict[str, Any]) -> list[dict[str, Any]]:
    return list(scripts["make_record_forms"].make_record_forms("financial/report_question", COUNT, seed=5))


def test_what_answers_a_question_stands_in_the_part(parts: list[dict[str, Any]]) -> None:
    for one in parts:
        finder = SpanFinder(one["input"])
        for field in parse_fields(one["fields"], "the part"):
            answer = one["output"][field.name]
            for text in answer if isinstance(answer, list) else [answer]:
                assert text is None or finder.find(field, text, fuzzy=False), (field.name, text, one["input"])


def test_a_question_for_a_year_of_a_line_has_that_cell(parts: list[dict[str, Any]]) -> None:
    checked = 0
    for one in parts:
        rows = [line.split(" | ") for line in one["input"].splitlines() if " | " in line and line[0] != "|"]
        heads = [row for row in rows if not row[0].strip()]
        if len(heads) != 1 or "Total 20" in one["input"]:
            continue
        years = [head[-4:] if head[-4:].isdigit() else head for head in heads[0]]
        for question, answer in one["output"].items():
            line, _, year = question.rpartition(" ")
            lines = {row[0]: row for row in rows}
            if line in lines and year in years:  # asked by the line and the year alone
                assert answer == lines[line][years.index(year)]
                checked += 1
    assert checked > 3


def test_some_are_not_answered_and_some_by_several(parts: list[dict[str, Any]]) -> None:
    answers = [answer for one in parts for answer in one["output"].values()]
    assert 0.01 < sum(answer is None for answer in answers) / len(answers) < 0.1
    assert 0.1 < sum(isinstance(answer, list) for answer in answers) / len(answers) < 0.5
    assert not [answer for answer in answers if answer and set("—–-") & set(answer)]


def test_each_asks_something(scripts: dict[str, Any]) -> None:
    """Also where every amount of its table is a dash."""
    many = scripts["make_record_forms"].make_record_forms("financial/report_question", 3000, seed=77)
    assert all(one["fields"] for one in many)


def test_a_part_has_no_space_around_it(parts: list[dict[str, Any]]) -> None:
    assert all(one["input"].strip() == one["input"] for one in parts)
