"""The store: every document, run, record and correction of one user, in one SQLite file.

It knows no model and no screen. A method is one transaction; several threads may share a Store, and several
processes a file. A process with runs that go on has one Store of it.
"""

from collections.abc import Callable, Sequence
from typing import Any, Self

from thresher.adapters.fields import Field
from thresher.app.documents.document import Document
from thresher.app.locations import Locations
from thresher.app.record import Record, Span
from thresher.app.store import (
    asked,
    corrections,
    documents,
    known,
    label_files,
    live_adapters,
    records,
    runs,
    trainings,
    verdicts,
)
from thresher.app.store.database import Database
from thresher.app.store.going import Going
from thresher.app.store.known import AnsweredRecord, Known
from thresher.app.store.live_adapters import Promotion
from thresher.app.store.records import StoredRecord
from thresher.app.store.runs import RunSummary
from thresher.app.store.trainings import Training
from thresher.app.store.verdicts import StoredVerdict
from thresher.app.task import Task


class Store:
    """Open with `Store.open`, close with `close` or as a context. Any method may raise StoreError."""

    def __init__(self, database: Database, locations: Locations) -> None:
        """Trainings, which lie at `locations`, may keep corrections in files."""
        self._database, self._training = database, locations.training
        self._going = Going(locations.going)

    @classmethod
    def open(cls, locations: Locations) -> Self:
        """The store of a user; made, or brought to the newest schema, where need be.

        Raises StoreError where the file is damaged, from a newer version, or cannot be written.
        """
        return cls(Database(locations.database), locations)

    def close(self) -> None:
        """Let go of the file."""
        self._going.close()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start_run(self, task: Task, settings_hash: str, total: int) -> int:
        """A new run over `total` documents, which goes on until it is finished; its number."""
        with self._database.transaction() as connection:
            number = runs.start(connection, task, settings_hash, total)
            self._going.begin(number)
        return number

    def finish_run(self, run: int, *, cancelled: bool) -> None:
        """The run is over."""
        try:
            with self._database.transaction() as connection:
                runs.finish(connection, run, cancelled)
        finally:
            self._going.end(run)  # and not before: whoever asked meanwhile would take it for killed

    def runs(self, limit: int | None = None) -> list[RunSummary]:
        """The newest runs first; all where no limit is set."""
        with self._database.reading() as connection:
            return runs.latest(connection, limit)

    def run(self, run: int) -> RunSummary:
        """One run. Raises UsageError where there is none of that number."""
        with self._database.reading() as connection:
            return runs.one(connection, run)

    def goes_on(self, run: int) -> bool:
        """Whether somebody works on the run: not where that was killed. True where it cannot be known."""
        return self._going.holds(run)

    def broke_off(self, run: int) -> bool:
        """Whether it was killed. Raises UsageError where there is no such run."""
        # Asked in this order: a run that is finished meanwhile is seen to be so.
        return not self.goes_on(run) and self.run(run).finished is None

    def find_done(
        self, source: str, sha256: str, kind: str, settings_hash: str, path: str | None = None
    ) -> Record | None:
        """The newest ok or partial record of these bytes, read as this kind of document, with these settings.

        The document's corrections are in place, of each field the newest. It is handed back as the
        record of `source` and `path`. To have it in a run, save it without a document: it keeps its document
        and the corrections, and the model's values as they are judged now.
        """
        with self._database.reading() as connection:
            found = records.done(connection, sha256, kind, settings_hash)
        return None if found is None else records.asked_by(found.record, source, path)

    def save_record(
        self,
        run: int,
        record: Record,
        settings_hash: str,
        document: Document | None,
        fields: Sequence[Field] | None = None,
    ) -> int:
        """Keep a record and what was read; durable when it returns. The record's number.

        `fields` where they differ from the run's task. `document` is None where nothing could be read, or
        where the record was found done before.
        """
        with self._database.transaction() as connection:
            return records.save(connection, run, record, settings_hash, document, fields)

    def records(self, run: int) -> list[StoredRecord]:
        """A run's records in the order of saving, corrections in place."""
        with self._database.reading() as connection:
            return records.load(connection, "run = ?", run)

    def record(self, record_id: int) -> StoredRecord:
        """One record, corrections in place. Raises UsageError where there is none of that number."""
        with self._database.reading() as connection:
            return records.one(connection, record_id)

    def answer(self, record_id: int) -> Record:
        """The same as the model answered it, without corrections."""
        with self._database.reading() as connection:
            return records.answered(connection, record_id)

    def asked_of(self, record_id: int) -> tuple[Field, ...]:
        """The fields that a record was asked for."""
        with self._database.reading() as connection:
            return asked.fields_of(connection, record_id)

    def document_keys(self, sha256: str) -> frozenset[str]:
        """What tells the text of a file from others, by its bytes' hash: the keys of each of its readings."""
        with self._database.reading() as connection:
            return documents.keys(connection, sha256)

    def document_of(self, record_id: int) -> Document | None:
        """The reading that the record's spans count characters of; None where nothing could be read."""
        with self._database.reading() as connection:
            return documents.of_record(connection, record_id)

    def correct(
        self,
        record_id: int,
        field: str,
        value: Any,
        note: str = "",
        spans: Sequence[Span | None] | None = None,
    ) -> dict[str, Any]:
        """Say what is right. The record loads with it from now on; the model's value stays in the file.

        Returned are, by name, the dates that are counted from it where they changed; None of one left out.

        `spans`, one an item, where the caller has found the value in the document; otherwise the items that
        did not change keep theirs. Raises UsageError where the value does not fit the field's type.
        """
        with self._database.transaction() as connection:
            return corrections.correct(connection, record_id, field, value, note, spans)

    def labelled(self, domain: str, record_type: str) -> list[tuple[str, str, dict[str, Known]]]:
        """The documents with labels for this record: sha256, text, and label by field."""
        with self._database.reading() as connection:
            return known.labelled(connection, domain, record_type)

    def corrected_fields(self, domain: str, record_type: str) -> dict[str, tuple[Field, ...]]:
        """By sha256 of corrected documents: what was asked of them."""
        with self._database.reading() as connection:
            return known.fields(connection, domain, record_type)

    def accepted(self, domain: str, record_type: str) -> dict[str, dict[str, Known]]:
        """By sha256 of corrected documents: the values that whoever corrected them left as they were."""
        with self._database.reading() as connection:
            return known.accepted(connection, domain, record_type)

    def answered(
        self, domain: str, record_type: str, hash_of: Callable[[Sequence[Field]], str]
    ) -> list[AnsweredRecord]:
        """The documents with labels that were answered so: what was asked, what the model said, the labels.

        `hash_of` gives the hash of the settings for what is asked.
        """
        with self._database.reading() as connection:
            return known.answered(connection, domain, record_type, hash_of)

    def forget_document(self, sha256: str) -> bool:
        """Delete text, records, corrections, labels and keys of a document, and overwrite where they stood.

        With them goes its text where that was asked by itself, as a proof does, and what a stopped training,
        which cannot go on then, has kept of it. Exported files stay. Whether anything was known of it.
        """
        with self._database.transaction() as connection:
            copies = documents.copies(connection, sha256)
            gone = [documents.forget(connection, each) for each in copies]
        self._database.scrub()
        return any([*gone, *[label_files.forget(self._training, each) for each in copies]])

    def promote_adapter(
        self,
        domain: str,
        base: str,
        adapter: str | None,
        fingerprint: str | None = None,
        record_types: Sequence[str] = (),
    ) -> bool:
        """Make an adapter live for a domain and a base, by fingerprint; None lets the base answer alone.

        For these record types, or for all where none is named. False where it is live already.
        """
        with self._database.transaction() as connection:
            return live_adapters.promote(connection, domain, base, adapter, fingerprint, record_types)

    def roll_back_adapter(self, domain: str, base: str, record_type: str | None = None) -> Promotion | None:
        """Undo the last promotion that stands, or that stands for a record type; None where none does."""
        with self._database.transaction() as connection:
            return live_adapters.roll_back(connection, domain, base, record_type)

    def withdraw_adapter(self, adapter: str) -> None:
        """Undo all promotions of an adapter, so that no later rolling back returns to it."""
        with self._database.transaction() as connection:
            live_adapters.withdraw(connection, adapter)

    def live_adapter(self, domain: str, base: str, record_type: str) -> Promotion | None:
        """The last promotion that stands for a record type; None where none does."""
        with self._database.reading() as connection:
            return live_adapters.top(connection, domain, base, record_type)

    def live_adapters(self) -> list[Promotion]:
        """The promotions that are live for something, each with the record types that it is live for."""
        with self._database.reading() as connection:
            return live_adapters.tops(connection)

    def promotions(self, adapter: str) -> list[Promotion]:
        """Every promotion of an adapter, the oldest first, also those that were undone."""
        with self._database.reading() as connection:
            return live_adapters.past(connection, adapter)

    def add_training(self, weights: str, training: Training) -> None:
        """Keep what a training has seen, by the hash of the matrices that it ended with."""
        with self._database.transaction() as connection:
            trainings.add(connection, weights, training)

    def training(self, weights: str) -> Training | None:
        """What is known of the training of these matrices; None where they were not trained here."""
        with self._database.reading() as connection:
            return trainings.one(connection, weights)

    def add_verdict(self, judged: StoredVerdict) -> None:
        """Keep what the gate said."""
        with self._database.transaction() as connection:
            verdicts.add(connection, judged)

    def verdicts(self, adapter: str) -> list[StoredVerdict]:
        """All that the gate said of an adapter, by fingerprint, the newest first."""
        with self._database.reading() as connection:
            return verdicts.of(connection, adapter)
