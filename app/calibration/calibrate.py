"""From labelled and corrected records to a calibration of what answered them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from thresher.adapters.calibration import Calibration
from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.adapters.training.found import labelled_twice
from thresher.adapters.training.labels import Label
from thresher.adapters.training.split import Split, document_key, split
from thresher.app.calibration.calibrator import Labelled
from thresher.app.calibration.doubt import whole
from thresher.app.calibration.fitting import fit_all, labelled_values
from thresher.app.evaluation.records import GoldRecord
from thresher.app.settings import settings_hash
from thresher.app.store.known import right_now
from thresher.app.store.label_files import label_id

if TYPE_CHECKING:
    from thresher.app.record import Record
    from thresher.app.session import Session
    from thresher.app.task import Task


def gold_once(gold: Iterable[GoldRecord]) -> tuple[list[GoldRecord], list[str]]:
    """Each document once, as training takes what is given twice, and the lines that say what was.

    What lacks a text is no copy of another that does: each comes last, as it is.
    """
    given = list(gold)
    sides = _once(Label(one.id, one.text, "", one.fields, one.output) for one in given if one.text)
    once = [GoldRecord(one.id, one.text, one.values, one.fields) for one in sides.train]
    return [*once, *(one for one in given if not one.text)], list(labelled_twice(sides))


def of_labels(gold: Iterable[GoldRecord], records: "Iterable[Record]", task: "Task") -> Iterator[Labelled]:
    """The values of the records of which the gold of the same id knows whether they are right.

    A field that it asks in another way than the task tells nothing of the task's.
    """
    by_id, own = {record.id: record for record in records}, _own(task)
    for one in gold:
        if one.id in by_id:
            fields = [field for field in one.fields if own.get(field.name, field) == field]
            yield from labelled_values(by_id[one.id], fields, dict(one.output), one.text)


@dataclass(frozen=True)
class Corrected:
    """A record as it was answered, its text, the fields of which it can be known what is right, and what a
    person said.

    `keys` are its document's (see `document_key`). `looked_at` is as in AnsweredRecord.
    """

    record: "Record"
    text: str
    fields: tuple[Field, ...]
    labels: Mapping[str, Any]
    keys: frozenset[str]
    looked_at: bool


def corrected_records(session: "Session", task: "Task") -> list[Corrected]:
    """The records that a person corrected or confirmed, made just as this task makes them.

    A record that was asked for fields of its own is one that the task makes where these are given, as long as
    they leave the task's own as they are: one that another pack of that name asked for is none. Where a
    person spoke of a field in another form, nothing is known of it.
    """
    model, adapter = session.answers(task)

    def hash_of(fields: Sequence[Field]) -> str:
        asked = replace(task, fields=tuple(fields))
        weights = adapter.fingerprint if adapter else None
        return settings_hash(asked, session.settings, model.fingerprint, weights)

    own = _own(task)
    found = []
    for one in session.store.answered(task.domain, task.record_type, hash_of):
        labels = right_now(one.labels, one.fields)
        if not labels or any(own.get(field.name, field) != field for field in one.fields):
            continue
        fields = tuple(f for f in one.fields if f.name in labels or f.name not in one.labels)
        keys = session.store.document_keys(one.record.sha256 or "")
        found.append(Corrected(one.record, one.text, fields, labels, keys, one.looked_at))
    return found


def _own(task: "Task") -> dict[str, Field]:
    """The task's own fields by name; none where they are open, for then they are a default."""
    return {} if task.open_fields else {field.name: field for field in task.fields}


def corrected_once(corrected: Sequence[Corrected]) -> tuple[list[Corrected], list[str]]:
    """The same of corrected documents: of files of one text that which was labelled last."""
    sides = _once(
        Label(label_id(one.record.sha256 or ""), one.text, "", one.fields, one.labels) for one in corrected
    )
    last = {(document_key(one.text), one.fields): one for one in corrected}
    once = [replace(last[document_key(one.text), one.fields], labels=one.values) for one in sides.train]
    return once, list(labelled_twice(sides))


def of_corrections(corrected: Iterable[Corrected], reviewed: bool = False) -> list[Labelled]:
    """The values that a person corrected or confirmed.

    With `reviewed` what was left as it was in records that were looked at counts as right, and what was too
    doubtful to be stated in them as wrong.
    """
    found: list[Labelled] = []
    for one in corrected:
        known: dict[str, Any] = dict(one.labels)
        if reviewed and one.looked_at:
            known = {name: value.value for name, value in one.record.values.items()} | known
        found += labelled_values(whole(one.record), one.fields, known, one.text)
    return found


def calibrate(
    session: "Session",
    task: "Task",
    values: list[Labelled],
    sources: "tuple[Literal['labels', 'corrections'], ...]",
) -> Calibration:
    """The calibration that these values lead to. Raises UsageError where there are none."""
    if not values:
        raise UsageError(
            f"no label tells of a value that was extracted for {task.domain}/{task.record_type}. Give "
            "labelled documents with --labels, or correct and confirm records and use --corrections."
        )
    model, adapter = session.answers(task)
    fitted = fit_all(values)
    return Calibration(
        domain=task.domain,
        record_type=task.record_type,
        pack=task.pack_hash,
        base=model.fingerprint,
        adapter=adapter.manifest.weights if adapter else None,
        made=datetime.now(UTC),
        documents=len({value.document for value in values}),
        sources=sources,
        error=fitted.error,
        error_before=fitted.error_before,
        stated=fitted.stated,
        absent=fitted.absent,
    )


def _once(labels: Iterable[Label]) -> Split:
    """What training makes of labels of one document, with nothing held back."""
    return split(list(labels), share=0.0, seed=0)
