"""XLSX: rows and columns that are hidden."""

import io
from typing import Any

import openpyxl
import pytest

from thresher.app.documents.document import Place
from thresher.app.documents.read import read_bytes

from .conftest import with_part


def saved(sheet: Any) -> bytes:
    out = io.BytesIO()
    sheet.parent.save(out)
    return out.getvalue()


def test_hidden_rows_and_columns_are_not_read_and_noted() -> None:
    sheet = openpyxl.Workbook().active
    assert sheet is not None
    for row in (
        ["Item", "Cost", "Price", None, "Note"],
        ["Nails", 3, 5, None, "x"],
        ["Nuts", 4, 6],
        ["Total"],
    ):
        sheet.append(row)
    sheet.row_dimensions[2].hidden = sheet.row_dimensions[9].hidden = True
    sheet.column_dimensions.group("D", "E", hidden=True)
    sheet.column_dimensions["B"].hidden = True
    document = read_bytes(saved(sheet), "offer.xlsx")
    assert document.text == "Sheet\nItem\t\tPrice\nNuts\t\t6\nTotal\n"
    assert document.place(document.text.index("6"), document.text.index("6") + 1) == Place(
        sheet="Sheet", cell="C3"
    )
    assert document.notes == ("sheet 'Sheet': 1 row and 2 columns are hidden and were not read",)


def test_what_is_hidden_and_empty_is_not_noted_and_its_formulas_are_not_missed() -> None:
    sheet = openpyxl.Workbook().active
    assert sheet is not None
    for row in ([1, None, "=A1+1"], [2, None, "=A2+1"], ["=A1"]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = sheet.row_dimensions[7].hidden = True
    sheet.column_dimensions["B"].hidden = sheet.column_dimensions["C"].hidden = True
    sheet["C4"] = "seen nowhere"
    document = read_bytes(saved(sheet), "offer.xlsx")
    assert document.text == "Sheet\n1\n2\n"
    assert document.notes == ("sheet 'Sheet': 1 column is hidden and was not read",)


@pytest.mark.parametrize(
    ("merged", "rows", "columns", "text", "hidden"),
    [
        ("A1:D1", [], ["A"], "Invoice 4711\n\tTotal\t5\n", None),
        ("A1:A3", [1], [], "Invoice 4711\n\tTotal\t5\n", None),
        ("A1:B3", [1, 2], ["A"], "Invoice 4711\n", "1 row is"),
        # Of these nothing is seen.
        ("A1:B1", [], ["A", "B"], "\t\t5\n", "2 columns are"),
        ("A1:D1", [1], ["A"], "\tTotal\t5\n", "1 row is"),
        ("A1:A2", [1, 2], [], "", "2 rows are"),
    ],
)
def test_a_merged_cell_is_read_where_any_of_it_is_seen(
    merged: str, rows: list[int], columns: list[str], text: str, hidden: str | None
) -> None:
    sheet = openpyxl.Workbook().active
    assert sheet is not None
    sheet["A1"], sheet["B2"], sheet["C2"] = "Invoice 4711", "Total", 5
    sheet.merged_cells.add(merged)
    for row in rows:
        sheet.row_dimensions[row].hidden = True
    for column in columns:
        sheet.column_dimensions[column].hidden = True
    document = read_bytes(saved(sheet), "offer.xlsx")
    assert document.text == f"Sheet\n{text}"
    assert [note.split(": ")[1].partition(" hidden")[0] for note in document.notes] == [hidden] * bool(hidden)


def test_merged_cells_over_hidden_rows_without_end_are_no_trap() -> None:
    sheet = openpyxl.Workbook().active
    assert sheet is not None
    sheet["A1"] = "seen"
    rows = b"".join(b'<row r="%d" hidden="1"/>' % row for row in range(2, 20_000))
    cells = b"".join(b'<mergeCell ref="A%d:XFD1048576"/>' % row for row in range(2, 20_000))

    def said(xml: bytes) -> bytes:
        assert b"</sheetData>" in xml
        return xml.replace(b"</sheetData>", rows + b"</sheetData><mergeCells>" + cells + b"</mergeCells>")

    data = with_part(saved(sheet), "xl/worksheets/sheet1.xml", said)
    assert read_bytes(data, "offer.xlsx").text == "Sheet\nseen\n"


@pytest.mark.parametrize(
    ("row", "read"),
    [
        (b'<row r="1" hidden="true">', "Sheet\n2\n"),
        (b'<row hidden="1">', "Sheet\n2\n"),
        (b'<row r="1.0" hidden="1">', "Sheet\n2\n"),
        (b'<row r="1" hidden="0">', "Sheet\n1\n2\n"),
        (b'<row r="1" collapsed="1">', "Sheet\n1\n2\n"),
    ],
)
def test_a_row_is_hidden_where_it_says_so(row: bytes, read: str) -> None:
    sheet = openpyxl.Workbook().active
    assert sheet is not None
    sheet.append([1])
    sheet.append([2])

    def said(xml: bytes) -> bytes:
        assert b'<row r="1">' in xml
        return xml.replace(b'<row r="1">', row)

    data = with_part(saved(sheet), "xl/worksheets/sheet1.xml", said)
    assert read_bytes(data, "offer.xlsx").text == read
