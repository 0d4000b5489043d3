"""A date that is counted: a length of time in the text, after another date of the record.

Which of a text's lengths it is, the cues of the field tell, by the words beside each. Knows no model.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from thresher.adapters.cues import Cues, beside, cues_in, log_odds
from thresher.adapters.fields import Field
from thresher.adapters.lengths import Length, lengths_in


class Counted(NamedTuple):
    """A day, the length of time after which it is, and the log odds, in nats, that it is this one."""

    day: date
    length: Length
    log_odds: float


def start_of(field: Field, fields: Sequence[Field], values: Mapping[str, Any]) -> str | None:
    """The date that the field is counted from: the first that has a value, by name; None where none has."""
    dates = {one.name for one in fields if one.type == "date"}
    return next((name for name in field.counted_from if name in dates and values.get(name)), None)


def start_day(field: Field, fields: Sequence[Field], values: Mapping[str, Any]) -> date | None:
    """The same as a day."""
    start = start_of(field, fields, values)
    return date.fromisoformat(values[start]) if start else None


def counted(text: str, start: date, cues: Cues) -> Counted | None:
    """The day that a length of time in the text most likely leads to; of equals the first. None of none."""
    found = [
        Counted(day, length, log_odds(cues, cues_in(beside(text, length.start, length.end))))
        for length in lengths_in(text)
        if (day := length.after(start)) is not None
    ]
    return max(found, key=lambda one: one.log_odds, default=None)
