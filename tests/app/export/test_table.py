"""What the tables share: a column for what was accepted, and no document's text is a formula."""

import csv
import io
from dataclasses import replace

import openpyxl
import pytest

from thresher.app.record import Outcome, Value

from .conftest import FAILED, JUDGED, NOTED, RECORD, hostile, written


def test_tables_have_a_column_for_what_was_accepted_only_where_that_was_asked() -> None:
    rows = list(csv.DictReader(io.StringIO(written("csv", JUDGED, FAILED).decode())))
    assert [row["company.accepted"] for row in rows] == ["true", ""]
    assert rows[0]["items.accepted"] == "false"
    assert b"accepted" not in written("csv", RECORD)
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", JUDGED)))
    values = [[each.value for each in row] for row in book["values"].iter_rows()]
    at = values[0].index("confidence")
    assert [row[at] for row in values[1:]] == [0.97, 0.9, 0.3]
    assert values[0][-1] == "accepted"
    assert [row[-1] for row in values[1:]] == [True, False, False]
    assert "accepted" not in [
        each.value for each in openpyxl.load_workbook(io.BytesIO(written("xlsx", RECORD)))["values"][1]
    ]
    markdown = written("markdown", JUDGED).decode()
    assert "| Accepted |" in markdown
    assert "| look |" in markdown
    assert "Accepted" not in written("markdown", RECORD).decode()


def test_tables_have_a_column_for_what_was_not_read_where_there_is_any() -> None:
    said = "invoice.pdf: asks for a password; =2 hidden sheets"
    rows = list(csv.DictReader(io.StringIO(written("csv", RECORD, NOTED).decode())))
    assert [row["record.notes"] for row in rows] == ["", said]
    assert list(rows[0])[9:12] == ["record.seconds", "record.notes", "company"]
    assert [row["company"] for row in rows] == ["Acme, Ltd"] * 2
    sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx", RECORD, NOTED)))["records"]
    assert [row[10] for row in sheet.iter_rows(values_only=True)] == ["record.notes", None, said]
    assert b"notes" not in written("csv", RECORD)
    markdown = written("markdown", NOTED).decode()
    assert "\n- Note: invoice.pdf: asks for a password\n- Note: =2 hidden sheets\n" in markdown


@pytest.mark.parametrize(
    ("names", "header"),
    [
        (["sum", "sum.outcome"], ["sum", "sum.outcome (2)"]),
        (["sum.outcome", "sum"], ["sum.outcome", "sum (2)"]),
        (["record.id", "record.notes"], ["record.id (2)", "record.notes (2)"]),
        (["record.id", "record.id (2)"], ["record.id (3)", "record.id (2)"]),
        # An apostrophe is set before a formula, and may be there already.
        (["=a", "'=a"], ["'=a", "'=a (2)"]),
        (["a", "a.outcome", "a.outcome.outcome"], ["a", "a.outcome (2)", "a.outcome.outcome"]),
    ],
)
def test_each_column_has_a_name_of_its_own(names: list[str], header: list[str]) -> None:
    values = {name: Value(f"value of {name}", Outcome.FOUND, 0.9, accepted=True) for name in names}
    for record in (replace(NOTED, values=values), replace(RECORD, values=values)):
        columns, row = list(csv.reader(io.StringIO(written("csv", record).decode())))
        assert len(set(columns)) == len(columns)
        told = dict(zip(columns, row, strict=True))
        assert told["record.id"] == record.id
        for name, column in zip(names, header, strict=True):
            assert told[column] == f"value of {name}"
            assert (told[f"{column}.outcome"], told[f"{column}.accepted"]) == ("found", "true")
        sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx", record)))["records"]
        assert [each.value for each in sheet[1]] == columns


FORMULAS = ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_stays_text_in_csv_and_xlsx(formula: str) -> None:
    record = hostile(formula)
    record = replace(record, values={**record.values, formula: Value(formula, Outcome.FOUND, 0.1)})
    rows = list(csv.reader(io.StringIO(written("csv", record).decode(), newline="")))
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r\n＝")]
    assert f"'{formula}" in rows[1]
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", record)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [c for c in cells if isinstance(c.value, str) and c.value[:1] in tuple("=+-@\t\r\n＝")]
