"""A session that extracts without a model, over the real store: its records are found by plain search."""

import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from thresher.adapters.calibration import Calibration, Group, Step, Weights
from thresher.adapters.errors import AdapterError, PackError, UsageError
from thresher.adapters.fields import Field
from thresher.adapters.pack import Pack, RecordType
from thresher.adapters.pack_library import FoundPacks, find_packs
from thresher.app import events
from thresher.app.calibration.judge import Judge
from thresher.app.documents.document import Document, Region
from thresher.app.kept_example import KeptExample, keep_example
from thresher.app.locations import Locations
from thresher.app.record import Outcome, Record, RecordError, Span, Value, Windows
from thresher.app.settings import Settings
from thresher.app.sources import Source
from thresher.app.store.store import Store
from thresher.app.task import Task
from thresher.app.tui.app import ThresherApp

RECEIPT = (
    Field(name="company", type="string", description="Who issued the receipt"),
    Field(name="date", type="date", description="The day of the purchase"),
    Field(name="total", type="number", description="The amount paid"),
    Field(name="category", type="enum", description="What was bought", values=("food", "travel", "other")),
    Field(name="items", type="list[string]", description="The goods"),
    Field(name="vat_id", type="string"),
)

HOSTILE = "[red]x[/red] [/] \x1b[31m"

RECEIPT_TEXT = (
    "CORNER BAKERY LTD\n12 Mill Lane\n\nReceipt 4711\nDate:   2024-03-09\n\n"
    + "\n".join(f"line {number} of small print that nobody reads" for number in range(60))
    + f"\n\nRye bread\t4.20\nTea\t2.30\n{HOSTILE}\n\nTOTAL   6.50\nThank you!\n"
)


@dataclass(frozen=True)
class Model:
    name: str


@dataclass(frozen=True)
class Adapter:
    name: str
    about: str = ""
    live: bool = False
    problem: str = ""


