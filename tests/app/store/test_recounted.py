"""A date that is counted from one that a person puts right is counted anew."""

from dataclasses import replace
from typing import Any

import pytest

from thresher.adapters.fields import Field
from thresher.app.documents.document import Document, Place, sha256_of_text
from thresher.app.record import Outcome, Record, Span, Value
from thresher.app.store import Store
from thresher.app.task import Task

from .stored import RECORD, SIGNALS, TASK

TEXT = "Signed 2019-03-04, from 2019-04-01 on, for a term of five (5) years; 30 days' notice."
FIELDS = (
    Field(name="signed", type="date"),
    Field(name="begins", type="date"),
    Field(name="ends", type="date", counted_from=("begins", "signed")),
    Field(name="notice", type="string"),
)
TERM = "five (5) years"
SPAN = Span(TEXT.index(TERM), TEXT.index(TERM) + len(TERM), TERM, "counted", Place())
COUNTED = Value("2024-04-01", Outcome.FOUND, 0.7, (SPAN,), signals=(SIGNALS,))
DOCUMENT = Document(name="a.txt", sha256=sha256_of_text(TEXT), kind="text", text=TEXT)
AGREEMENT = replace(
    RECORD,
    sha256=DOCUMENT.sha256,
    kind="text",
    values={
        "signed": Value("2019-03-04", Outcome.FOUND, 0.9),
        "begins": Value("2019-04-01", Outcome.FOUND, 0.9),
        "ends": COUNTED,
        "notice": Value(None, Outcome.ABSENT, 0.9),
    },
)
ASKED = replace(TASK, fields=FIELDS)


def saved(
    store: Store, record: Record = AGREEMENT, task: Task = ASKED, document: Document | None = DOCUMENT
) -> int:
    return store.save_record(store.start_run(task, "s", 1), record, "s", document)


def ends(store: Store, number: int) -> Value:
    return store.record(number).record.values["ends"]


def test_it_is_counted_by_the_same_length_of_time(store: Store) -> None:
    number = saved(store)
    assert store.correct(number, "begins", "2019-05-15") == {"ends": "2024-05-15"}
    assert ends(store, number) == replace(COUNTED, value="2024-05-15")
    stored = store.record(number)
    assert stored.corrected == {"begins"}
    assert store.answer(number).values["ends"] == COUNTED
    assert store.correct(number, "begins", "2019-04-01") == {"ends": "2024-04-01"}


@pytest.mark.parametrize(
    ("field", "value"), [("notice", "30 days"), ("signed", "2019-03-01"), ("begins", "2019-04-01")]
)
def test_what_it_is_not_counted_from_leaves_it(store: Store, field: str, value: Any) -> None:
    number = saved(store)
    assert store.correct(number, field, value) == {}
    assert ends(store, number) == COUNTED


def test_it_is_counted_from_the_next_date_and_left_out_without_any(store: Store) -> None:
    number = saved(store)
    assert store.correct(number, "begins", None) == {"ends": "2024-03-04"}
    assert store.correct(number, "signed", None) == {"ends": None}
    value = ends(store, number)
    assert (value.value, value.outcome, value.whole) == (None, Outcome.ABSENT, COUNTED)
    assert store.correct(number, "begins", "2020-01-01") == {"ends": "2025-01-01"}


def test_beyond_the_calendar_it_is_left_out(store: Store) -> None:
    number = saved(store)
    assert store.correct(number, "begins", "9999-01-01") == {"ends": None}


def test_what_a_person_said_of_it_stays(store: Store) -> None:
    number = saved(store)
    store.correct(number, "ends", "2029-12-31")
    assert store.correct(number, "begins", "2019-05-15") == {}
    assert ends(store, number).value == "2029-12-31"


def test_a_date_that_the_text_writes_out_stays(store: Store) -> None:
    written = Value("2024-04-01", Outcome.FOUND, 0.7, (replace(SPAN, match="parsed"),))
    number = saved(store, replace(AGREEMENT, values=AGREEMENT.values | {"ends": written}))
    assert store.correct(number, "begins", "2019-05-15") == {}


def test_one_that_is_too_doubtful_to_be_stated_is_counted_anew_behind_it(store: Store) -> None:
    number = saved(store, task=replace(ASKED, state_from=0.8))
    assert ends(store, number).whole == COUNTED
    assert store.correct(number, "begins", "2019-05-15") == {}
    value = ends(store, number)
    assert (value.value, value.whole) == (None, replace(COUNTED, value="2024-05-15"))


def test_the_same_work_found_done_has_it_and_keeps_what_the_model_said(store: Store) -> None:
    store.correct(saved(store), "begins", "2019-05-15")
    found = store.find_done("b.txt", DOCUMENT.sha256, "text", "s")
    assert found is not None
    assert found.values["ends"].value == "2024-05-15"
    judged = replace(found, values={name: replace(one, accepted=True) for name, one in found.values.items()})
    again = saved(store, judged, document=None)
    assert ends(store, again) == replace(COUNTED, value="2024-05-15", accepted=True)
    assert store.answer(again).values["ends"] == replace(COUNTED, accepted=True)
