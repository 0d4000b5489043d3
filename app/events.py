"""What a session tells its faces. Every event is data; none knows a screen."""

from dataclasses import dataclass

from thresher.app.documents.document import Document
from thresher.app.record import Record, Windows
from thresher.app.sources import Source


@dataclass(frozen=True)
class RunStarted:
    """A run over `total` documents begins."""

    run: int
    total: int


@dataclass(frozen=True)
class ModelLoading:
    """The model is being loaded: takes seconds. `slow` says why it answers slowly here, and what to do."""

    model: str
    slow: str | None = None


@dataclass(frozen=True)
class DocumentStarted:
    """Reading begins."""

    source: Source


@dataclass(frozen=True)
class DocumentRead:
    """The text is there; those `windows` that are asked are queued for the model."""

    source: Source
    document: Document
    windows: Windows


@dataclass(frozen=True)
class Progress:
    """Documents done of all, and an estimate of the seconds left (None while there is none)."""

    done: int
    total: int
    seconds_left: float | None
    activity: str


@dataclass(frozen=True)
class RecordReady:
    """A record is stored: also a failed one. `reused` where it was done before."""

    source: Source
    record: Record
    reused: bool


@dataclass(frozen=True)
class RunFinished:
    """The run is over; `cancelled` leaves the rest for the next run."""

    run: int
    ok: int
    partial: int
    failed: int
    cancelled: bool
    seconds: float


Event = RunStarted | ModelLoading | DocumentStarted | DocumentRead | Progress | RecordReady | RunFinished
