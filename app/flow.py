"""The flow of a batch: documents are read ahead while the engine answers, records come out as they finish.

Knows the engine's requests and replies, but not what stores the records or shows them.
"""

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from thresher.adapters.errors import DocumentError, ModelError, ThresherError
from thresher.adapters.fields import Field
from thresher.app.documents.document import Document
from thresher.app.engine.request import Answered, Reply
from thresher.app.extraction.asking import Asked, Asker, WindowKey, heard
from thresher.app.extraction.merge import WindowAnswer, merge
from thresher.app.record import Outcome, Record, RecordError, Status, Value, Windows
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


@dataclass
class _InWork:
    source: Source
    document: Document
    fields: tuple[Field, ...]
    asked: Asked
    started: float
    answers: list[WindowAnswer] = field(default_factory=list)
    trouble: str | None = None


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
        self._in_work: dict[int, _InWork] = {}
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
            yield Done(source, self._failed(source, None, _told(source, error), began), None)
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
            yield Done(source, self._failed(source, document, _told(source, error), began), document)
            return
        self._in_work[self._started] = _InWork(source, document, fields, asked, began)
        self._queued += len(asked.requests)
        self._documents += 1
        for request in asked.requests:
            engine.submit(request)
        yield Read(source, document, asked.count)

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
                answer = heard(window, work.fields, reply.answer)
            except Exception as error:
                _log(error)
                work.trouble = f"a defect of Thresher, {type(error).__name__}"
        else:
            _LOG.warning("a window failed: %s", reply.message)
            work.trouble = reply.message
        work.answers.append(answer)
        if len(work.answers) == len(work.asked.windows):
            del self._in_work[key.document]
            yield Done(work.source, self._record(work), work.document)

    def _record(self, work: _InWork) -> Record:
        unanswered = sum(answer.failed for answer in work.answers)
        remedy = "Run `thresher doctor`, or lower batch_tokens in the settings."
        if unanswered == len(work.answers):
            error = ModelError(f"{work.source.id}: the model could not answer ({work.trouble}). {remedy}")
            return self._failed(work.source, work.document, error, work.started)
        try:
            values = merge(work.document, work.fields, work.answers)
        except Exception as error:
            return self._failed(work.source, work.document, _told(work.source, error), work.started)
        lost = any(value.outcome in (Outcome.TRUNCATED, Outcome.FAILED) for value in values.values())
        trouble = None
        if unanswered:
            trouble = RecordError(
                ModelError.kind,
                f"{work.source.id}: {unanswered} of its {len(work.answers)} parts got no answer "
                f"({work.trouble}), so values may be missing. {remedy} The next run asks it again.",
            )
        status: Status = "partial" if lost or trouble else "ok"
        record = self._made(work.source, work.document, status, trouble, values, work.started)
        return replace(record, windows=work.asked.count)

    def _failed(
        self, source: Source, document: Document | None, error: ThresherError, started: float
    ) -> Record:
        trouble = RecordError(error.kind, str(error))
        fields: Sequence[Field] = source.fields or self._task.fields
        values = {one.name: Value([] if one.is_list else None, Outcome.FAILED, None) for one in fields}
        return self._made(source, document, "failed", trouble, values, started)

    def _made(
        self,
        source: Source,
        document: Document | None,
        status: Status,
        trouble: RecordError | None,
        values: dict[str, Value],
        started: float,
    ) -> Record:
        return Record(
            id=source.id,
            path=str(source.path) if source.path else None,
            sha256=document.sha256 if document else None,
            domain=self._task.domain,
            record_type=self._task.record_type,
            model=self._task.model,
            adapter=self._task.adapter,
            status=status,
            error=trouble,
            values=values,
            seconds=round(time.monotonic() - started, 3),
            notes=document.notes if document else (),
            kind=document.kind if document else None,
        )


def _told(source: Source, error: Exception) -> ThresherError:
    """The error as it is told. One that nothing should raise costs one document, too, not the batch."""
    if isinstance(error, ThresherError):
        return error
    _log(error)
    return DocumentError(
        f"{source.id}: could not be worked on, by a defect of Thresher ({type(error).__name__}). Leave it "
        "out, and report it with the log, which holds no document text."
    )


def _log(error: Exception) -> None:
    """Where it happened, without the error's message, which may quote the document."""
    trace = "".join(traceback.format_tb(error.__traceback__))
    _LOG.error("a document failed: %s\n%s", type(error).__name__, trace)
