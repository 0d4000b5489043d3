"""What stands in a text behind a label with a field's name: "Year built: 1911", "Revenue   84.6   75.3"."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from thresher.adapters.field_words import stems
from thresher.adapters.fields import Field
from thresher.adapters.numbers import MONEY_CODES

#: What parts a label from what it labels, and one cell of a line from the next.
_GAP = re.compile(r"[ \t]*(?:[\t|]|:(?=[\s*])|[ \t]{2}|\.{3}|=)[\t |:*.=]*")
#: A rate belongs to the label, as in "VAT 25 %   145.50", and names no field; nor does money's code.
_RATE = r"\(?\d+(?:[.,]\d+)?\s?%\)?"
_NO_NAME = re.compile(rf"{_RATE}|\b(?:{MONEY_CODES})\b")
#: At the beginning of a line words may be the label of a number right behind them.
_WORDS_BEFORE_NUMBER = re.compile(
    rf"[^\d]*[^\W\d_][)*]*(?:\s+{_RATE}(?=\s+\W{{0,3}}\d))?(?=[\s(]+\W{{0,3}}\d)"
)
_DECORATION = " *#_"
#: Characters of the longest label; a longer cell is text.
_LONGEST = 60
#: What of a description names no field.
_EXAMPLES = re.compile(r"\be\.g\..*|'[^']*'|\bas written\b")
#: How many words a label may have beside those of a name, as "Opinion of market value" has.
_MORE_WORDS = 2


class FieldLabels:
    """The labels by which a document may call fields that are asked together.

    A label has all words of the field's name and two more at most, or words of its name, with those of its
    description, and no other. One that fits another field as well labels neither.
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        self._names = {field.name: frozenset(stems(field.name.replace("_", " "))) for field in fields}
        self._words = {
            field.name: self._names[field.name] | stems(_EXAMPLES.sub(" ", field.description)).keys()
            for field in fields
        }
        self._called = cache(self._field_called)

    def cells(self, text: str) -> dict[str, list[list[str]]]:
        """For each field that a label calls, what stands behind its labels, those that fit best first.

        Each list is of labels that fit equally well.
        """
        ranked: dict[str, dict[int, list[str]]] = {}
        for label, cell in _labelled(text):
            if called := self._called(label):
                rank, name = called
                ranked.setdefault(name, {}).setdefault(rank, []).append(cell)
        return {name: [cells for _, cells in sorted(ranks.items())] for name, ranks in ranked.items()}

    def _field_called(self, label: str) -> tuple[int, str] | None:
        """How well a label fits the field that it calls, 0 is best, and its name; None if it calls none."""
        words = frozenset(stems(label))
        fitting = [(rank, name) for name in self._names if (rank := self._rank(name, words)) is not None]
        best = min(fitting, default=None)
        return best if best and sum(rank == best[0] for rank, _ in fitting) == 1 else None

    def _rank(self, name: str, words: frozenset[str]) -> int | None:
        own = self._names[name]
        if not own & words:
            return None
        if own == words:
            return 0
        if len(own) > 1 and own < words and len(words) <= len(own) + _MORE_WORDS:
            return 1
        return 2 if words <= self._words[name] else None


def _labelled(text: str) -> Iterator[tuple[str, str]]:
    """What may be labels in a text, and the cell that stands behind each."""
    for line in text.splitlines():
        cells = [cell for cell in _GAP.split(line) if cell.strip(_DECORATION)]
        if cells and ":" not in line and (len(cells) == 1 or not _is_label(cells[0])):
            found = _WORDS_BEFORE_NUMBER.match(cells[0][: 2 * _LONGEST])
            cells[:1] = [found[0], cells[0][found.end() :]] if found else cells[:1]
        for label, cell in pairwise(cells):
            if _is_label(label):
                yield _NO_NAME.sub("", label).strip(_DECORATION), cell


def _is_label(cell: str) -> bool:
    return len(cell) <= _LONGEST and not any(char.isdigit() for char in _NO_NAME.sub("", cell))
