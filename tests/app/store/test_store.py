"""Records, documents, runs and corrections go in and come out whole."""

import sqlite3
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.adapters.training.split import document_key
from thresher.app.documents.document import Document, Place, Region
from thresher.app.extraction.signals import Signals, Sureness
from thresher.app.record import Outcome, Record, RecordError, Span, Value, Windows
from thresher.app.store import Store
from thresher.app.store.trainings import Training
from thresher.app.store.verdicts import Judged
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
)
FAILED = replace(
    RECORD,
    id="x",
    sha256=None,
    status="failed",
    error=RecordError("encrypted", "x.pdf asks for a password; remove it and try again"),
    values={},
)


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(tmp_path / "deep" / "thresher.db") as opened:
        yield opened


def test_a_record_comes_back_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    with Store.open(path) as store:
        run = store.start_run(TASK, "s", 2)
        first = store.save_record(run, RECORD, "s", DOCUMENT)
        second = store.save_record(run, FAILED, "s", None)
        store.finish_run(run, cancelled=True)
    with Store.open(path) as store:
        assert [(r.id, r.record) for r in store.records(run)] == [(first, RECORD), (second, FAILED)]
        assert store.document(DOCUMENT.sha256) == DOCUMENT
        assert store.document_of(first) == DOCUMENT
        assert store.document_of(second) is None
        (summary,) = store.runs(10)
        assert (summary.task, summary.total, summary.ok, summary.failed) == (TASK, 2, 1, 1)
        assert summary.done == 2
        assert summary.cancelled
        assert summary.finished is not None
        assert summary.finished >= summary.started


def test_runs_come_newest_first(store: Store) -> None:
    numbers = [store.start_run(TASK, "s", 0) for _ in range(3)]
    assert [run.id for run in store.runs(2)] == numbers[:0:-1]
    assert store.runs(1)[0].finished is None
    assert store.run(numbers[0]).id == numbers[0]


def test_done_work_is_found_by_bytes_and_settings(store: Store) -> None:
    run = store.start_run(TASK, "s", 1)
    store.save_record(run, RECORD, "s", DOCUMENT)
    assert store.find_done("other", DOCUMENT.sha256, "s", "b/c.pdf") == replace(
        RECORD, id="other", path="b/c.pdf"
    )
    assert store.find_done("other", DOCUMENT.sha256, "another") is None
    assert store.find_done("other", "00" * 32, "s") is None


def test_failed_work_is_not_done(store: Store) -> None:
    run = store.start_run(TASK, "s", 1)
    store.save_record(run, replace(FAILED, sha256=DOCUMENT.sha256), "s", None)
    assert store.find_done("x", DOCUMENT.sha256, "s") is None


def test_a_record_keeps_the_reading_that_it_was_made_from(store: Store) -> None:
    run = store.start_run(TASK, "s", 2)
    first = store.save_record(run, RECORD, "s", DOCUMENT)
    with_ocr = replace(DOCUMENT, text="ACME", regions=(), ocr_pages=1)
    second = store.save_record(run, RECORD, "s2", with_ocr)
    assert store.document_of(first) == DOCUMENT
    assert store.document_of(second) == with_ocr
    assert store.document(DOCUMENT.sha256) == with_ocr


def test_a_correction_is_loaded_and_the_models_value_stays(store: Store, tmp_path: Path) -> None:
    run = store.start_run(TASK, "s", 1)
    number = store.save_record(run, RECORD, "s", DOCUMENT)
    store.correct(number, "total", 13, note="smudged")
    store.correct(number, "total", 13.5)
    store.correct(number, "items", ["nails", "bolts"])
    store.correct(number, "company", None)
    stored = store.record(number)
    assert stored.corrected == {"total", "items", "company"}
    values = stored.record.values
    assert list(values) == list(RECORD.values)
    assert (values["total"].value, values["total"].outcome, values["total"].confidence) == (
        13.5,
        "found",
        1.0,
    )
    assert values["items"].spans == (None, RECORD.values["items"].spans[0])
    assert (values["company"].value, values["company"].outcome) == (None, "absent")
    assert values["kind"] == RECORD.values["kind"]
    told = [(c.field, c.old, c.new, c.note) for c in store.corrections(number)]
    assert told[:2] == [("total", 12.5, 13, "smudged"), ("total", 13, 13.5, "")]
    assert store.labels(DOCUMENT.sha256, "expenses", "receipt") == {
        "total": 13.5,
        "items": ["nails", "bolts"],
        "company": None,
    }
    with sqlite3.connect(tmp_path / "deep" / "thresher.db") as connection:
        kept = connection.execute("SELECT value FROM record_values WHERE field = 'total'").fetchall()
    connection.close()
    assert kept == [("12.5",)]


