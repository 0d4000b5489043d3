"""What the answer for each window of a labelled document states. The rules are told in docs/training.md.

Knows no token and no model: only what the grammar of use lets an answer say of a window's text.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log
from typing import Any

from thresher.adapters.answer import can_be_written, most_items, plain, stated_values
from thresher.adapters.conventions import Conventions
from thresher.adapters.field_words import FieldWords, stems
from thresher.adapters.fields import MAX_STRING, Field
from thresher.adapters.grounding import Match
from thresher.adapters.person_name import family_first
from thresher.adapters.punctuation import punctuated_as
from thresher.adapters.spans import SpanFinder
from thresher.adapters.training.labels import Label
from thresher.adapters.values import is_absent, normalise, same
from thresher.adapters.words import WORD

#: Of a judged value: a window that shares this much of the best window's words may state it too.
_MAY_STATE = 0.3


@dataclass(frozen=True)
class Statement:
    """What one window's answer states: a value for each field, and the fields whose value is not taught."""

    values: Mapping[str, Any]
    untaught: frozenset[str] = frozenset()

    @property
    def taught(self) -> Mapping[str, Any]:
        """The values that are taught, with those that say that there is nothing."""
        return {name: value for name, value in self.values.items() if name not in self.untaught}

    @property
    def says_something(self) -> bool:
        """Whether a value is taught that is neither absent nor false."""
        return any(map(_says_something, self.taught.values()))


def telling(stated: Sequence[Statement], most: int) -> set[int]:
    """The positions of at most so many statements that together tell the most different values.

    One after the other, that which tells most of what none before it told, the earliest of equals: the greedy
    cover of Nemhauser, Wolsey and Fisher (1978).
    """
    told: set[tuple[str, str]] = set()
    values = [set(_said(one)) for one in stated]
    chosen: set[int] = set()
    while len(chosen) < min(most, len(stated)):
        left = [at for at in range(len(stated)) if at not in chosen]
        best = max(left, key=lambda at: len(values[at] - told))
        chosen.add(best)
        told |= values[best]
    return chosen


def _says_something(value: Any) -> bool:
    """Of a value as an answer states it: no text of an answer is empty, and an enum's may be '-'."""
    return value is not None and value is not False and value != []


def _said(one: Statement) -> Iterator[tuple[str, str]]:
    for name, value in one.taught.items():
        if _says_something(value):
            yield from (
                (name, normalise(str(item)) or str(item))
                for item in (value if isinstance(value, list) else [value])
            )


@dataclass
class Placing:
    """How many values the labels have, and by field those that no window's text states.

    `punctuated` counts the texts that the document has with other punctuation, of fields that may not be
    derived.
    """

    values: int = 0
    unplaced: Counter[str] = field(default_factory=Counter)
    punctuated: Counter[str] = field(default_factory=Counter)


def statements(label: Label, texts: Sequence[str], placing: Placing) -> list[Statement]:
    """A statement for each of the document's windows, whose texts these are; counts go to `placing`.

    - A value is stated by each window that states it in its text; the others say that there is none. It is
      taught as the window writes it, since nothing else can be written; a text that may be derived with the
      label's punctuation, and in its digits. A fuzzy match counts only where no window states the value
      better.
    - Items of a list stand in the order of their places, equal ones once.
    - Of a value that stands nowhere: one that may be derived is taught as labelled, of a document of one
      window. An item is left out. Else the field is not taught in any window.
    - Booleans and enums are judged of the text. In a document of one window they are taught as labelled. Else
      the window that has most of the field's (and the value's) words is taught to state it, others that come
      near are not taught, and the rest is taught that it says false, or nothing.
    - A field that is not known is not taught.
    """
    conventions = Conventions(label.text)
    parts = _Parts(_Part(text, conventions) for text in texts)
    columns = [_column(one, label, parts, placing) for one in label.fields]
    return [
        Statement(
            {one.name: cells[at].value for one, cells in zip(label.fields, columns, strict=True)},
            frozenset(
                one.name for one, cells in zip(label.fields, columns, strict=True) if not cells[at].taught
            ),
        )
        for at in range(len(parts))
    ]


@dataclass(frozen=True)
class _Cell:
    value: Any
    taught: bool = True


