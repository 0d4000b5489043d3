"""The queue: which documents wait, and what events have made of them. Knows no widget."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from thresher.app import events
from thresher.app.record import Record, Windows
from thresher.app.sources import Source
from thresher.app.tui.ports import StoredRecordPort


class Stage(StrEnum):
    """Where a document is on its way."""

    WAITING = "waiting"
    READING = "reading"
    ASKING = "extracting"
    OK = "done"
    PARTIAL = "partial"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to the document in this run."""
        return self in (Stage.OK, Stage.PARTIAL, Stage.FAILED)


@dataclass
class Entry:
    """One document of the queue."""

    source: Source
    stage: Stage = Stage.WAITING
    windows: Windows | None = None
    record: Record | None = None
    reused: bool = False

    @property
    def name(self) -> str:
        """What to call the document."""
        return self.source.path.name if self.source.path else self.source.id


@dataclass
class Queue:
    """Documents in order, and the state of the run over them."""

    entries: dict[str, Entry] = field(default_factory=dict)
    run: int | None = None
    running: bool = False
    cancelling: bool = False
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    activity: str = ""
    loading: bool = False
    finished: events.RunFinished | None = None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    def add(self, sources: Iterable[Source]) -> int:
        """Puts sources at the end and returns how many are new: one that is there stays as it is."""
        before = len(self.entries)
        for source in sources:
            self.entries.setdefault(source.id, Entry(source))
        return len(self.entries) - before

    def remove(self, source_id: str) -> bool:
        """Takes a document out; not while a run has it in hand."""
        if self.running or source_id not in self.entries:
            return False
        del self.entries[source_id]
        return True

    def begin(self) -> list[Source]:
        """Everything back to waiting; the sources to run."""
        for entry in self:
            entry.stage, entry.record, entry.windows, entry.reused = Stage.WAITING, None, None, False
        self.running, self.cancelling, self.finished, self.run = True, False, None, None
        self.done, self.total, self.seconds_left, self.activity = 0, len(self), None, "starting"
        return [entry.source for entry in self]

    def end(self) -> None:
        """The run is over, however it ended: what was in hand waits again."""
        self.running = self.cancelling = False
        self.seconds_left, self.activity, self.loading = None, "", False
        for entry in self:
            if not entry.stage.is_over:
                entry.stage = Stage.WAITING

    def take_over(self, records: Iterable[StoredRecordPort]) -> list[Entry]:
        """Puts records as they are stored now, corrections in place; the documents that changed by it."""
        changed = []
        for stored in records:
            entry = self.entries.get(stored.record.id)
            if entry is not None and entry.record is not None and entry.record != stored.record:
                entry.record = stored.record
                changed.append(entry)
        return changed

    @property
    def looks(self) -> int:
        """How many values are not sure enough to go unseen."""
        return sum(entry.record.looks for entry in self if entry.record)

    @property
    def waits_until(self) -> str:
        """What a run that is cancelled has to wait for: 'the model has loaded', say, or nothing."""
        if self.loading:
            return "the model has loaded"
        reading = next((entry for entry in self if entry.stage is Stage.READING), None)
        return f"{reading.name} is read" if self.running and reading else ""

    def apply(self, event: events.Event) -> Entry | None:
        """Takes in one event of a run; the document that it changed, if it was one."""
        entry = None
        self.loading = isinstance(event, events.ModelLoading)
        match event:
            case events.RunStarted(run=run, total=total):
                self.run, self.total = run, total
            case events.ModelLoading(model=model):
                self.activity = f"loading {model}"
            case events.DocumentStarted(source=source):
                entry = self._entry(source)
                entry.stage = Stage.READING
            case events.DocumentRead(source=source, windows=windows):
                entry = self._entry(source)
                entry.stage, entry.windows = Stage.ASKING, windows
            case events.Progress(done=done, total=total, seconds_left=left, activity=activity):
                self.done, self.total, self.seconds_left, self.activity = done, total, left, activity
            case events.RecordReady(source=source, record=record, reused=reused):
                entry = self._entry(source)
                entry.stage = {"ok": Stage.OK, "partial": Stage.PARTIAL, "failed": Stage.FAILED}[
                    record.status
                ]
                entry.record, entry.reused = record, reused
                self.done += 1
            case events.RunFinished():
                self.finished = event
                self.end()
        return entry

    def _entry(self, source: Source) -> Entry:
        return self.entries.setdefault(source.id, Entry(source))