def test_a_correction_takes_the_spans_that_the_caller_found(store: Store) -> None:
    run = store.start_run(TASK, "s", 1)
    number = store.save_record(run, RECORD, "s", DOCUMENT)
    span = Span(11, 12, "2", "parsed", Place(1))
    store.correct(number, "count", 3.0, spans=[span])
    assert store.record(number).record.values["count"] == Value(
        3, Outcome.FOUND, 1.0, (span,), calibrated=True
    )


SIGNALS = Signals(Sureness(-0.5, -0.25, 3), 1.0, "exact", 0.9, False)


def test_signals_are_kept_and_reused_work_is_judged_anew(store: Store) -> None:
    total = Value(12.5, Outcome.FOUND, 0.6, signals=(SIGNALS,))
    record = replace(RECORD, values={**RECORD.values, "total": total})
    number = store.save_record(store.start_run(TASK, "s", 1), record, "s", DOCUMENT)
    assert store.record(number).record.values["total"].signals == (SIGNALS,)
    store.correct(number, "company", "Acme")
    again = store.start_run(TASK, "s", 1)
    found = store.find_done("r.pdf", DOCUMENT.sha256, "s", "in/r.pdf")
    assert found is not None
    judged = replace(found.values["total"], confidence=0.93, calibrated=True, accepted=True)
    copied = store.save_record(again, replace(found, values={**found.values, "total": judged}), "s", None)
    stored = store.record(copied)
    assert stored.record.values["total"] == judged
    assert stored.record.values["total"].signals == (SIGNALS,)
    assert stored.corrected == {"company"}
    # What a person said is accepted where anything is; the model's word is kept behind it.
    assert stored.record.values["company"].accepted is True
    assert store.record(number).record.values["total"] == total


def test_what_was_answered_and_then_corrected_is_found_as_the_model_said_it(store: Store) -> None:
    number = store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    assert store.answered("expenses", "receipt", "s") == []
    store.correct(number, "total", 13.5)
    store.correct(number, "company", "Acme Ltd")  # confirmed
    ((record, labels),) = store.answered("expenses", "receipt", "s")
    assert record == RECORD
    assert labels == {"total": 13.5, "company": "Acme Ltd"}
    assert store.answered("expenses", "receipt", "other settings") == []
    assert store.answered("expenses", "invoice", "s") == []


def test_reused_work_keeps_its_document_and_corrections(store: Store) -> None:
    run = store.start_run(TASK, "s", 1)
    number = store.save_record(run, RECORD, "s", DOCUMENT)
    store.correct(number, "total", 13.5)
    again = store.start_run(TASK, "s", 1)
    found = store.find_done("copy", DOCUMENT.sha256, "s", "copy.pdf")
    assert found is not None
    copied = store.save_record(again, found, "s", None)
    (stored,) = store.records(again)
    assert (stored.id, stored.record, stored.corrected) == (copied, found, frozenset({"total"}))
    assert store.corrections(copied)[0].old == 12.5
    assert store.document_of(copied) == DOCUMENT


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("company", 3),
        ("date", "20240102"),
        ("date", "2024-02-30"),
        ("total", "twelve"),
        ("total", True),
        ("total", float("nan")),
        ("count", 2.5),
        ("count", float("inf")),
        ("paid", 1),
        ("kind", "other"),
        ("items", "bolts"),
        ("items", ["bolts", 3]),
        ("unheard of", "x"),
    ],
)
def test_a_correction_of_the_wrong_type_is_refused(store: Store, field: str, wrong: Any) -> None:
    run = store.start_run(TASK, "s", 1)
    number = store.save_record(run, RECORD, "s", DOCUMENT)
    with pytest.raises(UsageError, match=field):
        store.correct(number, field, wrong)
    assert store.corrections(number) == []
    assert store.labels(DOCUMENT.sha256, "expenses", "receipt") == {}