@dataclass
class FakeSession:
    """Injects what a run brings: `crash` raises in the run, `gate` holds it at each document.

    `loaded` holds it as a model that loads does: whatever else is asked. `adapters` are those of expenses,
    `promoted` the stack of what was made live. Packs in `own_packs` are the user's own. What may go unseen is
    told by the confidence alone. `slow` is why the model answers slowly.
    """

    store: Store
    installed: list[str] = field(default_factory=lambda: ["starter"])
    crash: Exception | None = None
    gate: threading.Event | None = None
    loaded: threading.Event | None = None
    slow: str | None = None
    settings: Settings = field(default_factory=Settings)
    pack_errors: tuple[PackError, ...] = ()
    asked: list[tuple[Task, bool]] = field(default_factory=list)
    calibration: Calibration | None = None
    adapters: tuple[Adapter, ...] = ()
    own_packs: Path | None = None
    promoted: list[str] = field(default_factory=list)

    def found_packs(self) -> FoundPacks:
        return FoundPacks(PACKS, self.pack_errors, {})

    def models(self) -> list[Model]:
        return [Model(name) for name in self.installed]

    def task(
        self,
        domain: str | None,
        record_type: str | None,
        fields: Sequence[Field] = (),
        model: str | None = None,
        adapter: str | None = None,
    ) -> Task:
        if domain is None or record_type is None:
            return Task("any", "record", "Extract.", tuple(fields), model=model or "starter")
        kind = PACKS[domain].record_types[record_type].with_fields(fields)
        name = self.answering(domain, model, adapter)
        chosen = model or self.installed[0]
        return Task(domain, record_type, kind.instructions, kind.fields, "hash", chosen, name)

    def answering(
        self,
        domain: str | None,
        model: str | None = None,
        adapter: str | None = None,
        record_type: str | None = None,
    ) -> str | None:
        name = adapter or (self.promoted[-1] if domain == "expenses" and self.promoted else "none")
        known = {each.name: each for each in self.adapters}
        if name == "none":
            return None
        if name not in known or known[name].problem:
            raise AdapterError(f"the adapter {name} is live and cannot be used. Roll back.")
        return name

    def offers(
        self, domain: str | None, model: str | None = None, record_type: str | None = None
    ) -> list[Adapter]:
        if domain != "expenses":
            return []
        live = self.promoted[-1] if self.promoted else ""
        return [replace(each, live=each.name == live) for each in self.adapters]

    def promote(
        self, adapter: str, domain: str | None, model: str | None = None, record_type: str | None = None
    ) -> bool:
        if adapter == "cut":
            raise AdapterError("cut: the file is not whole. Fetch the adapter again.")
        self.promoted.append(adapter)
        return True

    def roll_back(
        self, domain: str | None, model: str | None = None, record_type: str | None = None
    ) -> str | None:
        if not self.promoted:
            raise UsageError("nothing was promoted: there is nothing to roll back.")
        self.promoted.pop()
        return self.promoted[-1] if self.promoted else None

    def extract(
        self,
        sources: Sequence[Source],
        task: Task,
        *,
        again: bool = False,
        cancel: threading.Event | None = None,
        accept_at: float | None = None,
    ) -> Iterator[events.Event]:
        self.asked.append((task, again))
        run = self.store.start_run(task, "settings", len(sources))
        yield events.RunStarted(run, len(sources))
        yield events.ModelLoading(task.model, self.slow)
        if self.loaded:
            self.loaded.wait()
        counts = {"ok": 0, "partial": 0, "failed": 0}
        cancelled = False
        for number, source in enumerate(sources):
            if cancel and cancel.is_set():
                cancelled = True
                break
            yield events.DocumentStarted(source)
            yield events.Progress(number, len(sources), 3.0 * (len(sources) - number), f"reading {source.id}")
            while self.gate and not self.gate.is_set() and not (cancel and cancel.is_set()):
                time.sleep(0.001)  # the run's own thread: a model at work
            if self.crash:
                raise self.crash
            record, document = read(source, task)
            if accept_at:
                values = {
                    name: replace(value, accepted=(value.confidence or 0) >= accept_at)
                    for name, value in record.values.items()
                }
                record = replace(record, values=values)
            if document:
                yield events.DocumentRead(source, document, Windows(1, 1))
            self.store.save_record(run, record, "settings", document)
            counts[record.status] += 1
            yield events.RecordReady(source, record, False)
        self.store.finish_run(run, cancelled=cancelled)
        yield events.RunFinished(run, **counts, cancelled=cancelled, seconds=2.0)

    def has_own_pack(self, domain: str) -> bool:
        return self.own_packs is not None

    def keep_example(self, record_id: int) -> KeptExample:
        assert self.own_packs is not None
        return keep_example(find_packs(self.own_packs), self.own_packs, self.store, record_id)

    def judge(self, task: Task) -> Judge:
        if self.calibration is None or task.domain not in PACKS:
            return Judge(self.calibration)
        own = PACKS[task.domain].record_types[task.record_type].fields
        return Judge(self.calibration, own={field.name: field for field in own})

    def close(self) -> None:
        self.store.close()


