"""The flow of a batch: documents are read ahead while the engine answers, records come out as they finish.

Knows the engine's requests and replies, but not what stores the records or shows them.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thresher.app.documents.document import Document
from thresher.app.engine.request import Answered, Reply
from thresher.app.extraction.asking import Asker, WindowKey, heard
from thresher.app.extraction.window_answer import WindowAnswer
from thresher.app.in_work import InWork, failed_record, log_defect, record_of, told
from thresher.app.record import Record, Windows
from thresher.app.sources import Source
from thresher.app.task import Task

if TYPE_CHECKING:
    from thresher.app.engine.engine import Engine

_LOG = logging.getLogger(__name__)

#: Windows read ahead of the engine: enough to fill its batch twice, few enough to bound the memory.
_AHEAD = 64
#: Seconds between two looks at the cancel switch.
_BEAT = 0.2


@dataclass(frozen=True)
class Started:
    """A source's turn has come."""

    source: Source


@dataclass(frozen=True)
class Loading:
    """The engine is needed and is about to be opened."""


@dataclass(frozen=True)
class Read:
    """A document is read, and those windows that are asked are queued."""

    source: Source
    document: Document
    windows: Windows


@dataclass(frozen=True)
class Done:
    """A document's record. `document` is None where it was not read now: it could not be, or is `reused`."""

    source: Source
    record: Record
    document: Document | None
    reused: bool = False


@dataclass(frozen=True)
class Beat:
    """How far the batch is: windows answered, windows queued, documents read, sources whose turn came."""

    answered: int
    queued: int
    read: int
    started: int


class Flow:
    """One batch.

    `read` may raise DocumentError. `done_before` gives the record of a document that needs no new answer.
    `open_engine` is called once, when the first document needs it; what it raises ends the batch.
    """

    def __init__(
        self,
        task: Task,
        read: Callable[[Source], Document],
        done_before: Callable[[Source], Record | None],
        open_engine: Callable[[], "tuple[Asker, Engine]"],
        cancel: threading.Event,
    ) -> None:
        self._task = task
        self._read = read
        self._done_before = done_before
        self._open_engine = open_engine
        self._cancel = cancel
        self._opened: tuple[Asker, Engine] | None = None
        self._in_work: dict[int, InWork] = {}
        self._queued = self._answered = self._documents = self._started = 0

    def run(self, sources: Iterable[Source]) -> Iterator[Started | Loading | Read | Done | Beat]:
        """Works through the sources; ends early, with nothing half done, when cancelled."""
        waiting = iter(sources)
        more = True
        try:
            while (more or self._in_work) and not self._cancel.is_set():
                source = next(waiting, None) if more and self._queued - self._answered < _AHEAD else None
                if source is not None:
                    yield from self._start(source)
                elif self._queued - self._answered < _AHEAD:
                    more = False
                yield from self._collect(wait=source is None)
        finally:
            if self._opened and self._in_work:
                self._opened[1].cancel()

    def _start(self, source: Source) -> Iterator[Started | Loading | Read | Done]:
        yield Started(source)
        self._started += 1
        if (record := self._done_before(source)) is not None:
            yield Done(source, record, None, reused=True)
            return
        began = time.monotonic()
        try:
            document = self._read(source)
        except Exception as error:
            yield Done(source, failed_record(self._task, source, None, told(source, error), began), None)
            return
        if self._cancel.is_set():
            return  # reading took its time: a cancelled batch need not load the model, too
        if self._opened is None:
            yield Loading()
            self._opened = self._open_engine()
        asker, engine = self._opened
        fields = source.fields or self._task.fields
        try:
            asked = asker.ask(self._started, document.text, fields)
        except Exception as error:
            failed = failed_record(self._task, source, document, told(source, error), began)
            yield Done(source, failed, document)
            return
        work = InWork(source, document, fields, asked, began)
        self._documents += 1
        if asked.requests:
            self._in_work[self._started] = work
        self._queued += len(asked.requests)
        for request in asked.requests:
            engine.submit(request)
        yield Read(source, document, asked.count)
        if not asked.requests:
            yield Done(source, record_of(self._task, work), document)

    def _collect(self, wait: bool) -> Iterator[Done | Beat]:
        """What the engine has answered: waits a beat for the first where asked to."""
        if self._opened is None or not self._in_work:
            return
        engine = self._opened[1]
        reply = engine.reply(timeout=_BEAT if wait else 0)
        while reply is not None:
            yield from self._hear(reply)
            reply = engine.reply(timeout=0)
        yield Beat(self._answered, self._queued, self._documents, self._started)

    def _hear(self, reply: Reply) -> Iterator[Done]:
        key = reply.request.key
        assert isinstance(key, WindowKey)
        work = self._in_work[key.document]
        window = work.asked.windows[key.window]
        self._answered += 1
        answer = WindowAnswer(window, {}, {}, failed=True)
        if isinstance(reply, Answered):
            try:
                answer = heard(window, work.asked.fields, reply.answer)
            except Exception as error:
                log_defect(error)
                work.trouble = f"a defect of Thresher, {type(error).__name__}"
        else:
            _LOG.warning("a window failed: %s", reply.message)
            work.trouble = reply.message
        work.answers.append(answer)
        if len(work.answers) == len(work.asked.windows):
            del self._in_work[key.document]
            yield Done(work.source, record_of(self._task, work), work.document)
