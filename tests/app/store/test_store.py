"""Records, documents, runs and verdicts go in and come out whole."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.adapters.training.split import document_key, document_keys
from thresher.app.locations import Locations
from thresher.app.record import Outcome, Value
from thresher.app.sources import Source, document_of
from thresher.app.store import Store
from thresher.app.store.trainings import Training
from thresher.app.store.verdicts import StoredVerdict

from .stored import DOCUMENT, FAILED, RECORD, TASK, TEXT


def test_a_record_comes_back_after_reopening(tmp_path: Path) -> None:
    with Store.open(Locations(tmp_path)) as store:
        run = store.start_run(TASK, "s", 2)
        first = store.save_record(run, RECORD, "s", DOCUMENT)
        second = store.save_record(run, FAILED, "s", None)
        store.finish_run(run, cancelled=True)
    with Store.open(Locations(tmp_path)) as store:
        assert [(r.id, r.record) for r in store.records(run)] == [(first, RECORD), (second, FAILED)]
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
    assert store.find_done("other", DOCUMENT.sha256, DOCUMENT.kind, "s", "b/c.pdf") == replace(
        RECORD, id="other", path="b/c.pdf"
    )
    assert store.find_done("other", DOCUMENT.sha256, DOCUMENT.kind, "another") is None
    assert store.find_done("other", DOCUMENT.sha256, "text", "s") is None
    assert store.find_done("other", "00" * 32, DOCUMENT.kind, "s") is None


def test_work_of_one_kind_is_taken_over_beside_newer_work_of_another(store: Store) -> None:
    run = store.start_run(TASK, "s", 2)
    store.save_record(run, RECORD, "s", DOCUMENT)
    raw = replace(DOCUMENT, kind="text", text="%PDF-1.7", regions=(), notes=())
    store.save_record(run, replace(RECORD, values={}), "s", raw)
    found = store.find_done("r.pdf", DOCUMENT.sha256, DOCUMENT.kind, "s", "in/r.pdf")
    assert found == RECORD
    copied = store.save_record(store.start_run(TASK, "s", 1), found, "s", None)
    assert store.record(copied).record == RECORD
    assert store.document_of(copied) == DOCUMENT


def test_failed_work_is_not_done(store: Store) -> None:
    run = store.start_run(TASK, "s", 1)
    store.save_record(run, replace(FAILED, sha256=DOCUMENT.sha256), "s", None)
    assert store.find_done("x", DOCUMENT.sha256, DOCUMENT.kind, "s") is None


def test_a_record_keeps_the_reading_that_it_was_made_from(store: Store) -> None:
    run = store.start_run(TASK, "s", 2)
    first = store.save_record(run, RECORD, "s", DOCUMENT)
    with_ocr = replace(DOCUMENT, text="ACME", regions=(), ocr_pages=1)
    second = store.save_record(run, RECORD, "s2", with_ocr)
    assert store.document_of(first) == DOCUMENT
    assert store.document_of(second) == with_ocr


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
    with pytest.raises(UsageError, match="no record 77"):
        store.correct(77, "total", 1)


def test_a_forgotten_document_leaves_no_trace_in_the_files(tmp_path: Path) -> None:
    secret = "Wilhelmina Ostrowska-Featherstonehaugh"
    with Store.open(Locations(tmp_path)) as store:
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
        assert store.document_of(number) is None
        assert store.document_keys(private.sha256) == frozenset()
        assert store.labelled("expenses", "receipt") == []
        assert store.find_done("x", private.sha256, private.kind, "s") is None
        assert secret.encode() not in b"".join(p.read_bytes() for p in tmp_path.iterdir())


def test_a_forgotten_file_goes_with_its_text_that_a_proof_asked_by_itself(tmp_path: Path) -> None:
    secret = "Wilhelmina Ostrowska-Featherstonehaugh, née Müller"
    with Store.open(Locations(tmp_path)) as store:
        run = store.start_run(TASK, "s", 4)
        scan = replace(DOCUMENT, text=secret, sha256="aa" * 32)
        store.correct(store.save_record(run, replace(RECORD, sha256=scan.sha256), "s", scan), "total", 1)
        for text in (secret, "another"):
            asked = document_of(Source("corrected", text=text))
            number = store.save_record(run, replace(RECORD, sha256=asked.sha256), "s", asked)
            store.correct(number, "company", text)
        assert store.forget_document(scan.sha256)
        assert [one.id for one in store.records(run)] == [number]
        assert [text for _, text, _ in store.labelled("expenses", "receipt")] == ["another"]
        assert not any(secret.encode() in path.read_bytes() for path in tmp_path.iterdir())


def test_what_a_training_has_seen_is_kept_until_the_document_is_forgotten(store: Store) -> None:
    store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    seen = frozenset({document_key(TEXT), document_key("another")})
    store.add_training("w" * 64, Training("expenses", "receipt", "p" * 64, seen, "expenses-tiny"))
    store.add_training("w" * 64, Training("expenses", "receipt", "p" * 64, seen, "expenses-tiny"))
    assert store.training("w" * 64) == Training("expenses", "receipt", "p" * 64, seen, "expenses-tiny")
    assert store.training("v" * 64) is None
    assert store.forget_document(DOCUMENT.sha256)
    known = store.training("w" * 64)
    assert known is not None
    assert known.seen == {document_key("another")}


def test_the_key_of_before_format_characters_counted_for_nothing_is_forgotten_too(store: Store) -> None:
    marked = replace(DOCUMENT, text=f"\ufeff{TEXT}")
    store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", marked)
    assert store.document_keys(DOCUMENT.sha256) == document_keys(marked.text) > {document_key(TEXT)}
    store.add_training("w" * 64, Training("expenses", "receipt", None, document_keys(marked.text)))
    assert store.forget_document(DOCUMENT.sha256)
    known = store.training("w" * 64)
    assert known is not None
    assert known.seen == frozenset()


def test_verdicts_come_newest_first(store: Store) -> None:
    for outcome in ("unproved", "passes"):
        told = {"outcome": outcome, "reasons": ["ä"]}
        store.add_verdict(StoredVerdict("f" * 64, "expenses", "receipt", "b" * 64, None, told))
    store.add_verdict(
        StoredVerdict("e" * 64, "expenses", "receipt", "b" * 64, "f" * 64, {"outcome": "fails"})
    )
    verdicts = store.verdicts("f" * 64)
    assert [each.outcome for each in verdicts] == ["passes", "unproved"]
    assert verdicts[0].told["reasons"] == ["ä"]
    assert verdicts[0].made is not None
    assert [each.against for each in store.verdicts("e" * 64)] == ["f" * 64]


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
