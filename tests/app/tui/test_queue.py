"""What events make of the queue."""

from pathlib import Path

from thresher.app import events
from thresher.app.record import Record
from thresher.app.sources import Source
from thresher.app.tui.messages import Inbox
from thresher.app.tui.queue import Queue, Stage


def source(name: str) -> Source:
    return Source(name, Path(name))


def test_a_document_is_queued_once_and_not_taken_out_of_a_run() -> None:
    queue = Queue()
    assert queue.add([source("a"), source("b"), source("a")]) == 2
    queue.begin()
    assert not queue.remove("a")
    queue.end()
    assert queue.remove("a")
    assert [entry.name for entry in queue] == ["b"]


def test_a_run_that_breaks_off_leaves_the_rest_waiting() -> None:
    queue = Queue()
    queue.add([source("a"), source("b")])
    queue.begin()
    record = Record("a", "a", None, "d", "r", "m", None, "partial", None, {}, 1.0)
    for event in (
        events.RunStarted(7, 2),
        events.DocumentStarted(source("a")),
        events.RecordReady(source("a"), record, reused=True),
        events.DocumentStarted(source("b")),
    ):
        queue.apply(event)
    assert (queue.run, queue.done, queue.total) == (7, 1, 2)
    queue.end()
    assert [(e.stage, e.reused) for e in queue] == [(Stage.PARTIAL, True), (Stage.WAITING, False)]


def test_many_events_make_one_message() -> None:
    inbox = Inbox()
    due = [inbox.put(events.ModelLoading(str(number))) for number in range(5)]
    assert due == [True, False, False, False, False]
    assert [event.model for event in inbox.take()] == list("01234")  # type: ignore[union-attr]
    assert inbox.put(events.ModelLoading("next"))