class _Part:
    """A window's text, and what can be written of it."""

    def __init__(self, text: str, conventions: Conventions) -> None:
        self.text = text
        self._conventions = conventions
        self.finder = SpanFinder(text)

    @cached_property
    def stems(self) -> Counter[str]:
        return stems(self.text)

    @cached_property
    def _edges(self) -> frozenset[int]:
        return frozenset([0, *(found.end() for found in WORD.finditer(self.text))])

    def quoted(self, one: Field, value: Any, fuzzy: bool) -> tuple[Any, int] | None:
        """The value as an answer can state it, and where it stands; None where it cannot."""
        match = self.finder.find(one, value, fuzzy=fuzzy)
        if match is None:
            return None
        if one.derived and not one.is_spelt:
            return (plain(value), match.start) if can_be_written(one, value) else None
        if one.is_stated:
            said = self._said(one, value)
            return None if said is None else (said, match.start)
        written = " ".join(match.text.split())
        if match.match == "parsed":
            written = family_first(written, value)
        if match.match == "fuzzy" and one.is_spelt:
            written = punctuated_as(match.text, value) or written
        if len(written) > MAX_STRING or not self._is_whole(match) or is_absent(written):
            return None
        return written, match.start

    def _said(self, one: Field, value: Any) -> Any:
        """The text's own date or number that is the value; None where an answer cannot have it."""
        alike = [said for said in stated_values(one, self.text, self._conventions) if same(one, value, said)]
        if one.type == "date":
            return alike[0] if alike else None
        return min(alike, key=lambda said: abs(said - value), default=None)

    def _is_whole(self, match: Match) -> bool:
        return match.start in self._edges and match.end in self._edges


class _Parts(tuple[_Part, ...]):
    """A document's windows."""

    @cached_property
    def rarity(self) -> dict[str, float]:
        """How much each stem tells of where it stands: nothing, if every window has it."""
        holding = Counter(stem for part in self for stem in part.stems)
        return {stem: log(len(self) / count) for stem, count in holding.items()}


def _column(one: Field, label: Label, parts: _Parts, placing: Placing) -> list[_Cell]:
    """What each window states of one field."""
    nothing: Any = [] if one.is_list else None
    if one.name not in label.values:
        return [_Cell(nothing, taught=False)] * len(parts)
    value = label.values[one.name]
    if is_absent(value, one):
        return [_Cell(nothing)] * len(parts)
    if not one.is_quoted:
        placing.values += 1
        return _judged(one, value, parts, label.fields)
    items = (
        list({normalise(item): item for item in reversed(value)}.values())[::-1] if one.is_list else [value]
    )
    placing.values += len(items)
    places = [_places(one, item, parts) for item in items]
    lost = sum(not any(found) for found in places)
    if one.is_text and not one.is_spelt:
        each = zip(items, places, strict=True)
        placing.punctuated[one.name] += sum(_is_punctuated(one, item, found, parts) for item, found in each)
    if lost and len(parts) == 1 and one.derived and not one.is_spelt:
        placing.unplaced[one.name] += 1
        return [_Cell(plain(value)) if can_be_written(one, value) else _Cell(None, taught=False)]
    if lost:
        placing.unplaced[one.name] += lost
    if lost == len(items):
        return [_Cell(nothing, taught=False)] * len(parts)
    if not one.is_list:
        return [_Cell(found[0] if found else None) for found in places[0]]
    return [
        _listed([found[at] for found in places if found[at]], most_items(part.text))
        for at, part in enumerate(parts)
    ]


def _places(one: Field, value: Any, parts: Sequence[_Part]) -> list[tuple[Any, int] | None]:
    exact = [part.quoted(one, value, fuzzy=False) for part in parts]
    return exact if any(exact) else [part.quoted(one, value, fuzzy=True) for part in parts]


def _is_punctuated(
    one: Field, value: str, found: Sequence[tuple[Any, int] | None], parts: Sequence[_Part]
) -> bool:
    """Whether the document has the words of the value, but no window's text is the value."""
    if any(each and normalise(each[0]) == normalise(value) for each in found):
        return False
    derived = one.model_copy(update={"derived": True})
    return any(part.finder.find(derived, value, fuzzy=False) for part in parts)


def _listed(found: Sequence[tuple[Any, int] | None], most: int) -> _Cell:
    standing = sorted((each for each in found if each), key=lambda each: each[1])
    # Two items may be written alike in the text.
    items = list(dict.fromkeys(text for text, _ in standing))
    return _Cell(items, taught=True) if len(items) <= most else _Cell([], taught=False)


def _judged(one: Field, value: Any, parts: _Parts, fields: Sequence[Field]) -> list[_Cell]:
    if len(parts) == 1 or value is False:
        return [_Cell(value)] * len(parts)
    rest = False if one.type == "boolean" else None
    scores = _shared(one, value, parts, fields)
    best = max(scores)
    if best == 0:
        return [_Cell(rest, taught=False)] * len(parts)
    return [
        _Cell(value) if at == scores.index(best) else _Cell(rest, taught=score < _MAY_STATE * best)
        for at, score in enumerate(scores)
    ]


def _shared(one: Field, value: Any, parts: _Parts, fields: Sequence[Field]) -> list[float]:
    """How much each window has of the field's words, and of the value's where it is one of an enum's."""
    said = f" {value}" if one.type == "enum" else ""
    meant = one.model_copy(update={"description": one.description + said})
    words = FieldWords([meant if each.name == one.name else each for each in fields])
    return [words.score(one.name, part.stems, parts.rarity) for part in parts]
