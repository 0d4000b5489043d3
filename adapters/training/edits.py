"""Changes to a document's text, and what a label's values become by them.

A value is never taught that the changed text does not state: it is written as the text now has it, or is
absent where its place is gone, or is not known.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from thresher.adapters.fields import Field
from thresher.adapters.spans import SpanFinder
from thresher.adapters.training.labels import Label
from thresher.adapters.values import is_absent


@dataclass(frozen=True, slots=True)
class Edit:
    """The characters [start, end) are replaced by `text`."""

    start: int
    end: int
    text: str = ""


class Edited:
    """A text after edits, which are in order and do not overlap, and the places of what is left of it."""

    def __init__(self, text: str, edits: Sequence[Edit]) -> None:
        self._edits = edits
        parts, at = [], 0
        for edit in edits:
            parts += [text[at : edit.start], edit.text]
            at = edit.end
        self.text = "".join([*parts, text[at:]])

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """Where [start, end) of the old text now stands; None where an edit reaches over one of its edges."""
        shift = grown = 0
        for edit in self._edits:
            if edit.end <= start:
                shift += len(edit.text) - (edit.end - edit.start)
            elif edit.start >= end:
                break
            elif start <= edit.start and edit.end <= end:
                grown += len(edit.text) - (edit.end - edit.start)
            else:
                return None
        return start + shift, end + shift + grown

    def is_gone(self, start: int, end: int) -> bool:
        """Whether [start, end) of the old text was taken out as a whole."""
        return any(edit.start <= start and end <= edit.end and not edit.text for edit in self._edits)


def without(label: Label, edits: Sequence[Edit]) -> Label:
    """The label with these stretches of its text taken out.

    What was found there alone is absent. Booleans and enums are judged of the whole text, and so are not
    known of a part, but for what was false or absent in all of it.
    """
    return _changed(label, edits, taken_out=True)


def misread(label: Label, edits: Sequence[Edit]) -> Label:
    """The label with these stretches of its text read otherwise.

    A text that is quoted is taught as it now stands; a date, number or person that cannot be read any more is
    not known.
    """
    return _changed(label, edits, taken_out=False)


def _changed(label: Label, edits: Sequence[Edit], taken_out: bool) -> Label:
    if not edits:
        return label
    edited = Edited(label.text, edits)
    before, after = SpanFinder(label.text), SpanFinder(edited.text)
    values: dict[str, Any] = {}
    for field in label.fields:
        if field.name not in label.values:
            continue
        value = label.values[field.name]
        if is_absent(value, field) or (not field.is_quoted and (not taken_out or value is False)):
            values[field.name] = value
        elif field.is_quoted:
            items = value if field.is_list else [value]
            found = [_followed(field, item, edited, before, after, taken_out) for item in items]
            states = {state for state, _ in found}
            if "lost" in states or states == {"unplaced"}:
                continue
            left = list(dict.fromkeys(text for state, text in found if state == "stated"))
            values[field.name] = left if field.is_list else left[0] if left else None
    return replace(label, text=edited.text, values=values)


#: Of a value: it is stated; its place was taken out; it cannot be told any more; no place of it was known.
_State = Literal["stated", "gone", "lost", "unplaced"]


def _followed(
    field: Field, value: Any, edited: Edited, before: SpanFinder, after: SpanFinder, taken_out: bool
) -> tuple[_State, Any]:
    match = before.find(field, value)
    if match is None:
        return "unplaced", None
    gone = taken_out and edited.is_gone(match.start, match.end)
    if after.find(field, value, fuzzy=taken_out) is not None:
        # A number that is found elsewhere may be another one.
        chance = gone and field.type in ("number", "integer")
        return ("lost", None) if chance else ("stated", value)
    if gone:
        return "gone", None
    place = edited.place(match.start, match.end)
    if place is None or not field.is_text:
        return "lost", None
    written = " ".join(edited.text[place[0] : place[1]].split())
    return ("stated", written) if after.find(field, written, fuzzy=False) else ("lost", None)
