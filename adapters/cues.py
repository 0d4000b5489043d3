"""Cues: words, and pairs of neighbouring words, that tell that a boolean is true where they stand.

Labels say which they are, or the field's own name and description.
Beside a length of time they tell that a date is counted by it; beside a date, that it is the one asked for;
in a window, that it states a text.
An adapter's manifest has them, for the fields that it learnt. Knows no model and no labels.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

_WORD = re.compile(r"[^\W\d_]+")
#: What has more letters is no word: a key in base64, or a sentence of a script that has no spaces. Folding
#: case makes three of one at the most.
_LONGEST = 60
#: Cues count where they stand together, within so many words: about a clause. In all of a long text they tell
#: little more, and a short one that says the same in one clause has few others (docs/training.md).
RUN = 80
#: Characters that a window holds, about. The model reads all of what is no longer, and tells by that.
LONG = 3000
#: So many cues a field may have.
MOST_CUES = 100
#: Words on each side of a place that stand beside it. Twelve told as much of lengths, in 282 contracts.
_BESIDE = 20
#: Characters in which so many words are looked for.
_REACH = 400
#: What weighs less, in nats, is no place to look at: a *year*, a *notice*.
_LEAST = 1.0
#: Where the odds are lower there is nothing to look at: a chance of one in twenty.
_WORTH_A_LOOK = -3.0

_Weight = Annotated[float, Field(ge=-100, le=100)]


class Cues(BaseModel):
    """The cues of one field, with what each adds to the log odds that it is true; `bias` is without any.

    `labels` is of how many labels they were learnt, 0 of what a field says itself. All is in nats.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    labels: Annotated[int, Field(ge=0)]
    bias: _Weight
    weights: dict[Annotated[str, Field(max_length=2 * 3 * _LONGEST + 1)], _Weight] = Field(
        max_length=MOST_CUES
    )


class Told(NamedTuple):
    """What a text tells of a boolean: the log odds that it is true, in nats, and the characters that tell it.

    Both are of the run of words, at most eighty, whose cues weigh the most, each counted once. The place
    reaches from the first to the last of these that weighs a nat or more, or if none does the most; it is
    None where all together weigh less, and where the chance is less than one in twenty.
    """

    log_odds: float
    place: tuple[int, int] | None


class _Hit(NamedTuple):
    """A cue at a place of the text: its first and last word by number."""

    cue: str
    first: int
    last: int


def told(text: str, cues: Mapping[str, Cues]) -> dict[str, Told]:
    """What the text tells of each boolean, by the name under which its cues are given."""
    asked = defaultdict(list)
    for name, each in cues.items():
        for cue in each.weights:
            asked[cue].append(name)
    words = list(_words(text)) if asked else []
    hits: dict[str, list[_Hit]] = {name: [] for name in cues}
    for at, (word, _, _) in enumerate(words):
        two = pair_of(word, words[at + 1][0]) if at + 1 < len(words) else ""
        for hit in (_Hit(word, at, at), _Hit(two, at, at + 1)):
            for name in asked.get(hit.cue, ()):
                hits[name].append(hit)
    found = {}
    for name, each in cues.items():
        run = _heaviest(hits[name], {cue: _whole(weight) for cue, weight in each.weights.items()})
        # The sum is exact, so the order of the cues does not matter.
        log_odds = each.bias + math.fsum(each.weights[cue] for cue in {hit.cue for hit in run})
        place = None
        if log_odds - each.bias >= _LEAST and log_odds >= _WORTH_A_LOOK:
            least = min(_LEAST, max(each.weights[hit.cue] for hit in run))
            telling = [hit for hit in run if each.weights[hit.cue] >= least]
            place = words[telling[0].first][1], words[max(hit.last for hit in telling)][2]
        found[name] = Told(log_odds, place)
    return found


def _heaviest(hits: Sequence[_Hit], weights: Mapping[str, int]) -> Sequence[_Hit]:
    """All that is in the run of words whose cues weigh the most, each counted once; of equals the first.

    `hits` stand in the order of the text. Weights are as of `_whole`, so that their order changes nothing.
    """
    best, run = 0, hits[:0]
    within: Counter[str] = Counter()
    weight = left = 0
    for right, hit in enumerate(hits):
        within[hit.cue] += 1
        if within[hit.cue] == 1:
            weight += weights[hit.cue]
        # What is too far away falls out, and what comes again: the run that is left is the shortest.
        while hit.last - hits[left].first >= RUN or within[hits[left].cue] > 1:
            gone = hits[left].cue
            within[gone] -= 1
            if not within[gone]:
                weight -= weights[gone]
            left += 1
        if weight > best:
            best, run = weight, hits[left : right + 1]
    return run


def _whole(weight: float) -> int:
    """A weight as a whole number, of which sums are exact: in 10⁻¹² nats."""
    return round(weight * 1e12)


def log_odds(cues: Cues, found: Collection[str]) -> float:
    """What these words and pairs tell together, each counted once, in nats."""
    return cues.bias + math.fsum(weight for cue, weight in cues.weights.items() if cue in found)


def beside(text: str, start: int, end: int) -> str:
    """The characters [start, end) of the text with the twenty words on each side of them."""
    before = text[max(0, start - _REACH) : start].split()[-_BESIDE:]
    behind = text[end : end + _REACH].split()[:_BESIDE]
    return " ".join([*before, text[start:end], *behind])


def words_of(text: str) -> list[str]:
    """The words of a text, which are letters alone, in order and case-folded; none is of more than 60."""
    return [word for word, _, _ in _words(text)]


def cues_in(text: str) -> set[str]:
    """All that may be a cue in a text: its words, and the pairs of neighbouring ones."""
    words = words_of(text)
    return {*words, *map(pair_of, words, words[1:])}


def pair_of(first: str, second: str) -> str:
    """Two words that follow one another, whatever signs and numbers are between them, as a cue."""
    return f"{first} {second}"


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    """Each word with its characters [start, end)."""
    for found in _WORD.finditer(text):
        if found.end() - found.start() <= _LONGEST:
            yield found.group().casefold(), found.start(), found.end()
