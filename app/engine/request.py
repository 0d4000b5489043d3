"""What goes into the engine and what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass

from thresher.adapters.conventions import Conventions
from thresher.adapters.fields import Field
from thresher.app.engine.preferred import Preferred


@dataclass(frozen=True)
class Request:
    """A prompt, and the fields whose values are to be answered from `text`, a window of a document.

    `conventions` are the document's: the window's dates and numbers are read by them.
    The first `shared` of the `tokens` are the same in all requests of a run, so that they are taken in once.
    `adapter` is the key of a resident adapter; None asks the base model itself. A field of `preferred` is
    answered in one of those ways.
    """

    key: object
    tokens: Sequence[int]
    shared: int
    fields: tuple[Field, ...]
    text: str
    conventions: Conventions
    answer_tokens: int
    adapter: str | None = None
    preferred: tuple[Preferred, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The text that the model wrote, and how sure it was.

    `pieces` has an entry for each sampled token: its characters [start, end) and the natural logarithm of its
    probability among what the grammar allowed, or where names decided, how likely what they say is right.
    Forced tokens are not listed.
    """

    text: str
    pieces: tuple[tuple[int, int, float], ...]


@dataclass(frozen=True)
class Answered:
    """A request came to its end."""

    request: Request
    answer: Answer


@dataclass(frozen=True)
class Failed:
    """A request could not be answered; the message says why."""

    request: Request
    message: str


Reply = Answered | Failed
