"""A correction from a screen: asks for the value, stores it in a worker, tells of it by `Corrected`."""

from collections.abc import Sequence
from typing import Any

from textual.screen import Screen

from thresher.adapters.fields import Field
from thresher.adapters.visible import one_line
from thresher.app.tui.correct_dialog import CorrectDialog, NewValue
from thresher.app.tui.messages import Corrected, Problem
from thresher.app.tui.ports import SessionPort, StoredRecordPort
from thresher.app.tui.record_rows import FieldRow, field_of, spans_stating, taken_up
from thresher.app.tui.telling import work_and_tell
from thresher.app.wording import recounted_words


def start_correcting(
    screen: Screen[None],
    session: SessionPort,
    stored: StoredRecordPort,
    row: FieldRow,
    asked: Sequence[Field],
) -> None:
    """Opens the dialog over `screen` for the value of a row; `asked` are the fields of the run.

    A record with fields of its own was asked for these alone.
    """
    value = taken_up(stored.record.values[row.field], row)
    field = field_of(row.field, value, asked if stored.fields is None else stored.fields)

    def take(new: NewValue | None) -> None:
        if new is not None:
            failed = f"{one_line(field.name)} is not corrected"
            work_and_tell(screen, lambda: _store(session, stored.id, field, new.value), failed, "correct")

    screen.app.push_screen(CorrectDialog(field, value), take)


def _store(session: SessionPort, record_id: int, field: Field, value: Any) -> Corrected:
    try:
        document = session.store.document_of(record_id)
        spans = spans_stating(document, field, value) if document else None
        recounted = session.store.correct(record_id, field.name, value, spans=spans)
        return Corrected(recounted=[recounted_words(name, day) for name, day in recounted.items()])
    except Exception as error:
        return Corrected(Problem.of(error))
