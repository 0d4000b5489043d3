"""What is known of a document: what a person gave, and left as it was where it was looked at."""

from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from thresher.adapters.fields import Field
from thresher.app.record import Outcome, Value
from thresher.app.store import Store, corrections
from thresher.app.store.known import Known, right_now

from .stored import DOCUMENT, RECORD, SIGNALS, TASK, reused, values_of


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


def test_what_the_record_that_was_corrected_last_left_alone_is_accepted(store: Store) -> None:
    first = store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    copy = reused(store)
    store.correct(copy, "company", "Acme")
    store.correct(first, "total", 13)
    assert "total" not in store.accepted("expenses", "receipt")[DOCUMENT.sha256]


def test_the_answer_that_was_looked_at_is_the_one_corrected_last(store: Store) -> None:
    first = store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    other = replace(RECORD, values={**RECORD.values, "total": Value(1.5, Outcome.FOUND, 0.2)})
    again = store.save_record(store.start_run(TASK, "s", 1), other, "s", DOCUMENT)
    for number, record in ((again, other), (first, RECORD)):
        store.correct(number, "company", "Acme")
        (answered,) = store.answered("expenses", "receipt", lambda _: "s")
        assert (answered.record, answered.looked_at) == (record, True)


def test_the_document_that_was_labelled_last_comes_last(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A person makes no two corrections in one millisecond.
    seconds = count(10)
    monkeypatch.setattr(corrections, "now", lambda: f"2026-01-01T00:00:{next(seconds)}.000+00:00")
    run = store.start_run(TASK, "s", 2)
    scans = [replace(DOCUMENT, sha256=digit * 64) for digit in "ab"]
    numbers = [store.save_record(run, replace(RECORD, sha256=one.sha256), "s", one) for one in scans]
    for order in ((0, 1), (1, 0)):
        for at in order:
            store.correct(numbers[at], "company", f"Acme {order}")
        found = [one.record.sha256 for one in store.answered("expenses", "receipt", lambda _: "s")]
        assert found == [scans[at].sha256 for at in order]


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


@pytest.mark.parametrize("before", [True, False])
def test_of_another_answer_that_nobody_looked_at_labels_alone_are_known(store: Store, before: bool) -> None:
    """Also where it came after the correction, and has it."""
    first = store.save_record(store.start_run(TASK, "s", 1), RECORD, "s", DOCUMENT)
    if before:
        store.save_record(store.start_run(TASK, "other", 1), RECORD, "other", DOCUMENT)
    store.correct(first, "total", 13)
    if not before:
        later = store.save_record(store.start_run(TASK, "other", 1), RECORD, "other", DOCUMENT)
        assert store.record(later).corrected == {"total"}
    (looked_at,) = store.answered("expenses", "receipt", lambda _: "s")
    (other,) = store.answered("expenses", "receipt", lambda _: "other")
    assert (looked_at.looked_at, other.looked_at) == (True, False)
    assert looked_at.labels == other.labels
    assert {name: known.value for name, known in other.labels.items()} == {"total": 13}


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
