"""The values that stand behind a field's label: of a field that the model has not learnt they go first.

A small model takes the neighbour's number as often, or says that there is none. docs/experiments.md has
what it is worth.
"""

import math
import re
from collections.abc import Sequence
from typing import Any

from thresher.adapters.answer import ITEM_SEPARATOR, render_value, stated_places
from thresher.adapters.conventions import Conventions
from thresher.adapters.dates import dates_in
from thresher.adapters.fields import Field
from thresher.app.engine.field_labels import FieldLabels
from thresher.app.engine.preferred import Preferred, preferred

#: What may stand before a value in its cell, beside signs: one word, as in "EUR 9,126" and "Mon, 8 Sep 2025".
_BEFORE = re.compile(r"[\W_]*(?:[^\W\d_]+[\W_]*)?")
#: How a form says that something holds, and that it does not.
_YES = re.compile(r"[\s*_]*(?:(?:yes|y|true|x|ja|oui|s[ií]|sim)\b|[☒☑✓✔]|\[[x✓]\])", re.I)
_NO = re.compile(r"[\s*_]*(?:(?:no|n|false|nein|nee|non|não)\b(?!\.?\s?\d)|☐|\[ \])", re.I)
#: What says that there is no value.
_NOTHING = re.compile(r"[\W_]*(?:(?:n/?a|nil|no|none|null|unknown)[\W_]*|not\b.*)?", re.I)
#: What an answer has behind a scalar: 12 is also how 120 begins.
_ENDS = (ITEM_SEPARATOR.rstrip(), "}")
#: Of the dates and numbers that stood so in training documents 97 in 100 were right.
_SURENESS = math.log(0.95)


def labelled_values(
    fields: Sequence[Field], labels: FieldLabels, text: str, conventions: Conventions
) -> tuple[Preferred, ...]:
    """For each field that a window's text labels: the date, the number, the yes or no behind its best labels.

    Of texts and lists, that there is a value. Of a label with nothing behind it, nothing.
    """
    cells = labels.cells(text)
    found = []
    for field in fields:
        by_fit = cells.get(field.name, ())
        each = ([way for cell in alike for way in _ways(field, cell, conventions)] for alike in by_fit)
        if ways := next(filter(None, each), None):
            is_open = field.is_worded  # what the value is the model says
            found.append(preferred(field.name, dict.fromkeys(ways), None if is_open else _SURENESS))
    return tuple(found)


def answered(fields: Sequence[Field], labels: FieldLabels, text: str) -> set[str]:
    """The booleans, by name, to which a text has a yes or a no behind a label of theirs."""
    booleans = {field.name for field in fields if field.type == "boolean"}
    return {
        name
        for name, by_fit in labels.cells(text).items()
        if name in booleans and any(_holds(cell) for alike in by_fit for cell in alike)
    }


def _ways(field: Field, cell: str, conventions: Conventions) -> list[str]:
    """How an answer begins that states what is in the cell; none where the cell has no value of the field."""
    if field.is_stated:
        return [render_value(value) + end for value in _first(field, cell, conventions) for end in _ENDS]
    if field.type == "boolean":
        return [render_value(holds) for holds in _holds(cell)]
    if not field.is_worded or _NOTHING.fullmatch(cell):
        return []
    return ['["' if field.is_list else '"']


def _holds(cell: str) -> list[bool]:
    """Whether a cell says yes, or no; nothing where it says neither."""
    return [holds for holds, said in ((True, _YES), (False, _NO)) if said.match(cell)]


def _first(field: Field, cell: str, conventions: Conventions) -> list[Any]:
    """The date or the number that a cell begins with, in all of its readings."""
    found = stated_places(field, cell, conventions)
    if field.type != "date":
        days = list(dates_in(cell, conventions.dates))
        found = [one for one in found if not any(start <= one[0] < end for start, end, _ in days)]
    at = min((start for start, _, _ in found), default=0)
    if not _BEFORE.fullmatch(cell[:at]):
        return []
    return sorted({value for start, _, value in found if start == at})