def read(source: Source, task: Task) -> tuple[Record, Document | None]:
    """A record of a text file, its values found by search."""
    record = Record(
        source.id,
        str(source.path),
        None,
        task.domain,
        task.record_type,
        task.model,
        task.adapter,
        "ok",
        None,
        {},
        0.5,
    )
    assert source.path is not None
    if source.path.suffix == ".pdf":
        message = f"{source.path.name}: this PDF is encrypted. Remove its password and add it again."
        return replace(record, status="failed", error=RecordError("encrypted", message)), None
    text = source.path.read_text("utf-8")
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    regions = [Region(i, min(i + 50, len(text)), page=1 + i // 2000) for i in range(0, len(text), 50)]
    document = Document(source.path.name, sha256, "text", text, source.path, regions)
    known = {
        "company": ("CORNER BAKERY LTD", 0.98),
        "date": ("2024-03-09", 0.91),
        "total": (6.5, 0.74),
        "category": ("food", 0.66),
        "items": (["Rye bread", "Tea", "Scones"], 0.42),
        "note": (HOSTILE, 0.8),
    }
    values = {}
    for asked in task.fields:
        value, confidence = known.get(asked.name, (None, 0.88))
        items = value if isinstance(value, list) else [value]
        spans = tuple(find(document, "6.50" if item == 6.5 else item) for item in items)
        grounded = all(spans) or asked.type == "enum"
        outcome = Outcome.ABSENT if value is None else Outcome.FOUND if grounded else Outcome.UNGROUNDED
        values[asked.name] = Value(value, outcome, confidence, spans if value is not None else ())
    return replace(record, sha256=sha256, values=values), document


def find(document: Document, item: object) -> Span | None:
    if not isinstance(item, str) or (start := document.text.find(item)) < 0:
        return None
    end = start + len(item)
    return Span(start, end, item, "exact", document.place(start, end))


def pack(domain: str, title: str, *types: tuple[str, str, tuple[Field, ...]]) -> Pack:
    folder = Path(domain)
    made = {n: RecordType(domain, n, t, "Extract.", fields, False, folder) for n, t, fields in types}
    return Pack(domain, title, f"{title} as an analyst sees them.", made, folder)


PARTIES = (Field(name="parties", type="list[string]"), Field(name="date", type="date"))
PACKS = {
    p.domain: p
    for p in (
        pack("expenses", "Expenses", ("receipt", "Receipt", RECEIPT)),
        pack(
            "legal", "Legal", ("nda", "Non-disclosure agreement", PARTIES), ("contract", "Contract", PARTIES)
        ),
        pack("hr", "Human resources", ("resume", "Resume", (Field(name="name", type="string"),))),
    )
}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[FakeSession]:
    store = Store.open(Locations(tmp_path / "home"))
    yield FakeSession(store)
    store.close()


@pytest.fixture
def app(session: FakeSession) -> ThresherApp:
    return ThresherApp(session)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with two receipts and one file that cannot be read."""
    inside = tmp_path / "papers"
    inside.mkdir()
    (inside / "bakery.txt").write_text(RECEIPT_TEXT, "utf-8")
    (inside / "second bakery.txt").write_text("Tea house\n" + RECEIPT_TEXT, "utf-8")
    (inside / "locked.pdf").write_bytes(b"%PDF-1.4 locked")
    monkeypatch.chdir(inside)
    return inside


@pytest.fixture
def calibration(session: FakeSession) -> None:
    """Of receipts: of 600 stated values half are surely right, of few absent ones nothing is known."""
    weights = Weights(**dict.fromkeys(Weights.model_fields, 0.5))
    stated = Group(weights=weights, values=600, right=560, curve=(Step(0.97, 300, 299), Step(0.6, 600, 560)))
    absent = Group(weights=weights, values=20, right=20, curve=(Step(0.9, 20, 20),))
    session.calibration = Calibration(
        domain="expenses", record_type="receipt", pack="", base="", adapter=None, made=datetime.now(UTC),
        documents=150, sources=("labels",), stated=stated, absent=absent,
    )  # fmt: skip


@pytest.fixture
def adapters(session: FakeSession) -> None:
    """For expenses: two that fit, one whose file turns out to be cut, one that does not fit."""
    session.adapters = (
        Adapter("cut", "imported"),
        Adapter("expenses-1", "trained, receipt F1 0.83"),
        Adapter("expenses-2", "trained, receipt F1 0.91"),
        Adapter(
            "old",
            "trained",
            problem="it was made for the pack expenses (111111111111), here is expenses (0a26ce716686). "
            "Put the pack's fields and instructions back as they were, or train an adapter for it.",
        ),
    )
