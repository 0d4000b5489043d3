"""Records to write: a good one, a failed one, a judged one, and those whose every text is hostile."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, TextIO

from hypothesis import strategies as st

from thresher.adapters.fields import Field
from thresher.app.documents.document import Place
from thresher.app.export import Format, open_writer
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
JUDGED = replace(
    RECORD,
    values={
        "company": Value("Acme", Outcome.FOUND, 0.97, calibrated=True, accepted=True),
        "items": Value(
            ["bolts", "nuts"], Outcome.FOUND, 0.6, (SPAN, None), (0.9, 0.3), calibrated=True, accepted=False
        ),
    },
)
#: What of its document was not read.
NOTED = replace(RECORD, notes=("invoice.pdf: asks for a password", "=2 hidden sheets"))

texts = st.text(st.characters(exclude_categories=()), max_size=30)


def hostile(text: str) -> Record:
    values = {
        "company": Value(text, Outcome.FOUND, 0.5, (replace(SPAN, text=text, place=Place(part=text)),)),
        "items": Value([text, text], Outcome.FOUND, 0.5, (None, None)),
    }
    return replace(RECORD, id=text, path=text, error=RecordError("kind", text), values=values)


def export(
    records: Iterable[Record],
    format: Format,
    target: Path | TextIO | BinaryIO,
    fields: Sequence[Field] = (),
    *,
    overwrite: bool = False,
) -> None:
    with open_writer(format, target, fields, overwrite=overwrite) as writer:
        for record in records:
            writer.write(record)


def written(format: Format, *records: Record) -> bytes:
    out = io.BytesIO()
    export(records, format, out, FIELDS)
    return out.getvalue()
