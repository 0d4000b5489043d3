"""Which windows of a long document are asked about, and taught: those whose words fit the fields best.

Knows no model: only the words of the windows, those of the fields' names and descriptions, and what labels
taught of them.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from thresher.adapters.cues import Cues, cues_in, log_odds
from thresher.adapters.field_words import STOP
from thresher.adapters.fields import Field

#: Windows at the front that are always asked: titles, parties and dates stand there.
_FRONT = 2
#: The usual constants of BM25: how soon a word's repetition counts no more, and how much length matters.
_SATURATION, _LENGTH = 1.2, 0.75
#: Words longer than this are cut there: "terminates" and "termination" are one.
_STEM = 5

_WORD = re.compile(r"[^\W\d_]+|\d+")
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b")
_DIGIT = re.compile(r"\d")
#: How many dates or digits make a window half as good as can be for a field of that type.
_HALF = {"date": (_DATE, 2), "number": (_DIGIT, 30), "integer": (_DIGIT, 30)}


def best_windows(
    texts: Sequence[str],
    fields: Sequence[Field],
    most: int | None,
    cues: Mapping[str, Cues] = MappingProxyType({}),
) -> list[int]:
    """The numbers of at most `most` of a document's windows, in order; of all where it is None.

    Of windows beyond the first two, each field in turn takes the one that ranks highest for it by BM25
    (Robertson and others, Okapi at TREC-3, 1994) over the stems of its name and description; a word that many
    fields have counts less, and dates and digits count for fields of those types. A text, a person or a list
    that has `cues`, by its name, takes the one that states it most probably by these. Of equals the earliest
    goes first.
    """
    if most is None or len(texts) <= most:
        return list(range(len(texts)))
    cued = {field.name: cues[field.name] for field in fields if field.is_worded and field.name in cues}
    found = [cues_in(text) for text in texts] if cued else []
    ranks = [
        _ranked([log_odds(cued[field.name], each) for each in found] if field.name in cued else fits)
        for field, fits in zip(fields, _fits(texts, fields), strict=True)
    ]
    chosen = list(range(min(_FRONT, most)))
    for place in range(len(texts)):
        for rank in ranks:
            if len(chosen) == most:
                return sorted(chosen)
            if rank[place] not in chosen:
                chosen.append(rank[place])
    return sorted(chosen)


def _ranked(scores: Sequence[float]) -> list[int]:
    """The windows, the best first; of equals the earliest."""
    return sorted(range(len(scores)), key=lambda number: -scores[number])


def _fits(texts: Sequence[str], fields: Sequence[Field]) -> list[list[float]]:
    """For each field how well its words fit each window."""
    bags = [Counter(_stems(text)) for text in texts]
    holding = Counter(stem for bag in bags for stem in bag)
    lengths = [bag.total() for bag in bags]
    mean = sum(lengths) / len(lengths) or 1.0
    asked = [frozenset(_stems(f"{field.name} {field.description}")) for field in fields]
    sharing = Counter(stem for stems in asked for stem in stems)

    def score(number: int, stems: frozenset[str]) -> float:
        bag, total = bags[number], 0.0
        for stem in stems & bag.keys():
            rarity = math.log(1 + (len(texts) - holding[stem] + 0.5) / (holding[stem] + 0.5))
            flat = _SATURATION * (1 - _LENGTH + _LENGTH * lengths[number] / mean)
            count = bag[stem] * (_SATURATION + 1) / (bag[stem] + flat)
            total += rarity * count / math.sqrt(sharing[stem])
        return total

    fits = []
    for field, stems in zip(fields, asked, strict=True):
        typed = _typed(texts, field)
        fits.append([score(number, stems) + typed[number] for number in range(len(texts))])
    return fits


def _typed(texts: Sequence[str], field: Field) -> list[float]:
    """From 0 to 1 for each window: how much of the field's type stands in it."""
    if field.type not in _HALF:
        return [0.0] * len(texts)
    pattern, half = _HALF[field.type]
    counts = [len(pattern.findall(text)) for text in texts]
    return [count / (count + half) for count in counts]


def _stems(text: str) -> list[str]:
    words = _WORD.findall(text.lower())
    return [
        word[:_STEM] if len(word) > _STEM else word.removesuffix("s") for word in words if word not in STOP
    ]
