"""What workers tell the screens. Workers compute and post these; handlers alone touch widgets."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message

from thresher.adapters.errors import NoModelError, ThresherError
from thresher.app.documents.document import Document
from thresher.app.events import Event
from thresher.app.locations import CHANGE_PERMISSIONS, what_is_forbidden
from thresher.app.sources import Source
from thresher.app.tui.ports import OfferPort, RunPort, StoredRecordPort


@dataclass(frozen=True)
class Problem:
    """Something that went wrong, to be shown in place."""

    title: str
    message: str
    no_model: bool = False

    @classmethod
    def of(cls, error: Exception) -> "Problem":
        """An error in words: ours says what to do by itself; any other is a fault of the program.

        But a folder of the home that may not be read is none.
        """
        if isinstance(error, ThresherError):
            return cls("That did not work", str(error), isinstance(error, NoModelError))
        if forbidden := what_is_forbidden(error):
            return cls("That did not work", f"{forbidden}. {CHANGE_PERMISSIONS}")
        return cls(
            "An error in Thresher itself",
            f"{type(error).__name__}: {error}. Records that were finished are kept. Try once more; "
            "if it comes back, report it with this message.",
        )


class Inbox:
    """Events on their way from a worker to a screen: many events, one message.

    `put` says whether a message is due; until the screen has taken the events, none is.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[Event] = []

    def put(self, event: Event) -> bool:
        """Adds an event; True where the inbox was empty."""
        with self._lock:
            self._events.append(event)
            return len(self._events) == 1

    def take(self) -> list[Event]:
        """Everything that came since the last call, in order."""
        with self._lock:
            taken, self._events = self._events, []
            return taken


@dataclass
class EventsWaiting(Message):
    """The inbox holds events."""

    inbox: Inbox


@dataclass
class RunEnded(Message):
    """The worker has returned. `problem` where it crashed."""

    inbox: Inbox
    problem: Problem | None


@dataclass
class SourcesFound(Message):
    """Paths have become sources; `skipped` files in folders are of no kind that is read.

    `links` in folders lead to other folders, which are not searched.
    `words` of what was pasted are the name of nothing that is there.
    """

    sources: Sequence[Source]
    skipped: int = 0
    links: int = 0
    words: int = 0
    problem: Problem | None = None


@dataclass
class RunsLoaded(Message):
    """Past runs, the newest first; `opening` is the key of the one that they were loaded to open, or "".

    `broke_off` says that this one was killed.
    """

    runs: Sequence[RunPort]
    opening: str = ""
    broke_off: bool = False
    problem: Problem | None = None


@dataclass
class RecordsLoaded(Message):
    """A run's records, and how many to step on from the one on screen.

    `look` where the next value that wants a look is asked for.
    """

    run: int
    records: Sequence[StoredRecordPort]
    by: int = 0
    look: bool = False
    problem: Problem | None = None


@dataclass
class DocumentLoaded(Message):
    """The document of a record."""

    record_id: int
    document: Document | None
    problem: Problem | None = None


@dataclass
class Written(Message):
    """A file was written, which `words` tell of, or not."""

    words: str = ""
    problem: Problem | None = None


@dataclass
class OffersLoaded(Message):
    """The adapters for the record type in hand, after `done` (in words, or "") was done.

    `acted` where it was tried to change which one is live.
    """

    offers: Sequence[OfferPort]
    done: str = ""
    problem: Problem | None = None
    acted: bool = False


@dataclass
class Corrected(Message):
    """A correction is stored, or was refused. `recounted`: what was counted anew from it, in words."""

    problem: Problem | None = None
    recounted: Sequence[str] = ()
