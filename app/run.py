"""A run: a batch of sources worked through, every record stored before it is told."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.blas import load_fast_blas
from thresher.adapters.errors import DocumentError
from thresher.adapters.fields import Field
from thresher.adapters.window_prompts import WindowPrompts, WindowSizes
from thresher.app.calibration.doubt import whole, without_doubtful
from thresher.app.calibration.judge import Judge
from thresher.app.engine.engine import Engine
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
from thresher.app.extraction.asking import Asker
from thresher.app.flow import Beat, Done, Flow, Loading, Read, Started
from thresher.app.record import Record, Status
from thresher.app.registry.fit import has_learnt
from thresher.app.registry.library import InstalledAdapter
from thresher.app.registry.registry import Registry
from thresher.app.settings import Settings, settings_hash
from thresher.app.sources import Source, document_of, identity_of
from thresher.app.store.store import Store
from thresher.app.task import Task
from thresher.app.warm_engine import WarmEngine


@dataclass(frozen=True)
class Run:
    """What a batch is asked, who answers and judges, and where its records go.

    `own` are the record type's fields as its pack has them: those that an adapter has cues of.
    """

    task: Task
    model: InstalledModel
    adapter: InstalledAdapter | None
    judge: Judge
    settings: Settings
    store: Store
    registry: Registry
    warm: WarmEngine
    own: Sequence[Field] = ()

    def events(
        self, sources: Sequence[Source], cancel: threading.Event, *, again: bool, corrected: bool
    ) -> Iterator[Event]:
        """What happens, as it happens; `again` and `corrected` are as in `Session.extract`."""
        number = self.store.start_run(self.task, self._hash(None), len(sources))
        counts: dict[Status, int] = {"ok": 0, "partial": 0, "failed": 0}
        began = time.monotonic()
        yield RunStarted(number, len(sources))

        def done_before(source: Source) -> Record | None:
            return None if again else self._done_before(source)

        asking: float | None = None  # since when: to load the model, and what is done already, tell nothing
        flow = Flow(self.task, document_of, done_before, self._open, cancel)
        try:
            for event in flow.run(sources):
                match event:
                    case Started(source):
                        yield DocumentStarted(source)
                    case Loading() if not self.warm.holds(self.model):
                        yield ModelLoading(self.model.name, load_fast_blas().warning)
                    case Read(source, document, asked):
                        asking = time.monotonic() if asking is None else asking
                        yield DocumentRead(source, document, asked)
                    case Done(source, record):
                        record = self._stored(number, event, corrected=corrected)
                        counts[record.status] += 1
                        yield RecordReady(source, record, event.reused)
                    case Beat():
                        elapsed = 0.0 if asking is None else time.monotonic() - asking
                        left = _seconds_left(event, len(sources), elapsed)
                        yield Progress(sum(counts.values()), len(sources), left, "extracting")
        finally:
            # Also where the model could not be loaded, or the caller went away.
            cancelled = sum(counts.values()) < len(sources)
            self.store.finish_run(number, cancelled=cancelled)
        seconds = round(time.monotonic() - began, 3)
        yield RunFinished(number, counts["ok"], counts["partial"], counts["failed"], cancelled, seconds)

    def _stored(self, run: int, done: Done, *, corrected: bool) -> Record:
        """Judges and stores the record, which has its corrections, or else is what the model answered."""
        record = self._judged(done.record, done.source)
        saved = self.store.save_record(
            run, record, self._hash(done.source), done.document, done.source.fields
        )
        if done.reused and not corrected:
            return self._judged(self.store.answer(saved), done.source)
        if corrected and not done.reused and (stored := self.store.record(saved)).corrected:
            return stored.record
        return record

    def _judged(self, record: Record, source: Source) -> Record:
        judged = self.judge(whole(record), source.fields or self.task.fields)
        return without_doubtful(judged, self.task.state_from)

    def _hash(self, source: Source | None) -> str:
        """Of all settings that make the answer; where a source brings its own fields, of these."""
        asked = replace(self.task, fields=source.fields) if source and source.fields else self.task
        adapter = self.adapter.fingerprint if self.adapter else None
        return settings_hash(asked, self.settings, self.model.fingerprint, adapter)

    def _done_before(self, source: Source) -> Record | None:
        """The record of the same bytes, read as the same kind of document, with the same settings.

        None also where the file cannot be read.
        """
        try:
            sha256, kind = identity_of(source)
        except DocumentError:
            return None
        path = str(source.path) if source.path else None
        return self.store.find_done(source.id, sha256, kind, self._hash(source), path)

    def _open(self) -> tuple[Asker, Engine]:
        """The engine of the model, loaded where it is not warm, with the adapter resident.

        Raises ModelError, and AdapterError where the adapter's files are not what its manifest says.
        """
        settings = self.settings
        engine = self.warm.open(self.model, settings.batch_tokens)
        if self.adapter is not None and self.adapter.fingerprint not in engine.resident():
            matrices = self.registry.load(self.adapter, self.model)
            engine.register(self.adapter.fingerprint, matrices.layers, matrices.scale)
        sizes = WindowSizes(
            engine.context, settings.window_tokens, settings.window_overlap, settings.answer_tokens
        )
        prompts = WindowPrompts(engine.tokenizer, sizes)
        key = self.adapter.fingerprint if self.adapter else None
        manifest = self.adapter.manifest if self.adapter else None
        cues = manifest.cues_of(self.task.domain, self.task.record_type) if manifest else {}
        asker = Asker(
            prompts,
            self.task.instructions,
            key,
            self.task.most_windows,
            self.task.shots,
            names_decide=manifest is not None and manifest.names_decide,
            learnt=manifest is not None and has_learnt(manifest, self.task.record_type),
            cues={one: cues[one.name] for one in self.own if one.name in cues},
            letters=manifest.letters_of(self.task.domain, self.task.record_type) if manifest else None,
        )
        return asker, engine


def _seconds_left(beat: Beat, total: int, elapsed: float) -> float | None:
    """An estimate from the windows answered; a document not yet read counts as the average of those read."""
    if not beat.answered:
        return None
    unread = (total - beat.started) * beat.queued / beat.read
    return elapsed * (beat.queued + unread - beat.answered) / beat.answered
