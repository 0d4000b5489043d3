"""Corrections stand beside what the model said, and survive reuse."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.app.documents.document import Place
from thresher.app.locations import Locations
from thresher.app.record import Outcome, Span, Value
from thresher.app.store import Store
from thresher.app.store.corrections import Known, right_now

from .stored import DOCUMENT, FAILED, RECORD, SIGNALS, TASK, TEXT


def kept(home: Path, number: int) -> list[tuple[str, Any, Any, str]]:
    """Every change of a record in the file, the oldest first: field, old, new and note."""
    with closing(sqlite3.connect(Locations(home / "deep").database)) as connection:
        rows = connection.execute(
            "SELECT field, old, new, note FROM corrections WHERE record = ? ORDER BY id", (number,)
        ).fetchall()
    return [(field, json.loads(old), json.loads(new), note) for field, old, new, note in rows]


def values_of(known: Mapping[str, Known]) -> dict[str, Any]:
    return {name: one.value for name, one in known.items()}


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


def test_what_was_answered_and_then_corrected_is_found_as_the_model_said_it(store: Store) -> None:
    number = store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    assert store.answered("expenses", "receipt", lambda _: "s") == []
    store.correct(number, "total", 13.5)
    store.correct(number, "company", "Acme Ltd")  # confirmed
    (answered,) = store.answered("expenses", "receipt", lambda _: "s")
    assert answered.record == RECORD
    assert answered.fields == TASK.fields
    assert values_of(answered.labels) == {"total": 13.5, "company": "Acme Ltd"}
    assert store.answered("expenses", "receipt", lambda _: "other settings") == []
    assert store.answered("expenses", "invoice", lambda _: "s") == []


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


def reused(store: Store) -> int:
    """The number of the record as another run takes it over."""
    found = store.find_done("r.pdf", DOCUMENT.sha256, DOCUMENT.kind, "s", "in/r.pdf")
    assert found is not None
    number = store.save_record(store.start_run(TASK, "s", 1), found, "s", None)
    assert store.record(number).record == found  # what was told is what is kept
    return number


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


def test_a_correction_outlasts_doing_the_document_anew(store: Store) -> None:
    first = store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    store.correct(first, "company", "Acme", spans=[Span(0, 4, "Acme", "exact", Place(1))])
    other = replace(DOCUMENT, text="Scanned: " + DOCUMENT.text, regions=())
    store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", other)
    value = store.record(reused(store)).record.values["company"]
    assert (value.value, value.spans) == ("Acme", ())  # its place was counted in another reading


def test_what_the_record_that_was_corrected_last_left_alone_is_accepted(store: Store) -> None:
    first = store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    copy = reused(store)
    store.correct(copy, "company", "Acme")
    store.correct(first, "total", 13)
    assert "total" not in store.accepted("expenses", "receipt")[DOCUMENT.sha256]


def test_what_a_later_run_states_beside_a_copied_correction_is_not_accepted(store: Store) -> None:
    doubtful = Value(12.5, Outcome.FOUND, 0.04, signals=(SIGNALS,))
    record = replace(RECORD, values={**RECORD.values, "total": doubtful})
    number = store.save_record(store.start_run(TASK, "s", 1), record, "s", DOCUMENT)
    store.correct(number, "company", "Acme")
    looked_at = store.accepted("expenses", "receipt")
    (answered,) = store.answered("expenses", "receipt", lambda _: "s")
    assert looked_at[DOCUMENT.sha256]["total"].value is None
    # A proof, or a calibration, has all that was said in its record, and the corrections, which nobody undid.
    found = store.find_done("r.pdf", DOCUMENT.sha256, DOCUMENT.kind, "s", "in/r.pdf")
    assert found is not None
    whole_run = store.start_run(replace(TASK, state_from=0.0), "s", 1)
    later = store.record(store.save_record(whole_run, found, "s", None))
    assert later.record.values["total"].value == 12.5
    assert later.record.values["company"].value == "Acme"
    assert store.accepted("expenses", "receipt") == looked_at
    assert store.answered("expenses", "receipt", lambda _: "s") == [answered]
    # What is corrected there was looked at there.
    store.correct(later.id, "count", 3)
    assert store.accepted("expenses", "receipt")[DOCUMENT.sha256]["total"].value == 12.5


def test_of_another_answer_that_nobody_looked_at_labels_alone_are_known(store: Store) -> None:
    first = store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    store.save_record(store.start_run(TASK, "other", 1), RECORD, "other", DOCUMENT)
    store.correct(first, "total", 13)
    (looked_at,) = store.answered("expenses", "receipt", lambda _: "s")
    (other,) = store.answered("expenses", "receipt", lambda _: "other")
    assert (looked_at.looked_at, other.looked_at) == (True, False)
    assert looked_at.labels == other.labels
    assert {name: known.value for name, known in other.labels.items()} == {"total": 13}


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


def test_what_a_correction_left_alone_is_accepted(store: Store) -> None:
    run = store.start_run(TASK, "s", 2)
    store.save_record(run, RECORD, "s", DOCUMENT)
    assert store.accepted("expenses", "receipt") == {}
    store.correct(store.save_record(run, RECORD, "s", DOCUMENT), "total", 13)
    # Not the value that was corrected, nor one that the text does not say.
    (known,) = store.accepted("expenses", "receipt").values()
    assert values_of(known) == {"company": "Acme Ltd", "date": None, "kind": "till", "count": 2, "paid": None}
    assert store.accepted("expenses", "other") == {}


def asked_otherwise(**changed: Any) -> tuple[Field, ...]:
    return tuple(field.model_copy(update=changed.get(field.name, {})) for field in TASK.fields)


@pytest.mark.parametrize(
    ("changed", "left"),
    [
        ({}, {"date": "2025-03-03", "kind": "till", "total": 4.2}),
        ({"date": {"type": "string"}}, {"kind": "till", "total": 4.2}),
        ({"kind": {"values": ("till", "invoice", "memo")}}, {"date": "2025-03-03", "total": 4.2}),
        ({"kind": {"values": ("invoice", "till")}}, {"date": "2025-03-03", "kind": "till", "total": 4.2}),
        ({"total": {"type": "integer"}}, {"date": "2025-03-03", "kind": "till"}),
        ({"total": {"description": "What it says"}}, {"date": "2025-03-03", "kind": "till", "total": 4.2}),
        ({"total": {"name": "sum"}}, {"date": "2025-03-03", "kind": "till"}),
    ],
)
def test_what_was_asked_in_another_form_is_not_known_any_more(
    store: Store, changed: Any, left: dict[str, Any]
) -> None:
    number = store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    for field, value in (("date", "2025-03-03"), ("kind", "till"), ("total", 4.2)):
        store.correct(number, field, value)
    ((_, _, labels),) = store.labelled("expenses", "receipt")
    assert right_now(labels, asked_otherwise(**changed)) == left


def test_a_label_is_of_the_field_that_was_last_corrected(store: Store) -> None:
    store.correct(
        store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT), "date", "2025-03-03"
    )
    fields = asked_otherwise(date={"type": "string"})
    run = store.start_run(replace(TASK, fields=fields), "other settings", 1)
    number = store.save_record(run, RECORD, "other settings", DOCUMENT)
    (known,) = (labels["date"] for _, _, labels in store.labelled("expenses", "receipt"))
    assert known == Known("2025-03-03", TASK.fields[1])
    store.correct(number, "date", "3 March 2025")
    reused(store)  # takes the first correction over, which is no new one
    (known,) = (labels["date"] for _, _, labels in store.labelled("expenses", "receipt"))
    assert known == Known("3 March 2025", fields[1])


def test_what_was_left_alone_is_known_of_the_field_that_was_asked(store: Store) -> None:
    number = store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    store.correct(number, "company", "Acme")
    known = store.accepted("expenses", "receipt")[DOCUMENT.sha256]
    assert right_now(known, asked_otherwise(total={"type": "string"})).keys() == {
        "date",
        "kind",
        "count",
        "paid",
    }


def test_an_answer_is_what_the_model_said(store: Store) -> None:
    number = store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    store.correct(number, "company", "Mill")
    assert store.answer(number) == RECORD
    assert store.record(number).record.values["company"].value == "Mill"
