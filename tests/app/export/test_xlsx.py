"""XLSX keeps types and places, opens whatever the text, and says where it cut one."""

import io
import zipfile
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given, settings

from thresher.adapters.fields import Field
from thresher.app.documents.read import read_bytes
from thresher.app.export import open_writer
from thresher.app.record import Outcome, Value

from .conftest import FAILED, FIELDS, RECORD, hostile, texts, written


def test_xlsx_keeps_types_and_places() -> None:
    old = replace(
        RECORD,
        values={
            "signed": Value("1812-06-24", Outcome.FOUND, 1.0),
            "total": Value(10**17, Outcome.FOUND, 1.0),
        },
    )
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", RECORD, FAILED, old)))
    assert book.sheetnames == ["records", "values"]
    assert [sheet.freeze_panes for sheet in book] == ["A2", "A2"]
    header, first, failed, third = (dict(enumerate(row)) for row in book["records"].values)
    at = {name: column for column, name in header.items()}
    assert first[at["total"]] == -12.5
    assert first[at["paid"]] is True
    assert first[at["signed"]] == datetime(2024, 3, 5)
    assert first[at["items"]] == "bolts; nuts"
    assert failed[at["signed"]] is None
    assert (third[at["signed"]], third[at["total"]]) == ("1812-06-24", "1" + "0" * 17)
    rows = list(book["values"].values)
    columns = dict(zip(rows[0], zip(*rows[1:], strict=True), strict=True))
    assert columns["field"][:7] == ("company", "signed", "total", "items", "items", "paid", "status")
    assert rows[4][1:] == ("items", 1, "bolts", "ungrounded", 0.5, "page 2", 3, 8, "bolts", "exact")
    assert rows[5][1:5] == ("items", 2, "nuts", "ungrounded")


def test_dates_are_those_of_each_records_own_fields() -> None:
    record = replace(
        RECORD, values={name: Value("2024-03-05", Outcome.FOUND, 1.0) for name in ("signed", "due")}
    )
    out = io.BytesIO()
    with open_writer("xlsx", out, FIELDS) as writer:
        writer.write(record)
        writer.write(record, [Field(name="due", type="date"), Field(name="signed", type="string")])
    sheets = openpyxl.load_workbook(out)
    header, *rows = sheets["records"].values
    at = header.index
    day = datetime(2024, 3, 5)
    assert [(row[at("signed")], row[at("due")]) for row in rows] == [(day, "2024-03-05"), ("2024-03-05", day)]
    assert [row[3] for row in sheets["values"].values][1:] == [day, "2024-03-05", "2024-03-05", day]


@settings(max_examples=25, deadline=None)
@given(texts)
def test_xlsx_opens_whatever_the_text(text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", hostile(text))))
    assert book["records"].max_row == 2


def test_a_cell_that_is_too_long_says_so() -> None:
    record = replace(RECORD, values={"company": Value("x" * 40_000, Outcome.FOUND, 1.0)})
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", record)))
    cell = book["values"]["D2"].value
    assert len(cell) == 32_767
    assert cell.endswith("[cut: 40000 characters are more than a cell holds; jsonl has them all]")


@pytest.mark.parametrize(
    "text", ["_x0041_ " + "y" * 32_758 + "E", "_x0041_" * 5_000], ids=["by its escape", "all escapes"]
)
def test_what_its_escapes_make_too_long_for_a_cell_is_cut_and_says_so(text: str) -> None:
    record = replace(RECORD, values={"company": Value(text, Outcome.FOUND, 1.0)})
    data = written("xlsx", record)
    note = f" … [cut: {len(text)} characters are more than a cell holds; jsonl has them all]"
    cell = openpyxl.load_workbook(io.BytesIO(data))["values"]["D2"].value
    assert cell.endswith(note)
    assert text.startswith(cell.removesuffix(note).replace("_x005F_", "_"))


def test_a_text_that_looks_like_an_escape_is_shown_as_it_is() -> None:
    text = "My_x0020_File_x000d_.pdf"
    record = replace(RECORD, values={"company": Value(text, Outcome.FOUND, 1.0)})
    data = written("xlsx", record)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"My_x005F_x0020_File_x005F_x000d_.pdf" in archive.read("xl/worksheets/sheet1.xml")
    assert text in read_bytes(data, "records.xlsx").text
