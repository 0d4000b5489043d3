"""Cues: words, and pairs of neighbouring words, of which labels tell that a boolean is true where they stand.

An adapter's manifest has them, for the booleans that it learnt. Knows no model and no labels.
"""

import math
import re
from collections.abc import Set
from itertools import pairwise
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

_WORD = re.compile(r"[^\W\d_]+")
#: What has more letters is no word: a key in base64, or a sentence of a script that has no spaces.
_LONGEST = 60

_Weight = Annotated[float, Field(ge=-100, le=100)]


class Cues(BaseModel):
    """The cues of one boolean, with what each adds to the log odds that it is true; `bias` is without any.

    `labels` is of how many labels they were learnt.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    labels: Annotated[int, Field(ge=1)]
    bias: _Weight
    weights: dict[Annotated[str, Field(max_length=2 * _LONGEST + 1)], _Weight] = Field(max_length=100)

    def log_odds(self, found: Set[str]) -> float:
        """The log odds, in nats, that the boolean is true of a text with these words and pairs."""
        # The sum is exact, so the order of the manifest's keys does not matter.
        return math.fsum((self.bias, *(weight for cue, weight in self.weights.items() if cue in found)))


def words_of(text: str) -> list[str]:
    """The words of a text, which are letters alone, in order and case-folded; none is of more than 60."""
    return [word for word in _WORD.findall(text.casefold()) if len(word) <= _LONGEST]


def words_and_pairs(text: str) -> set[str]:
    """What may be a cue: the words of a text, and each two that follow one another."""
    words = words_of(text)
    return {*words, *(pair_of(*two) for two in pairwise(words))}


def pair_of(first: str, second: str) -> str:
    """Two words that follow one another, whatever signs and numbers are between them, as a cue."""
    return f"{first} {second}"
