"""Which corrected records a calibration is learnt from, and what is known of them."""

from dataclasses import replace
from typing import Any

import pytest

from thresher.adapters.fields import Field, FieldType
from thresher.app.calibration.calibrate import corrected_records, gold_once, of_corrections, of_labels
from thresher.app.evaluation.records import GoldRecord
from thresher.app.locations import Locations
from thresher.app.session import Session
from thresher.app.sources import Source
from thresher.app.task import Task


def answered(session: Session, task: Task, *own: Field) -> int:
    """The number of the record of one document, with fields of its own beside those of the task."""
    source = Source("one", text="TARN CAFE\nTotal 4.20\n14 March 2024\n", fields=own or None)
    list(session.extract([source], task))
    (stored,) = session.store.records(session.store.runs()[0].id)
    return stored.id


def asking(session: Session, **changed: Any) -> Task:
    """For receipts, with fields as another pack of the same name may have them."""
    task = session.task("expenses", "receipt", adapter="none")
    fields = tuple(field.model_copy(update=changed.get(field.name, {})) for field in task.fields)
    return replace(task, fields=fields)


def test_labels_without_a_text_are_no_copies_of_each_other() -> None:
    fields = (Field(name="total", type="number"),)
    lines = [("a", ""), ("b", "Total 4.20"), ("c", ""), ("d", "total 4.20")]
    gold, told = gold_once(GoldRecord(name, text, {"total": 4.2}, fields) for name, text in lines)
    assert [one.id for one in gold] == ["d", "a", "c"]
    assert len(told) == 1


def test_a_label_that_asks_a_field_in_another_way_tells_nothing_of_the_tasks(
    home_with_tiny: Locations,
) -> None:
    with Session(home_with_tiny) as session:
        task = session.task("expenses", "receipt", adapter="none")
        record = session.store.record(answered(session, task)).record
        named = {field.name: field for field in task.fields}
        tax = named["total"].model_copy(update={"description": "The tax"})

        def told(task: Task, *fields: Field) -> set[str]:
            gold = GoldRecord("one", "TARN CAFE", {"total": 4.2, "company": "TARN CAFE"}, fields)
            return {value.field for value in of_labels([gold], [record], task)}

        assert "total" in (both := told(task, named["company"], named["total"]))
        assert told(task, named["company"], tax) == both - {"total"}
        assert told(replace(task, open_fields=True), named["company"], tax) == both


@pytest.mark.parametrize(("then", "label", "now"), [("string", "4.20", "number"), ("number", 4.2, "string")])
def test_what_another_pack_asked_for_tells_nothing(
    home_with_tiny: Locations, then: FieldType, label: object, now: FieldType
) -> None:
    with Session(home_with_tiny) as session:
        before, task = (asking(session, total={"type": kind}) for kind in (then, now))
        number = answered(session, before)
        session.store.correct(number, "total", label)
        assert corrected_records(session, task) == []
        again = answered(session, task)
        # That the total was 4.20 is no more known of the record of now, and of the rest nobody spoke.
        assert corrected_records(session, task) == []
        session.store.correct(again, "company", "Tarn Cafe")
        (one,) = corrected_records(session, task)
        assert one.record == session.store.answer(again)
        assert one.labels == {"company": "Tarn Cafe"}
        assert "total" not in {value.field for value in of_corrections([one], reviewed=True)}
        session.store.correct(again, "total", "4.20")
        (one,) = corrected_records(session, task)
        assert one.labels == {"company": "Tarn Cafe", "total": 4.2 if now == "number" else "4.20"}


def test_what_a_model_was_told_otherwise_tells_nothing_unless_fields_are_open(
    home_with_tiny: Locations,
) -> None:
    with Session(home_with_tiny) as session:
        number = answered(session, asking(session, total={"description": "What was paid"}))
        session.store.correct(number, "total", "4.20")
        task = asking(session)
        assert corrected_records(session, task) == []
        assert len(corrected_records(session, replace(task, open_fields=True))) == 1


def test_a_record_with_fields_of_its_own_counts(home_with_tiny: Locations) -> None:
    with Session(home_with_tiny) as session:
        task = asking(session)
        number = answered(session, task, Field(name="mood", type="string"))
        session.store.correct(number, "mood", "TARN")
        (one,) = corrected_records(session, task)
        assert one.labels == {"mood": "TARN"}
