"""A document in work, and the record of what came of it: answers, or why there is none.

Knows neither the engine nor the batch.
"""

import logging
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from thresher.adapters.errors import DocumentError, ModelError, ThresherError
from thresher.adapters.fields import Field
from thresher.app.documents.document import Document
from thresher.app.extraction.as_written import values_as_written
from thresher.app.extraction.asking import Asked
from thresher.app.extraction.merge import merge
from thresher.app.extraction.window_answer import WindowAnswer
from thresher.app.record import Outcome, Record, RecordError, Status, Value
from thresher.app.sources import Source
from thresher.app.task import Task

_LOG = logging.getLogger(__name__)


@dataclass
class InWork:
    """A document whose windows are asked. `trouble` is what befell one of them last."""

    source: Source
    document: Document
    fields: tuple[Field, ...]
    asked: Asked
    started: float
    answers: list[WindowAnswer] = field(default_factory=list)
    trouble: str | None = None


def record_of(task: Task, work: InWork) -> Record:
    """The record of a document of which every window has its answer, or none for good."""
    unanswered = sum(answer.failed for answer in work.answers)
    remedy = "Run `thresher doctor`, or lower batch_tokens in the settings."
    if work.answers and unanswered == len(work.answers):
        error = ModelError(f"{work.source.id}: the model could not answer ({work.trouble}). {remedy}")
        return failed_record(task, work.source, work.document, error, work.started)
    try:
        read = replace(work.document, text=work.asked.text)
        values = merge(read, work.fields, work.answers, cues=work.asked.cues, learnt=work.asked.learnt)
        values = values_as_written(values, work.fields, read.text, work.document.text)
    except Exception as error:
        return failed_record(task, work.source, work.document, told(work.source, error), work.started)
    lost = any(value.outcome in (Outcome.TRUNCATED, Outcome.FAILED) for value in values.values())
    trouble = None
    if unanswered:
        trouble = RecordError(
            ModelError.kind,
            f"{work.source.id}: {unanswered} of its {len(work.answers)} parts got no answer "
            f"({work.trouble}), so values may be missing. {remedy} The next run asks it again.",
        )
    status: Status = "partial" if lost or trouble else "ok"
    record = _made(task, work.source, work.document, status, trouble, values, work.started)
    return replace(record, windows=work.asked.count)


def failed_record(
    task: Task, source: Source, document: Document | None, error: ThresherError, started: float
) -> Record:
    """The record of a document that has no answer. `document` is None where it could not be read."""
    trouble = RecordError(error.kind, str(error))
    fields: Sequence[Field] = source.fields or task.fields
    values = {one.name: Value([] if one.is_list else None, Outcome.FAILED, None) for one in fields}
    return _made(task, source, document, "failed", trouble, values, started)


def told(source: Source, error: Exception) -> ThresherError:
    """The error as it is told. One that nothing should raise costs one document, too, not the batch."""
    if isinstance(error, ThresherError):
        return error
    log_defect(error)
    return DocumentError(
        f"{source.id}: could not be worked on, by a defect of Thresher ({type(error).__name__}). Leave it "
        "out, and report it with the log, which holds no document text."
    )


def log_defect(error: Exception) -> None:
    """Where it happened, without the error's message, which may quote the document."""
    trace = "".join(traceback.format_tb(error.__traceback__))
    _LOG.error("a document failed: %s\n%s", type(error).__name__, trace)


def _made(
    task: Task,
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
        domain=task.domain,
        record_type=task.record_type,
        model=task.model,
        adapter=task.adapter,
        status=status,
        error=trouble,
        values=values,
        seconds=round(time.monotonic() - started, 3),
        notes=document.notes if document else (),
        kind=document.kind if document else None,
    )
