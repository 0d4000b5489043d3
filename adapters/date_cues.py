"""What stands beside the dates that a text writes out: it tells the day a contract begins from others.

Knows no model.
"""

from collections.abc import Collection, Container, Iterable

from thresher.adapters.cues import beside, cues_in
from thresher.adapters.dates import dates_in
from thresher.adapters.fields import Field


def told_beside(fields: Iterable[Field], cued: Container[str]) -> list[str]:
    """The dates whose cues, those of the names `cued`, stand beside them: all but those that are counted."""
    return [one.name for one in fields if one.type == "date" and not one.counted_from and one.name in cued]


def cues_beside(text: str, days: Collection[str]) -> dict[str, set[str]]:
    """By day (ISO 8601), all that may be a cue beside it wherever the text writes it; of others nothing."""
    found: dict[str, set[str]] = {}
    for start, end, day in dates_in(text):
        if day in days:
            found.setdefault(day, set()).update(cues_in(beside(text, start, end)))
    return found
