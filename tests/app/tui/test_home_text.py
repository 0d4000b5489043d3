"""What the home screen says of a document of the queue."""

from collections import defaultdict

import pytest

from thresher.app.events import RunFinished
from thresher.app.record import Record, RecordError, Status
from thresher.app.sources import Source
from thresher.app.tui.home_text import entry_detail, progress_words
from thresher.app.tui.queue import Entry, Queue, Stage


@pytest.mark.parametrize(("status", "more"), [("failed", False), ("partial", True)])
def test_of_an_error_it_is_told_and_of_what_was_answered_nevertheless_all_else(
    status: Status, more: bool
) -> None:
    notes = ("a.pdf: page 2 has no text",)
    error = RecordError("model", "1 of 2 parts got no answer")
    record = Record("a", None, None, "d", "r", "m", None, status, error, {}, 1.0, notes=notes)
    entry = Entry(Source("a", text="x"), Stage.WAITING, record=record)
    lines = entry_detail(entry, defaultdict(lambda: "red")).plain.splitlines()
    assert lines[0] == error.message
    assert lines[1:] == (["a", "1.0 s. Enter opens the record.", f"! {notes[0]}"] if more else [])


@pytest.mark.parametrize(
    ("added", "cancelled", "then"),
    [
        (0, False, "Enter opens, x exports"),
        (1, False, "1 waits, s starts"),
        (2, False, "2 wait, s starts"),
        (2, True, "s goes on"),
    ],
)
def test_after_a_run_it_is_said_that_documents_wait(added: int, cancelled: bool, then: str) -> None:
    queue = Queue({"a": Entry(Source("a", text="x"), Stage.OK)})
    queue.finished = RunFinished(1, ok=1, partial=0, failed=0, cancelled=cancelled, seconds=2.0)
    queue.add([Source(f"b{number}", text="x") for number in range(added)])
    words = progress_words(queue, False, defaultdict(lambda: "red"))
    assert words.plain.endswith(f"in 2 s.  {then}")
