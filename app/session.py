"""The session: the one object behind all faces. It yields events and knows no screen."""

import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.errors import PackError, UsageError
from thresher.adapters.fields import Field, unique
from thresher.adapters.pack import Pack
from thresher.adapters.pack_library import find_packs, pick
from thresher.app.events import (
    DocumentRead,
    DocumentStarted,
    Event,
    ModelLoading,
    Progress,
    RecordReady,
    RunFinished,
    RunStarted,
)
from thresher.app.locations import Locations
from thresher.app.models import library
from thresher.app.models.offline import go_offline
from thresher.app.record import Record, Status
from thresher.app.settings import Settings, load_settings, settings_hash
from thresher.app.sources import Source, document_of
from thresher.app.store.store import Store
from thresher.app.task import Task

if TYPE_CHECKING:
    from thresher.app.engine.engine import Engine
    from thresher.app.extraction.asking import Asker
    from thresher.app.flow import Beat

#: What is asked where fields are given and no domain is.
_ANY = "Extract the record from the document."


class Session:
    """A user's packs, models, store and settings, and the engine while it is warm. Close it when done."""

    def __init__(self, locations: Locations) -> None:
        """Raises UsageError for wrong settings, StoreError for a database that cannot be used."""
        go_offline()
        self.locations = locations
        self.settings: Settings = load_settings(locations.settings)
        self.store = Store.open(locations)
        self.pack_errors: tuple[PackError, ...] = ()
        self._engine: Engine | None = None
        self._warm: str | None = None  # the fingerprint of the model that the engine holds

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Frees the model and closes the store."""
        self._close_engine()
        self.store.close()

    def packs(self) -> dict[str, Pack]:
        """The packs by domain; what is wrong with a user's pack goes to `pack_errors`."""
        found = find_packs(self.locations.packs)
        self.pack_errors = found.errors
        return found.packs

    def models(self) -> list[InstalledModel]:
        """The models that are installed."""
        return library.list_models(self.locations.models)

    def task(
        self,
        domain: str | None,
        record_type: str | None = None,
        fields: Sequence[Field] = (),
        model: str | None = None,
        adapter: str | None = None,
    ) -> Task:
        """What to ask of a batch. Without a domain, the given fields are all that is asked.

        A record type with open fields may have none here: then every source brings its own. Raises
        UsageError where domain, record type or adapter do not exist, NoModelError for the model.
        """
        if adapter not in (None, "none"):
            raise UsageError(f"there is no adapter {adapter!r}: none is installed. Use --adapter none.")
        chosen = library.find(self.locations.models, model or self.settings.model)
        if domain is None:
            if not fields:
                raise UsageError("name a domain (`thresher packs` lists them), or give fields with --field")
            return Task("any", "record", _ANY, unique(fields, "the given fields"), model=chosen.name)
        packs = self.packs()
        asked = pick(packs, domain, record_type)
        if fields or asked.fields:
            asked = asked.with_fields(fields)
        return Task(
            domain, asked.name, asked.instructions, asked.fields, packs[domain].hash, model=chosen.name
        )

    def extract(
        self,
        sources: Sequence[Source],
        task: Task,
        *,
        again: bool = False,
        cancel: threading.Event | None = None,
    ) -> Iterator[Event]:
        """Works through the sources in the calling thread; every record is stored before it is told.

        What is done with the same settings is handed back as it is, unless `again`. Setting `cancel` ends
        the run within moments; what is finished stays. Raises UsageError where a source has no fields.
        """
        # Imported here: it brings the engine's libraries.
        from thresher.app.flow import Beat, Done, Flow, Loading, Read, Started

        if not task.fields and (bare := next((s for s in sources if not s.fields), None)):
            raise UsageError(
                f"{bare.id}: no field is asked for. Give each with --field NAME:TYPE:DESCRIPTION."
            )
        cancel = cancel or threading.Event()
        model = library.find(self.locations.models, task.model)
        run = self.store.start_run(task, self._hash(task, None, model), len(sources))
        counts: dict[Status, int] = {"ok": 0, "partial": 0, "failed": 0}
        began = time.monotonic()
        yield RunStarted(run, len(sources))

        def done_before(source: Source) -> Record | None:
            return None if again else self._done_before(source, self._hash(task, source, model))

        flow = Flow(task, document_of, done_before, lambda: self._open(task, model), cancel)
        try:
            for event in flow.run(sources):
                match event:
                    case Started(source):
                        yield DocumentStarted(source)
                    case Loading() if self._warm != model.fingerprint:
                        yield ModelLoading(model.name)
                    case Read(source, document, windows):
                        yield DocumentRead(source, document, windows)
                    case Done(source, record, document, reused):
                        hash_ = self._hash(task, source, model)
                        self.store.save_record(run, record, hash_, document, source.fields)
                        counts[record.status] += 1
                        yield RecordReady(source, record, reused)
                    case Beat():
                        left = _seconds_left(event, len(sources), time.monotonic() - began)
                        yield Progress(sum(counts.values()), len(sources), left, "extracting")
        finally:
            # Also where the model could not be loaded, or the caller went away.
            cancelled = sum(counts.values()) < len(sources)
            self.store.finish_run(run, cancelled=cancelled)
        seconds = round(time.monotonic() - began, 3)
        yield RunFinished(run, counts["ok"], counts["partial"], counts["failed"], cancelled, seconds)

    def _hash(self, task: Task, source: Source | None, model: InstalledModel) -> str:
        asked = replace(task, fields=source.fields) if source and source.fields else task
        return settings_hash(asked, self.settings, model.fingerprint)

    def _done_before(self, source: Source, hash_: str) -> Record | None:
        """The record of the same bytes with the same settings; None also where the file cannot be read."""
        try:
            data = source.path.read_bytes() if source.path else (source.text or "").encode()
        except OSError:
            return None
        path = str(source.path) if source.path else None
        return self.store.find_done(source.id, hashlib.sha256(data).hexdigest(), hash_, path)

    def _open(self, task: Task, model: InstalledModel) -> "tuple[Asker, Engine]":
        """The engine of this model, loaded where it is not warm. Raises ModelError."""
        from thresher.adapters.tokens import PromptTokenizer
        from thresher.adapters.window_prompts import WindowPrompts, WindowSizes
        from thresher.app.engine.engine import Engine
        from thresher.app.extraction.asking import Asker

        if self._engine is None or self._warm != model.fingerprint:
            self._close_engine()
            tokenizer = PromptTokenizer(model.folder)
            self._engine = Engine(model.folder, tokenizer, self.settings.batch_tokens)
            self._warm = model.fingerprint
        engine, settings = self._engine, self.settings
        sizes = WindowSizes(
            engine.context, settings.window_tokens, settings.window_overlap, settings.answer_tokens
        )
        return Asker(WindowPrompts(engine.tokenizer, sizes), task.instructions), engine

    def _close_engine(self) -> None:
        if self._engine is not None:
            self._engine.close()
            self._engine = self._warm = None


def _seconds_left(beat: "Beat", total: int, elapsed: float) -> float | None:
    """An estimate from the windows answered; a document not yet read counts as the average of those read."""
    if not beat.answered:
        return None
    unread = (total - beat.started) * beat.queued / beat.read
    return elapsed * (beat.queued + unread - beat.answered) / beat.answered
