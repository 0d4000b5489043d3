"""Corrections stand beside what the model said, and survive reuse."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.errors import UsageError
from thresher.app.documents.document import Place
from thresher.app.locations import Locations
from thresher.app.record import Outcome, Record, Span, Value
from thresher.app.store import Store

from .stored import DOCUMENT, FAILED, RECORD, SIGNALS, TASK, TEXT, reused, values_of


def kept(home: Path, number: int) -> list[tuple[str, Any, Any, str]]:
    """Every change of a record in the file, the oldest first: field, old, new and note."""
    with closing(sqlite3.connect(Locations(home / "deep").database)) as connection:
        rows = connection.execute(
            "SELECT field, old, new, note FROM corrections WHERE record = ? ORDER BY id", (number,)
        ).fetchall()
    return [(field, json.loads(old), json.loads(new), note) for field, old, new, note in rows]


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
    assert kept(tmp_path, number)[:2] == [("total", 12.5, 13, "smudged"), ("total", 13, 13.5, "")]
    right = {"total": 13.5, "items": ["nails", "bolts"], "company": None}
    ((sha256, text, labels),) = store.labelled("expenses", "receipt")
    assert (sha256, text, values_of(labels)) == (DOCUMENT.sha256, TEXT, right)
    assert store.answer(number).values["total"].value == 12.5


def test_a_correction_takes_the_spans_that_the_caller_found(store: Store) -> None:
    run = store.start_run(TASK, "s", 1)
    number = store.save_record(run, RECORD, "s", DOCUMENT)
    span = Span(11, 12, "2", "parsed", Place(1))
    store.correct(number, "count", 3.0, spans=[span])
    assert store.record(number).record.values["count"] == Value(
        3, Outcome.FOUND, 1.0, (span,), calibrated=True
    )


def test_signals_are_kept_and_reused_work_is_judged_anew(store: Store) -> None:
    total = Value(12.5, Outcome.FOUND, 0.6, signals=(SIGNALS,))
    record = replace(RECORD, values={**RECORD.values, "total": total})
    number = store.save_record(store.start_run(TASK, "s", 1), record, "s", DOCUMENT)
    assert store.record(number).record.values["total"].signals == (SIGNALS,)
    store.correct(number, "company", "Acme")
    again = store.start_run(TASK, "s", 1)
    found = store.find_done("r.pdf", DOCUMENT.sha256, DOCUMENT.kind, "s", "in/r.pdf")
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


def test_where_nothing_is_to_be_accepted_no_correction_says_that_anything_was(store: Store) -> None:
    accepted = replace(RECORD, values={n: replace(v, accepted=True) for n, v in RECORD.values.items()})
    number = store.save_record(store.start_run(TASK, "s", 1), accepted, "s", DOCUMENT)
    store.correct(number, "company", "Acme")
    found = store.find_done("r.pdf", DOCUMENT.sha256, DOCUMENT.kind, "s", "in/r.pdf")
    assert found is not None
    judged = {name: replace(value, accepted=None) for name, value in found.values.items()}
    later = store.save_record(store.start_run(TASK, "s", 1), replace(found, values=judged), "s", None)
    assert {value.accepted for value in store.record(later).record.values.values()} == {None}


def test_what_is_done_anew_takes_over_the_corrections_of_before(store: Store) -> None:
    """Also those of a record that failed."""
    failed = replace(RECORD, status="failed", values={"total": Value(None, Outcome.FAILED, None)})
    first = store.save_record(store.start_run(TASK, "s", 1), failed, "s", DOCUMENT)
    store.correct(first, "total", 13.5)
    later = store.record(store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT))
    assert later.corrected == {"total"}
    assert later.record.values["total"].value == 13.5
    assert store.answer(later.id).values["total"] == RECORD.values["total"]


def test_what_another_adapter_answers_takes_over_the_corrections_of_before(store: Store) -> None:
    """An analyst has put the document right, and no new adapter undoes it."""
    first = store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    span = Span(0, 4, "Acme", "exact", Place(1))
    store.correct(first, "company", "Acme", spans=[span])
    other = store.save_record(store.start_run(TASK, "t", 1), RECORD, "t", DOCUMENT)
    assert store.record(other).corrected == {"company"}
    assert store.record(other).record.values["company"].spans == (span,)
    assert store.answer(other).values["company"] == RECORD.values["company"]
    store.correct(other, "company", "Acme & Co")  # the last word is every later run's, of either settings
    for settings in ("s", "t"):
        later = store.save_record(store.start_run(TASK, settings, 1), RECORD, settings, DOCUMENT)
        assert store.record(later).record.values["company"].value == "Acme & Co"


def test_what_is_asked_in_other_words_takes_over_no_correction(store: Store) -> None:
    """A total that was right with the tax may be wrong without it."""
    first = store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    store.correct(first, "company", "Acme")
    store.correct(first, "total", 13.5)
    store.correct(first, "kind", "invoice")
    without = [field for field in TASK.fields if field.name != "kind"]
    net = [
        field.model_copy(update={"description": "Without tax."}) if field.name == "total" else field
        for field in without
    ]
    for task in (replace(TASK, fields=tuple(net)), TASK):
        own = net if task is TASK else None
        values = {name: value for name, value in RECORD.values.items() if name != "kind"}
        asked = replace(RECORD, values=values)
        other = store.record(store.save_record(store.start_run(task, "t", 1), asked, "t", DOCUMENT, own))
        assert other.corrected == {"company"}
        assert other.record.values["total"] == RECORD.values["total"]


@pytest.mark.parametrize(
    "asked",
    [
        replace(RECORD, domain="trips"),
        replace(RECORD, record_type="ticket"),
        replace(RECORD, sha256="e0" * 32),
    ],
    ids=["domain", "record type", "document"],
)
def test_another_record_type_or_document_takes_over_no_correction(store: Store, asked: Record) -> None:
    first = store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    store.correct(first, "company", "Acme")
    assert asked.sha256 is not None
    document = replace(DOCUMENT, sha256=asked.sha256)
    other = store.save_record(store.start_run(TASK, "t", 1), asked, "t", document)
    assert not store.record(other).corrected


def test_reused_work_keeps_its_document_and_corrections(store: Store) -> None:
    run = store.start_run(TASK, "s", 1)
    number = store.save_record(run, RECORD, "s", DOCUMENT)
    store.correct(number, "total", 13.5)
    again = store.start_run(TASK, "s", 1)
    found = store.find_done("copy", DOCUMENT.sha256, DOCUMENT.kind, "s", "copy.pdf")
    assert found is not None
    copied = store.save_record(again, found, "s", None)
    (stored,) = store.records(again)
    assert (stored.id, stored.record, stored.corrected) == (copied, found, frozenset({"total"}))
    assert store.answer(copied).values["total"].value == 12.5
    assert store.document_of(copied) == DOCUMENT


def test_a_correction_of_any_run_is_taken_over_by_every_later_one(store: Store, tmp_path: Path) -> None:
    first = store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    copy = reused(store)
    span = Span(0, 4, "Acme", "exact", Place(1))
    store.correct(copy, "company", "Acme", spans=[span])
    store.correct(first, "total", 13)
    store.correct(copy, "total", 14, note="no, 14")
    store.correct(first, "company", None)  # the last word, in the record of before
    later = store.record(reused(store))
    assert later.corrected == {"total", "company"}
    values = later.record.values
    assert (values["total"].value, values["company"].value) == (14, None)
    assert values["kind"] == RECORD.values["kind"]
    for number in (later.id, reused(store)):
        assert [new for _, _, new, _ in kept(tmp_path, number)] == ["Acme", 13, 14, None]  # each once
    assert store.record(first).record.values["total"].value == 13  # a past run stays as it is


def test_of_two_corrections_the_later_one_stands_whatever_the_clock_said(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.start_run(TASK, "s", 1)
    number = store.save_record(run, RECORD, "s", DOCUMENT)
    for moment, total in (("2031-01-01T00:00:00.000+00:00", 13), ("2026-01-01T00:00:00.000+00:00", 14)):
        monkeypatch.setattr("thresher.app.store.corrections.now", lambda moment=moment: moment)
        store.correct(number, "total", total)
    for _ in range(2):
        number = store.save_record(run, RECORD, "s", DOCUMENT)
        assert store.record(number).record.values["total"].value == 14


def test_a_correction_outlasts_doing_the_document_anew(store: Store) -> None:
    first = store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    store.correct(first, "company", "Acme", spans=[Span(0, 4, "Acme", "exact", Place(1))])
    other = replace(DOCUMENT, text="Scanned: " + DOCUMENT.text, regions=())
    store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", other)
    value = store.record(reused(store)).record.values["company"]
    assert (value.value, value.spans) == ("Acme", ())  # its place was counted in another reading


def test_what_could_not_be_read_cannot_be_corrected(store: Store) -> None:
    unread = replace(FAILED, values={"total": Value(None, Outcome.FAILED, None)})
    number = store.save_record(store.start_run(TASK, "s", 1), unread, "s", None)
    with pytest.raises(UsageError, match=f"record {number} has no document"):
        store.correct(number, "total", 5)
    assert store.record(number).corrected == frozenset()


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
    assert store.record(number).corrected == frozenset()
    assert store.labelled("expenses", "receipt") == []
