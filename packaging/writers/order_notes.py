"""Maintenance work orders as other sites write them: notes, sheets, mails, in words of `order_notes.yaml`."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from writers.form_parts import Values, capital, laid_out

from thresher.adapters.training.draw import Draw

NOTES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("order_notes.yaml").read_text("utf-8"))

#: The field that each slot of a note is labelled as.
_FIELDS = {
    "thing": "physical_objects",
    "state": "states",
    "level": "states",
    "process": "processes",
    "activity": "activities",
    "done": "activities",
    "visit": "activities",
    "property": "properties",
}
#: What an order says: what is wrong, what is to be done, or both.
_KINDS = (("fault", "work"), ("fault", "work"), ("fault",), ("work",), ("fault", "fault", "work"))
_JOINTS = (", ", " - ", "; ", ". ", " ", " / ", ", so ", "\n", " -> ")
_LETTERS: tuple[Callable[[str], str], ...] = (str, str, str.lower, str.upper)
_SLOT = re.compile(r"\{(\w+)\}")


class OrderNote:
    """One order: what is wrong or to be done, alone or among an order's other columns."""

    def __init__(self, words: dict[str, Any], draw: Draw) -> None:
        self._draw, self._values = draw, Values(words, draw)
        self._letters = draw.pick(_LETTERS)
        self._day = date(2010, 1, 1) + timedelta(days=draw.below(16 * 365))
        self._gold: dict[str, list[str]] = {field: [] for field in _FIELDS.values()}

    def write(self) -> tuple[str, dict[str, Any]]:
        """Its text, and its gold: what it names, each list in the order of the text."""
        draw = self._draw
        note = self._note()
        match draw.below(6):
            case 0 | 1:
                head = f"{self._of('order')}{draw.pick((' ', ': ', ' - '))}" if draw.chance(0.3) else ""
                text = head + note
            case 2 | 3:
                text = self._sheet(note)
            case 4:
                entries = [*self._columns(), (draw.pick(NOTES["text_heads"]), note.replace("\n", " "))]
                text = laid_out(draw.shuffled(entries), draw)
            case _:
                lines = (draw.pick(NOTES["openings"]), note, draw.pick(NOTES["closings"]))
                text = "\n".join(line for line in lines if line)
        return text, self._gold

    def _note(self) -> str:
        """One to three pieces, mostly what is wrong and then what is to be done; their gold is kept."""
        draw, notes = self._draw, NOTES["notes"]
        kinds = draw.pick(_KINDS)
        joint = draw.pick(_JOINTS)
        parts: list[tuple[str | None, str]] = []
        for kind in kinds:
            parts += [*([(None, joint)] if parts else []), *self._parts(draw.pick(notes[kind]))]
        parts = [(field, self._letters(text)) for field, text in parts]
        if draw.chance(0.2):
            field, text = parts[0]
            parts[0] = field, capital(text)
        for field, text in parts:
            if field:
                self._gold[field].append(text)
        return "".join(text for _, text in parts)

    def _parts(self, note: str) -> list[tuple[str | None, str]]:
        """The pieces of a note with its slots filled, each with the field that it is labelled as."""
        # Every other piece is a slot's name.
        pieces = enumerate(_SLOT.split(note))
        filled = [(_FIELDS.get(text), self._of(text)) if at % 2 else (None, text) for at, text in pieces]
        return [(field, text) for field, text in filled if text]

    def _columns(self) -> list[tuple[str, str]]:
        """What stands beside the text: heads and values."""
        chosen = self._draw.shuffled(NOTES["columns"])[: 1 + self._draw.below(4)]
        return [(self._draw.pick(one["heads"]), self._of(one["kind"])) for one in chosen]

    def _sheet(self, note: str) -> str:
        """A table of one row under its heads."""
        draw = self._draw
        between = draw.pick((",", ",", "\t", "   ", " | ", ";"))
        cells = self._columns()
        text = note.replace("\n", " ")
        if between in (",", ";") and between in text:
            text = f'"{text}"'
        at = draw.below(2) * len(cells)  # the text is the first or the last column
        cells.insert(at, (draw.pick(NOTES["text_heads"]), text))
        return "\n".join(between.join(row) for row in zip(*cells, strict=True))

    def _of(self, kind: str) -> str:
        draw = self._draw
        match kind:
            case "number":
                return str(1 + draw.below(12))
            case "order":
                return f"{draw.pick(('', 'WO ', 'WO-', '#'))}{10_000 + draw.below(90_000)}"
            case "tag":
                letters = "".join(chr(65 + draw.below(26)) for _ in range(1 + draw.below(3)))
                return f"{letters}{draw.pick(('', '-'))}{draw.below(900):0{2 + draw.below(2)}}"
            case "person":
                return str(self._values.of("person", "")[1]).replace(",", "")
            case "day":
                return self._day.strftime(draw.pick(("%d/%m/%Y", "%Y-%m-%d", "%d %b")))
            case "hours":
                return f"{(1 + draw.below(16)) / 2:g}"
            case _:
                return str(draw.pick(NOTES[kind]))
