"""CSV: a row a record, and any text comes back."""

import csv
import io
from dataclasses import replace

from hypothesis import given, settings

from thresher.app.record import Outcome, Value

from .conftest import FAILED, RECORD, hostile, texts, written


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


@settings(deadline=None)
@given(texts)
def test_csv_gives_any_text_back(text: str) -> None:
    (_, row) = csv.reader(io.StringIO(written("csv", hostile(text)).decode(), newline=""))
    expected = text.encode("utf-8", "backslashreplace").decode()
    assert row[0].removeprefix("'") == expected.removeprefix("'")
