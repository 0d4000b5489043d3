"""Documents shown with their answers before the one that is asked about: they tell what a field means.

Short ones, and few: every prompt of a run has them, and what is asked about needs the room.
"""

from collections.abc import Iterable
from dataclasses import dataclass

#: A longer document is none to be shown, in characters.
LONGEST = 700
#: All that is shown, but for the last one's answer, in characters.
_ROOM = 1600


@dataclass(frozen=True)
class Shot:
    """A document's text, and the answer that is right, as an answer is written."""

    text: str
    answer: str


def beside(shots: Iterable[Shot], text: str) -> tuple[Shot, ...]:
    """Those that are shown before a document of this text: none is shown before itself."""
    own = text.strip()
    return tuple(one for one in shots if one.text != own)


def that_fit(shots: Iterable[Shot]) -> tuple[Shot, ...]:
    """Those that are short and have room beside the ones before them."""
    kept: list[Shot] = []
    room = _ROOM
    for one in shots:
        if len(one.text) <= min(LONGEST, room):
            kept.append(one)
            room -= len(one.text) + len(one.answer)
    return tuple(kept)
