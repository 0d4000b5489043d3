"""What stands beside the dates that a text writes out: it tells the day a contract begins from others.

Knows no model.
"""

from collections.abc import Container, Iterable, Mapping, Sequence

from thresher.adapters.cues import beside, cues_in
from thresher.adapters.dates import days_in
from thresher.adapters.fields import Field


def told_beside(fields: Iterable[Field], cued: Container[str]) -> list[str]:
    """The dates whose cues, those of the names `cued`, stand beside them: all but those that are counted."""
    return [one.name for one in fields if one.type == "date" and not one.counted_from and one.name in cued]


def cues_beside(
    text: str, days: Iterable[str], places: Mapping[str, Sequence[tuple[int, int]]] | None = None
) -> dict[str, set[str]]:
    """By day (ISO 8601), all that may be a cue beside it wherever the text writes it; of others nothing.

    `places` is what `days_in` finds in the text; where it is None that is looked for.
    """
    places = days_in(text) if places is None else places
    return {
        day: {cue for start, end in places[day] for cue in cues_in(beside(text, start, end))}
        for day in days
        if day in places
    }
