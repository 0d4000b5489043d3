"""A record: one document's values, each with an outcome and the place it came from."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from thresher.app.documents.document import Place
from thresher.app.extraction.signals import Signals

Status = Literal["ok", "partial", "failed"]


#: How a span's text has a value; a cue, and the length of time by which a date is counted, do not state it.
SpanMatch = Literal["exact", "normalised", "parsed", "fuzzy", "cue", "counted"]


class Outcome(StrEnum):
    """What became of a field."""

    FOUND = "found"
    ABSENT = "absent"  # the document says nothing
    UNGROUNDED = "ungrounded"  # the model said it, the text does not, or not so
    INVALID = "invalid"  # breaks the field's type
    TRUNCATED = "truncated"  # the answer ended before the value did
    FAILED = "failed"  # no answer: the model was not asked or gave none

    @property
    def is_settled(self) -> bool:
        """Whether a person who looks at it, and leaves it as it is, says that it is right."""
        return self in (Outcome.FOUND, Outcome.ABSENT)


@dataclass(frozen=True, slots=True)
class Span:
    """The characters [start, end) of the document's text that state a value or, as a cue, speak for it.

    Of a date that is counted from another they state how long after that it is.
    """

    start: int
    end: int
    text: str
    match: SpanMatch
    place: Place

    @property
    def says_it(self) -> bool:
        """Whether the text is the value, and not only like it."""
        return self.match not in ("fuzzy", "cue", "counted")


@dataclass(frozen=True, slots=True)
class Value:
    """A field's value. `spans` has one entry an item (a scalar is one item); None where none was found.

    `value` is a string, number, boolean, None or a list of strings; dates are ISO 8601.
    `confidence` is between 0 and 1, None where the model gave no answer; of a list it is the mean of
    `confidences`, one an item (a list alone has them). Where `calibrated`, 0.9 is right nine times in ten;
    else it is the model's own probability. `accepted` says whether the value can be taken unseen at the
    share of right values that was asked for; None where none was. `signals` has one entry an item, and one
    for an absent value; none where there was no answer. `whole` is all that the model said, where some or
    all of it was too doubtful to state; None where this is all.
    """

    value: Any
    outcome: Outcome
    confidence: float | None
    spans: tuple[Span | None, ...] = ()
    confidences: tuple[float | None, ...] = ()
    calibrated: bool = False
    accepted: bool | None = None
    signals: tuple[Signals, ...] = field(default=(), compare=False)
    whole: "Value | None" = None


@dataclass(frozen=True)
class RecordError:
    """Why a document has no whole record: a stable word and a message that says what to do."""

    kind: str
    message: str


@dataclass(frozen=True)
class Windows:
    """How many windows of a document the model was asked, of how many."""

    asked: int
    all: int


@dataclass(frozen=True)
class Record:
    """A document's record. `status` is partial where a value is truncated or failed, or a part got no answer.

    `windows` is None where nothing was asked, and of records from before it was kept. `notes` say what of the
    document was not read, or not as it stands: "invoice.pdf: asks for a password". `kind` is None
    where nothing was read.
    """

    id: str
    path: str | None
    sha256: str | None  # None where the file could not be read
    domain: str
    record_type: str
    model: str
    adapter: str | None
    status: Status
    error: RecordError | None
    values: dict[str, Value]
    seconds: float
    windows: Windows | None = None
    notes: tuple[str, ...] = ()
    kind: str | None = field(default=None, compare=False)  # what the document was read as

    @property
    def weighed(self) -> tuple[Value, ...]:
        """The values that were asked to go unseen; none of a document that failed: it counts as failed."""
        asked = (value for value in self.values.values() if value.accepted is not None)
        return () if self.status == "failed" else tuple(asked)

    @property
    def looks(self) -> int:
        """How many of those are not sure enough to go unseen."""
        return sum(not value.accepted for value in self.weighed)

    @property
    def judged(self) -> bool:
        """Whether values were asked to go unseen."""
        return any(value.accepted is not None for value in self.values.values())