def test_fields_of_one_record_are_kept_with_it(store: Store) -> None:
    run = store.start_run(TASK, "s", 1)
    record = replace(RECORD, values={"revenue": Value(1, Outcome.FOUND, 0.5)})
    number = store.save_record(run, record, "s", DOCUMENT, [Field(name="revenue", type="integer")])
    with pytest.raises(UsageError, match="a whole number"):
        store.correct(number, "revenue", 1.5)


def test_a_record_that_is_not_there_is_named(store: Store) -> None:
    with pytest.raises(UsageError, match="no run 77"):
        store.run(77)
    with pytest.raises(UsageError, match="no record 77"):
        store.record(77)
    with pytest.raises(UsageError, match="record 77"):
        store.correct(77, "total", 1)


def test_a_forgotten_document_leaves_no_trace_in_the_files(tmp_path: Path) -> None:
    secret = "Wilhelmina Ostrowska-Featherstonehaugh"
    path = tmp_path / "t.db"
    with Store.open(path) as store:
        run = store.start_run(TASK, "s", 2)
        private = replace(DOCUMENT, text=secret * 400, sha256="aa" * 32)
        record = replace(RECORD, sha256=private.sha256)
        number = store.save_record(run, record, "s", private)
        store.correct(number, "company", secret, note=secret)
        kept = store.save_record(run, RECORD, "s", DOCUMENT)
        assert secret.encode() in b"".join(p.read_bytes() for p in tmp_path.iterdir())
        assert store.forget_document(private.sha256)
        assert not store.forget_document(private.sha256)
        assert [r.id for r in store.records(run)] == [kept]
        assert store.document(private.sha256) is None
        assert store.labels(private.sha256, "expenses", "receipt") == {}
        assert store.find_done("x", private.sha256, "s") is None
        assert secret.encode() not in b"".join(p.read_bytes() for p in tmp_path.iterdir())


def test_what_a_training_has_seen_is_kept_until_the_document_is_forgotten(store: Store) -> None:
    store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    seen = frozenset({document_key(TEXT), document_key("another")})
    store.add_training("w" * 64, Training("expenses", "receipt", "p" * 64, seen))
    store.add_training("w" * 64, Training("expenses", "receipt", "p" * 64, seen))
    assert store.training("w" * 64) == Training("expenses", "receipt", "p" * 64, seen)
    assert store.training("v" * 64) is None
    assert store.forget_document(DOCUMENT.sha256)
    known = store.training("w" * 64)
    assert known is not None
    assert known.seen == {document_key("another")}


def test_verdicts_come_newest_first(store: Store) -> None:
    for outcome in ("unproved", "passes"):
        told = {"outcome": outcome, "reasons": ["ä"]}
        store.add_verdict(Judged("f" * 64, "expenses", "receipt", "b" * 64, None, told))
    store.add_verdict(Judged("e" * 64, "expenses", "receipt", "b" * 64, "f" * 64, {"outcome": "fails"}))
    verdicts = store.verdicts("f" * 64)
    assert [each.outcome for each in verdicts] == ["passes", "unproved"]
    assert verdicts[0].told["reasons"] == ["ä"]
    assert verdicts[0].made is not None
    assert [each.against for each in store.verdicts("e" * 64)] == ["f" * 64]


def test_what_a_correction_left_alone_is_accepted(store: Store) -> None:
    run = store.start_run(TASK, "s", 2)
    store.save_record(run, RECORD, "s", DOCUMENT)
    assert store.accepted("expenses", "receipt") == {}
    store.correct(store.save_record(run, RECORD, "s", DOCUMENT), "total", 13)
    # Not the value that was corrected, nor one that the text does not say.
    assert store.accepted("expenses", "receipt") == {
        DOCUMENT.sha256: {
            "company": "Acme Ltd",
            "date": None,
            "kind": "till",
            "count": 2,
            "paid": None,
        }
    }
    assert store.accepted("expenses", "other") == {}


def test_an_answer_is_what_the_model_said(store: Store) -> None:
    number = store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    store.correct(number, "company", "Mill")
    assert store.answer(number) == RECORD
    assert store.record(number).record.values["company"].value == "Mill"


def test_threads_share_a_store(store: Store) -> None:
    run = store.start_run(TASK, "s", 80)
    problems: list[BaseException] = []

    def work(thread: int) -> None:
        try:
            for n in range(10):
                name = f"{thread}-{n}"
                store.save_record(run, replace(RECORD, id=name), "s", replace(DOCUMENT, name=name))
                assert any(r.record.id == name for r in store.records(run))
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(store.records(run)) == 80
