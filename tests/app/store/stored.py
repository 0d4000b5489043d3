"""A task, a document and records to store."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from thresher.adapters.fields import Field
from thresher.app.documents.document import Document, Place, Region
from thresher.app.extraction.signals import Signals, Sureness
from thresher.app.record import Outcome, Record, RecordError, Span, Value, Windows
from thresher.app.store import Store
from thresher.app.store.known import Known
from thresher.app.task import Task

TASK = Task(
    domain="expenses",
    record_type="receipt",
    instructions="Read the receipt.",
    fields=(
        Field(name="company", type="string"),
        Field(name="date", type="date"),
        Field(name="total", type="number"),
        Field(name="items", type="list[string]"),
        Field(name="kind", type="enum", values=("till", "invoice")),
        Field(name="count", type="integer"),
        Field(name="paid", type="boolean"),
    ),
    pack_hash="ab" * 32,
)
TEXT = "Acme Ltd   2 bolts\nTotal   12.50"
DOCUMENT = Document(
    name="r.pdf",
    sha256="d0" * 32,
    kind="pdf",
    text=TEXT,
    path=Path("in/r.pdf"),
    regions=(Region(0, 8, page=1, box=(1.0, 2.0, 3.5, 4.25)), Region(11, 18, page=1)),
    pages=1,
    notes=("page 2 holds no text",),
)
RECORD = Record(
    id="r.pdf",
    path="in/r.pdf",
    sha256=DOCUMENT.sha256,
    domain="expenses",
    record_type="receipt",
    model="starter",
    adapter=None,
    status="ok",
    error=None,
    values={
        "company": Value(
            "Acme Ltd",
            Outcome.FOUND,
            0.9,
            (Span(0, 8, "Acme Ltd", "exact", Place(1, (1.0, 2.0, 3.5, 4.25))),),
        ),
        "date": Value(None, Outcome.ABSENT, 0.8),
        "total": Value(12.5, Outcome.FOUND, 0.7, (Span(27, 32, "12.50", "parsed", Place(1)),)),
        "items": Value(
            ["bolts", "nuts"], Outcome.UNGROUNDED, 0.5, (Span(13, 18, "bolts", "exact", Place(1)), None)
        ),
        "kind": Value("till", Outcome.FOUND, 0.6),
        "count": Value(2, Outcome.FOUND, 0.6),
        "paid": Value(None, Outcome.ABSENT, 0.6),
    },
    seconds=1.25,
    windows=Windows(3, 7),
    notes=DOCUMENT.notes,
)
FAILED = replace(
    RECORD,
    id="x",
    sha256=None,
    status="failed",
    error=RecordError("encrypted", "x.pdf asks for a password; remove it and try again"),
    values={},
    notes=(),
)
SIGNALS = Signals(Sureness(-0.5, -0.25, 3), 1.0, "exact", 0.9, False)


def reused(store: Store) -> int:
    """The number of the record as another run takes it over."""
    found = store.find_done("r.pdf", DOCUMENT.sha256, DOCUMENT.kind, "s", "in/r.pdf")
    assert found is not None
    number = store.save_record(store.start_run(TASK, "s", 1), found, "s", None)
    assert store.record(number).record == found  # what was told is what is kept
    return number


def values_of(known: Mapping[str, Known]) -> dict[str, Any]:
    return {name: one.value for name, one in known.items()}
