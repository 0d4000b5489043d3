"""What the screens ask of a session: so that a test can inject one. `app.session.Session` fits."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from thresher.adapters.fields import Field
from thresher.app.calibration.judge import Judge
from thresher.app.documents.document import Document
from thresher.app.events import Event
from thresher.app.kept_example import KeptExample
from thresher.app.record import Record, Span
from thresher.app.sources import Source
from thresher.app.task import Task


class RecordTypePort(Protocol):
    """One kind of record of a pack."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def fields(self) -> tuple[Field, ...]: ...  # noqa: D102


class PackPort(Protocol):
    """A domain and its record types."""

    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def description(self) -> str: ...  # noqa: D102
    @property
    def record_types(self) -> Mapping[str, RecordTypePort]: ...  # noqa: D102


class ModelPort(Protocol):
    """An installed model."""

    @property
    def name(self) -> str: ...  # noqa: D102


class OfferPort(Protocol):
    """An adapter as it stands to a domain and a model. `problem` says why it is not used, or ""."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def about(self) -> str: ...  # noqa: D102
    @property
    def live(self) -> bool: ...  # noqa: D102
    @property
    def problem(self) -> str: ...  # noqa: D102


class SettingsPort(Protocol):
    """The user's settings: the model that answers where none is chosen."""

    @property
    def model(self) -> str: ...  # noqa: D102


class StoredRecordPort(Protocol):
    """A record, its number, the fields that the analyst changed, and those asked where they are its own."""

    @property
    def id(self) -> int: ...  # noqa: D102
    @property
    def record(self) -> Record: ...  # noqa: D102
    @property
    def corrected(self) -> frozenset[str]: ...  # noqa: D102
    @property
    def fields(self) -> tuple[Field, ...] | None: ...  # noqa: D102


class RunPort(Protocol):
    """A past run: what was asked, when, and how it went; `finished` is None where it may still go on."""

    @property
    def id(self) -> int: ...  # noqa: D102
    @property
    def task(self) -> Task: ...  # noqa: D102
    @property
    def total(self) -> int: ...  # noqa: D102
    @property
    def started(self) -> datetime: ...  # noqa: D102
    @property
    def finished(self) -> datetime | None: ...  # noqa: D102
    @property
    def ok(self) -> int: ...  # noqa: D102
    @property
    def partial(self) -> int: ...  # noqa: D102
    @property
    def failed(self) -> int: ...  # noqa: D102


class FoundPacksPort(Protocol):
    """What there is to choose from."""

    @property
    def packs(self) -> Mapping[str, PackPort]: ...  # noqa: D102
    @property
    def errors(self) -> Sequence[Exception]: ...  # noqa: D102


class StorePort(Protocol):
    """Runs, records, documents and corrections."""

    def runs(self) -> Sequence[RunPort]:
        """All of them, the newest first."""

    def broke_off(self, run: int) -> bool:
        """Whether it was killed: a run that is not finished may go on elsewhere."""

    def records(self, run: int) -> Sequence[StoredRecordPort]:
        """A run's records, corrections in place."""

    def document_of(self, record_id: int) -> Document | None:
        """The reading that the record's spans count characters of."""

    def correct(
        self,
        record_id: int,
        field: str,
        value: Any,
        note: str = "",
        spans: Sequence[Span | None] | None = None,
    ) -> Mapping[str, Any]:
        """Say what is right, and where the document says so. The dates that are counted anew from it."""


class SessionPort(Protocol):
    """The one object behind all screens. `extract` runs in the calling thread."""

    @property
    def store(self) -> StorePort: ...  # noqa: D102

    @property
    def settings(self) -> SettingsPort: ...  # noqa: D102

    def found_packs(self) -> FoundPacksPort:
        """The packs by domain, and those that are left out."""

    def models(self) -> Sequence[ModelPort]:
        """The models that are installed."""

    def task(
        self,
        domain: str | None,
        record_type: str | None,
        fields: Sequence[Field] = (),
        model: str | None = None,
        adapter: str | None = None,
    ) -> Task:
        """What to ask. Raises ThresherError where it does not fit."""

    def answering(
        self,
        domain: str | None,
        model: str | None = None,
        adapter: str | None = None,
        record_type: str | None = None,
    ) -> str | None:
        """Which adapter a task would ask; None where the base answers alone. Raises ThresherError."""

    def offers(
        self, domain: str | None, model: str | None = None, record_type: str | None = None
    ) -> Sequence[OfferPort]:
        """The adapters for a record type, those that fit first."""

    def promote(
        self, adapter: str, domain: str | None, model: str | None = None, record_type: str | None = None
    ) -> bool:
        """Lets an adapter answer from now on where none is chosen. Raises ThresherError."""

    def roll_back(
        self, domain: str | None, model: str | None = None, record_type: str | None = None
    ) -> object:
        """Undoes the last promotion for a record type. Raises ThresherError."""

    def extract(
        self,
        sources: Sequence[Source],
        task: Task,
        *,
        again: bool = False,
        cancel: threading.Event | None = None,
        accept_at: float | None = None,
    ) -> Iterator[Event]:
        """Documents to records, event by event; values marked that may go unseen, where that is asked."""

    def judge(self, task: Task) -> Judge:
        """What is known of a task's confidences. Raises ThresherError."""

    def has_own_pack(self, domain: str) -> bool:
        """Whether the domain's pack is one of the user's own, which takes examples."""

    def keep_example(self, record_id: int) -> KeptExample:
        """Makes a record that is right an example of its pack. Raises ThresherError."""

    def close(self) -> None:
        """Let go of everything."""
