"""What a document tells of a value that a model said: where it stands, and the signals of how sure it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from thresher.adapters.fields import Field
from thresher.adapters.grounding import Match
from thresher.adapters.spans import SpanFinder
from thresher.app.documents.document import Document
from thresher.app.extraction.signals import Signals, Stated, Sureness, together
from thresher.app.record import Span


@dataclass(frozen=True)
class Evidence:
    """A document, the finder over its text, and the character where its first window ends.

    `learnt`: the adapter that answered has learnt the record type.
    """

    document: Document
    finder: SpanFinder
    front: int
    learnt: bool = True

    def span(self, match: Match | None) -> Span | None:
        """A match with its place; None for none."""
        if match is None:
            return None
        place = self.document.place(match.start, match.end)
        return Span(match.start, match.end, match.text, match.match, place)

    def cued(self, place: tuple[int, int] | None) -> Span | None:
        """Where cues of a boolean stand; None for nowhere."""
        return None if place is None else self._told(*place, "cue")

    def counted(self, start: int, end: int) -> Span:
        """Where the length of time stands by which a date is counted."""
        return self._told(start, end, "counted")

    def _told(self, start: int, end: int, match: Literal["cue", "counted"]) -> Span:
        return Span(start, end, self.document.text[start:end], match, self.document.place(start, end))

    def stated(self, field: Field, sureness: Sureness | None, match: Match | None) -> tuple[Signals, ...]:
        """Of one value that a window states; none where nothing is known of the model's sureness."""
        if sureness is None:
            return ()
        stated: Stated = match.match if match else "none" if field.is_quoted else "judged"
        ocr = self.document.ocr_probability(match.start, match.end) if match else None
        later = match is not None and match.start >= self.front
        stray = later and field.is_list and not self.learnt
        return (Signals(sureness, 1.0, stated, ocr, absent=False, later=later, stray=stray),)

    def judged(self, sureness: Sureness) -> Signals:
        """Of a value that is told by the whole document."""
        return Signals(sureness, 1.0, "judged", self._whole, absent=False)

    def all_absent(self, heard: Sequence[Sureness]) -> tuple[Signals, ...]:
        """Of what so many windows say together: that the document states none."""
        if not heard:
            return ()
        return (Signals(together(heard), 1.0, "none", self._whole, absent=True, windows=len(heard)),)

    @cached_property  # every field of every window may ask, and a scan has a region a word
    def _whole(self) -> float | None:
        return self.document.ocr_confidence(0, len(self.document.text))


def mean(confidences: Iterable[float | None]) -> float | None:
    """Of those that are known; None where none is."""
    known = [confidence for confidence in confidences if confidence is not None]
    return sum(known) / len(known) if known else None
