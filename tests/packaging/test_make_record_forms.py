"""Documents as other sources write them: the same for a seed, with gold that the text states."""

import re
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.pack_library import find_packs
from thresher.adapters.spans import SpanFinder
from thresher.adapters.training.labels import read_labels

RECORD_TYPES = ("expenses/receipt", "government/fara_form", "invoices/ad_buy")
#: Those with a writer of their own have further tests of their own.
WRITTEN = (
    "financial/statement",
    "healthcare/clinical_note",
    "invoices/invoice",
    "legal/risk_flags",
    "manufacturing/production_report",
    "manufacturing/work_order",
    "real_estate/valuation",
)
#: Those of them whose values are found as any others are.
SPANNED = (
    "financial/statement",
    "invoices/invoice",
    "legal/risk_flags",
    "manufacturing/production_report",
    "real_estate/valuation",
)
COUNT = 200


@pytest.fixture(scope="module", params=RECORD_TYPES)
def record_type(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def forms(scripts: dict[str, Any], record_type: str) -> list[dict[str, Any]]:
    return list(scripts["make_record_forms"].make_record_forms(record_type, COUNT, seed=5))


def test_every_record_type_with_forms_is_tested(scripts: dict[str, Any]) -> None:
    assert set(scripts["make_record_forms"].RECORD_TYPES) == {*RECORD_TYPES, *WRITTEN}


@pytest.mark.parametrize("made_type", [*RECORD_TYPES, *WRITTEN])
def test_they_are_labels_of_the_pack_without_an_empty_slot(
    scripts: dict[str, Any], made_type: str, tmp_path: Path
) -> None:
    asked = find_packs().pick(*made_type.split("/"))
    path = tmp_path / "forms.jsonl"
    made = list(scripts["make_record_forms"].make_record_forms(made_type, 300, seed=5))
    scripts["make_record_forms"].write(path, made_type, 300, 5)
    labels = read_labels([path], asked.fields, asked.instructions)
    assert [label.values for label in labels] == [one["output"] for one in made]
    for label, one in zip(labels, made, strict=True):
        assert label.fields == asked.fields
        assert label.values.keys() == {field.name for field in asked.fields}
        # What a program exports may be JSON, which has braces around more than a name.
        assert not re.search(r"{\w*}", one["input"])


@pytest.mark.parametrize("made_type", [*RECORD_TYPES, *SPANNED])
def test_what_is_labelled_stands_in_the_text(scripts: dict[str, Any], made_type: str) -> None:
    fields = {field.name: field for field in find_packs().pick(*made_type.split("/")).fields}
    for one in scripts["make_record_forms"].make_record_forms(made_type, 400, seed=5):
        finder = SpanFinder(one["input"])
        for name, value in one["output"].items():
            for item in value if isinstance(value, list) else [value]:
                if item is not None and fields[name].type not in ("boolean", "enum"):
                    assert finder.find(fields[name], item, fuzzy=False), (name, item, one["input"])


def test_they_come_as_mails_and_without_a_head(forms: list[dict[str, Any]]) -> None:
    mails = [one for one in forms if one["input"].startswith("From: ")]
    assert COUNT / 5 < len(mails) < COUNT / 2


def test_a_field_that_is_not_stated_is_null(record_type: str, forms: list[dict[str, Any]]) -> None:
    nulls = {name for one in forms for name, value in one["output"].items() if value is None}
    never = {"company", "date", "total", "advertiser", "form_type"}
    assert nulls == {field.name for field in find_packs().pick(*record_type.split("/")).fields} - never


def test_an_amendment_names_nobody(scripts: dict[str, Any]) -> None:
    forms = list(scripts["make_record_forms"].make_record_forms("government/fara_form", COUNT, seed=6))
    amended = [one["output"]["person_name"] for one in forms if one["output"]["form_type"] == "Amendment"]
    assert len(amended) > COUNT / 3
    assert set(amended) == {None}


def test_the_total_of_a_receipt_is_that_of_its_items(scripts: dict[str, Any]) -> None:
    form = scripts["make_record_forms"].RecordForm
    words, draw = scripts["make_assorted"].WORDS, scripts["make_record_forms"].Draw
    forms = [form("expenses/receipt", words, draw(7, n)) for n in range(50)]
    with_items = [one for one in forms if one.items]
    assert len(with_items) > 20
    for one in with_items:
        total = one.write()[1]["total"].replace(",", "")
        assert round(float(total) * 100) == sum(cents for _, cents in one.items)
