"""Each format says what the record says, and a document's text cannot act in any of them."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import warnings
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.app.documents.document import Place
from thresher.app.export import Format, export, open_writer, record_from_json, record_json
from thresher.app.export.jsonl import record_line
from thresher.app.record import Outcome, Record, RecordError, Span, Value, Windows

FIELDS = (
    Field(name="company", type="string"),
    Field(name="signed", type="date"),
    Field(name="total", type="number"),
    Field(name="items", type="list[string]"),
    Field(name="paid", type="boolean"),
    Field(name="status", type="string"),
)
SPAN = Span(3, 8, "bolts", "exact", Place(2, (1.0, 2.0, 3.0, 4.5)))
RECORD = Record(
    id="a/r.pdf",
    path="in/a/r.pdf",
    sha256="d0" * 32,
    domain="expenses",
    record_type="receipt",
    model="starter",
    adapter="receipts-2",
    status="ok",
    error=None,
    values={
        "company": Value("Acme, Ltd", Outcome.FOUND, 0.9),
        "signed": Value("2024-03-05", Outcome.FOUND, 0.8, (Span(1, 2, "5/3", "parsed", Place(1)),)),
        "total": Value(-12.5, Outcome.FOUND, 0.7),
        "items": Value(["bolts", "nuts"], Outcome.UNGROUNDED, 0.5, (SPAN, None)),
        "paid": Value(True, Outcome.FOUND, None),
        "status": Value(None, Outcome.ABSENT, 0.4),
    },
    seconds=1.25,
    windows=Windows(3, 7),
)
FAILED = replace(
    RECORD,
    id="x",
    sha256=None,
    adapter=None,
    status="failed",
    error=RecordError("encrypted", "x.pdf asks for a password"),
    values={},
)
texts = st.text(st.characters(exclude_categories=()), max_size=30)
#: Only lone surrogates that do not follow each other: two of them are one character to JSON.
json_texts = texts.filter(lambda text: "\\ud" not in text.encode("ascii", "backslashreplace").decode())


def hostile(text: str) -> Record:
    values = {
        "company": Value(text, Outcome.FOUND, 0.5, (replace(SPAN, text=text, place=Place(part=text)),)),
        "items": Value([text, text], Outcome.FOUND, 0.5, (None, None)),
    }
    return replace(RECORD, id=text, path=text, error=RecordError("kind", text), values=values)


def written(format: Format, *records: Record) -> bytes:
    out = io.BytesIO()
    export(records, format, out, FIELDS)
    return out.getvalue()


def test_jsonl_is_the_contract_in_its_order() -> None:
    first, second = (json.loads(line) for line in written("jsonl", RECORD, FAILED).splitlines())
    assert list(first) == [
        *(
            "id",
            "document",
            "domain",
            "record_type",
            "model",
            "adapter",
            "status",
            "error",
            "fields",
            "seconds",
            "windows",
        )
    ]
    assert first["document"] == {"path": "in/a/r.pdf", "sha256": "d0" * 32}
    assert list(first["fields"]) == [field.name for field in FIELDS]
    assert list(first["fields"]["items"]) == ["value", "outcome", "confidence", "spans"]
    assert list(first["fields"]["items"]["spans"][0].items()) == [
        ("start", 3),
        ("end", 8),
        ("page", 2),
        ("box", [1.0, 2.0, 3.0, 4.5]),
        ("text", "bolts"),
        ("sheet", None),
        ("cell", None),
        ("part", None),
        ("match", "exact"),
    ]
    assert first["fields"]["items"]["spans"][1] is None
    assert first["error"] is None
    assert second["error"] == {"kind": "encrypted", "message": "x.pdf asks for a password"}
    assert second["document"]["sha256"] is None
    assert [record_from_json(first), record_from_json(second)] == [RECORD, FAILED]


JUDGED = replace(
    RECORD,
    values={
        "company": Value("Acme", Outcome.FOUND, 0.97, calibrated=True, accepted=True),
        "items": Value(
            ["bolts", "nuts"], Outcome.FOUND, 0.6, (SPAN, None), (0.9, 0.3), calibrated=True, accepted=False
        ),
    },
)


def test_jsonl_says_what_was_calibrated_and_accepted() -> None:
    (raw,) = map(json.loads, written("jsonl", JUDGED).splitlines())
    company, items = raw["fields"]["company"], raw["fields"]["items"]
    assert list(company) == ["value", "outcome", "confidence", "spans", "calibrated", "accepted"]
    assert (company["calibrated"], company["accepted"], items["accepted"]) == (True, True, False)
    assert items["confidences"] == [0.9, 0.3]
    assert record_from_json(raw) == JUDGED


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


@given(json_texts)
def test_a_line_of_jsonl_is_one_line_and_comes_back(text: str) -> None:
    line = record_line(hostile(text))
    assert line.decode().splitlines() == [line.decode()[:-1]]
    assert record_from_json(json.loads(line)) == hostile(text)


@given(texts)
def test_any_text_makes_readable_json(text: str) -> None:
    assert json.loads(record_line(hostile(text)))["status"] == "ok"


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("'seconds' is missing", lambda raw: raw.pop("seconds")),
        ("'sha256' is missing", lambda raw: raw["document"].pop("sha256")),
        ("'status' is 'fine'", lambda raw: raw.update(status="fine")),
        ("'good' is not a valid Outcome", lambda raw: raw["fields"]["paid"].update(outcome="good")),
        ("no record", lambda raw: raw.update(fields=[])),
    ],
)
def test_what_is_no_record_is_told_by_its_key(key: str, change: Any) -> None:
    raw = json.loads(json.dumps(record_json(RECORD)))
    change(raw)
    with pytest.raises(UsageError, match=key):
        record_from_json(raw)


def test_csv_has_a_row_a_record_and_an_outcome_a_field() -> None:
    extra = replace(RECORD, values={"other": Value("x", Outcome.FOUND, 0.1)})
    rows = list(csv.DictReader(io.StringIO(written("csv", RECORD, FAILED, extra).decode())))
    assert rows[0]["record.id"] == "a/r.pdf"
    assert rows[0]["record.status"] == "ok"
    assert (rows[0]["status"], rows[0]["status.outcome"]) == ("", "absent")  # a field of that name
    assert (rows[0]["company"], rows[0]["total"], rows[0]["paid"]) == ("Acme, Ltd", "-12.5", "true")
    assert (rows[0]["items"], rows[0]["items.outcome"]) == ("bolts; nuts", "ungrounded")
    assert rows[1]["record.error"] == "encrypted: x.pdf asks for a password"
    assert (rows[1]["total"], rows[1]["total.outcome"]) == ("", "")
    assert (rows[2]["other"], rows[0]["other"]) == ("x", "")
    assert list(rows[0])[10:12] == ["company", "company.outcome"]


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


@settings(deadline=None)
@given(texts)
def test_csv_gives_any_text_back(text: str) -> None:
    (_, row) = csv.reader(io.StringIO(written("csv", hostile(text)).decode(), newline=""))
    expected = text.encode("utf-8", "backslashreplace").decode()
    assert row[0].removeprefix("'") == expected.removeprefix("'")


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


def test_markdown_reads_well() -> None:
    assert written("markdown", RECORD).decode() == (
        "## a/r.pdf\n\n- Document: in/a/r.pdf\n- Record: expenses/receipt\n- Model: starter + receipts-2\n"
        "- Status: ok\n\n"
        "| Field | Value | Outcome | Confidence | Place |\n| --- | --- | --- | ---: | --- |\n"
        "| company | Acme, Ltd | found | 0.90 |  |\n| signed | 2024-03-05 | found | 0.80 | page 1 |\n"
        "| total | -12.5 | found | 0.70 |  |\n| items | bolts; nuts | ungrounded | 0.50 | page 2 |\n"
        "| paid | yes | found |  |  |\n| status |  | absent | 0.40 |  |\n\n"
    )


def test_markup_of_a_document_stays_text_in_markdown() -> None:
    text = "a|b <script>x</script> [l](http://h) `c` **b** &amp; \\| ![i](u) ~~s~~\n# h\u2028|\x1b[31m\u202e"
    (row,) = (line for line in written("markdown", hostile(text)).decode().split("\n") if "| company" in line)
    expected = (
        r"a\|b \<script\>x\</script\> \[l\](http\://h) \`c\` \*\*b\*\* \&amp; \\\| !\[i\](u) \~\~s\~\~"
        "<br>\\# h<br>\\|\ufffd\\[31m\ufffd"
    )
    assert row == f"| company | {expected} | found | 0.50 | {expected} |"


@given(texts)
def test_a_markdown_record_has_as_many_lines_whatever_the_text(text: str) -> None:
    shown = written("markdown", hostile(f"x{text}")).decode()
    assert len(shown.splitlines()) == len(written("markdown", hostile("x")).decode().splitlines())


@pytest.mark.parametrize("format", get_args(Format))
def test_a_file_appears_when_it_is_whole(tmp_path: Path, format: Format) -> None:
    target = tmp_path / "out"
    writer = open_writer(format, target, FIELDS)
    writer.write(RECORD)
    assert not target.exists()
    writer.close()
    writer.close()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert target.stat().st_size > 100


@pytest.mark.parametrize("format", get_args(Format))
def test_a_file_that_is_there_is_kept_unless_asked(tmp_path: Path, format: Format) -> None:
    target = tmp_path / "out"
    target.write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        export([RECORD], format, target)
    assert target.read_text() == "mine"
    writer = open_writer(format, target, overwrite=True)
    writer.write(RECORD)
    writer.abandon()
    assert target.read_text() == "mine"
    assert (tmp_path / "out.partial").exists() == (format == "jsonl")
    export([RECORD], format, target, overwrite=True)
    assert target.read_bytes() != b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "out"
    writer = open_writer("jsonl", target)
    writer.write(RECORD)
    target.write_text("mine")
    with pytest.raises(UsageError, match="meanwhile"):
        writer.close()
    assert target.read_text() == "mine"
    assert (tmp_path / "out.partial").read_bytes() == record_line(RECORD)


def test_what_raises_leaves_finished_lines_alone(tmp_path: Path) -> None:
    def broken() -> Any:
        yield RECORD
        raise KeyError

    for format in get_args(Format):
        with pytest.raises(KeyError):
            export(broken(), format, tmp_path / format)
    assert [path.name for path in tmp_path.iterdir()] == ["jsonl.partial"]
    assert (tmp_path / "jsonl.partial").read_bytes() == record_line(RECORD)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_a_killed_process_leaves_its_lines(tmp_path: Path) -> None:
    code = (
        "import json, os, signal, sys\nfrom pathlib import Path\n"
        "from thresher.app.export import open_writer, record_from_json\n"
        "record = record_from_json(json.loads(sys.stdin.read()))\n"
        "writer = open_writer('jsonl', Path(sys.argv[1]))\n"
        "writer.write(record); writer.write(record)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "out")], input=json.dumps(record_json(RECORD)), text=True
    )
    assert process.returncode == -signal.SIGKILL
    assert (tmp_path / "out.partial").read_bytes() == record_line(RECORD) * 2
    assert not (tmp_path / "out").exists()


def test_places_that_cannot_be_written_are_told_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        open_writer("csv", tmp_path)
    with pytest.raises(UsageError, match="there is no folder"):
        open_writer("csv", tmp_path / "none" / "x")
    with pytest.raises(UsageError, match="no format"):
        open_writer("pdf", tmp_path / "x")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_told() -> None:
    with pytest.raises(UsageError, match="free space"):
        export([RECORD], "csv", Path("/dev/full"))
    assert Path("/dev/full").is_char_device()


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_goes_on_pointing(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    export([RECORD], "jsonl", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == record_line(RECORD)


def test_streams_of_text_and_of_bytes_take_the_same() -> None:
    text = io.StringIO()
    export([RECORD], "markdown", text)
    assert text.getvalue().encode() == written("markdown", RECORD)
    below = io.BytesIO()
    wrapped = io.TextIOWrapper(below, encoding="ascii")  # a terminal's narrow encoding harms nothing
    export([hostile("é")], "jsonl", wrapped)
    assert below.getvalue() == record_line(hostile("é"))
    with pytest.raises(UsageError, match="no text"):
        export([RECORD], "xlsx", io.StringIO())


@pytest.mark.parametrize("raw", [["a", 3, None], {"a": 1}, 10**400, float("inf"), "2024-02-30"])
def test_an_invalid_value_is_shown_as_it_was_said(raw: Any) -> None:
    record = replace(RECORD, values={"signed": Value(raw, Outcome.INVALID, 0.5)})
    for format in get_args(Format):
        assert written(format, record)


def test_no_records_make_a_header() -> None:
    assert written("jsonl") == b""
    assert written("csv").decode().startswith("record.id,")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert openpyxl.load_workbook(io.BytesIO(written("xlsx")))["records"].max_row == 1
