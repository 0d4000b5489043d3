"""Values of other documents in the place of a document's own: a field is learnt, not a list of its values.

Mention replacement (Dai and Adel 2020, An Analysis of Simple Data Augmentation for Named Entity Recognition).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from thresher.adapters.fields import Field
from thresher.adapters.spans import SpanFinder
from thresher.adapters.training.draw import Draw
from thresher.adapters.training.edits import Edit, misread
from thresher.adapters.training.labels import Label
from thresher.adapters.values import is_absent, normalise
from thresher.adapters.words import joins

#: The chance of a value to be another document's.
_SWAPPED = 0.5


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands, as the text has it, and nothing else does."""

    field: str
    start: int
    end: int
    value: str


class Pool:
    """The values that labels state, by all that is asked of a document and the name of the field."""

    def __init__(self, labels: Sequence[Label]) -> None:
        known: dict[tuple[tuple[Field, ...], str], dict[str, None]] = {}
        for label in labels:
            for place in _places(label):
                known.setdefault((label.fields, place.field), {})[place.value] = None
        self._values = {key: tuple(values) for key, values in known.items()}

    def of(self, label: Label, field: str) -> tuple[str, ...]:
        """Those of labels that ask for the same, each once, in the order of the labels."""
        return self._values.get((label.fields, field), ())


def swap(label: Label, pool: Pool, draw: Draw) -> Label:
    """The label with some of its values, in text and record, become those of others of the pool."""
    places = [place for place in _places(label) if draw.chance(_SWAPPED)]
    old = [normalise(place.value) for place in places]
    edits = []
    for place in places:
        new = draw.pick(pool.of(label, place.field) or (place.value,))
        # A value that is swapped may stand nowhere in what comes: it would be taken for still stated.
        if not any(one in normalise(new) for one in old):
            edits.append(Edit(place.start, place.end, new))
    return misread(label, sorted(edits, key=lambda edit: edit.start))


def _places(label: Label) -> Iterator[_Place]:
    """Of the texts that the record quotes, those that stand once, as whole words, in no other value."""
    finder, folded = SpanFinder(label.text), normalise(label.text)
    stated = []
    for field in label.fields:
        value: Any = label.values.get(field.name)
        if field.is_quoted and not is_absent(value, field):
            items = value if field.is_list else [value]
            stated += [(field, item, finder.find(field, item)) for item in items]
    for field, item, match in stated:
        if not field.is_text or match is None:
            continue
        # A record has a value of several lines, as an address is, on one.
        if item not in (match.text, " ".join(match.text.split())):
            continue
        start, end = match.start, match.end
        here = [other for _, _, other in stated if other and other.start < end and start < other.end]
        if len(here) == 1 and folded.count(normalise(item)) == 1 and _is_whole(label.text, start, end):
            yield _Place(field.name, start, end, match.text)


def _is_whole(text: str, start: int, end: int) -> bool:
    return not (joins(text[start - 1 : start], text[start]) or joins(text[end - 1], text[end : end + 1]))
