"""Cues of booleans that no adapter has learnt: the words of their own names and descriptions.

Of a long document a small model hardly tells whether some part of it has a clause. Where many of a field's
words stand together, and the rest of the document has them seldom, it mostly does (docs/experiments.md).
"""

import math
from collections.abc import Mapping, Sequence

from thresher.adapters.cues import LONG, MOST_CUES, Cues, words_of
from thresher.adapters.field_words import said_by, stems
from thresher.adapters.fields import Field

#: A word that is one of e⁴ of the document's, or more, tells of no part of it.
_COMMON = 4.0
#: A field that says fewer words, without common ones, tells too little.
_LEAST = 3
#: Of the words of all fields a document has at least this share, or it is in another language than they are.
_KNOWN = 0.1
#: A logistic regression on fifteen kinds of clauses in 282 contracts: the log odds where no word stands, what
#: all words of a field together add, and what each adds for each nat by which it is rarer.
_BIAS, _ALL, _EACH = -3.3, 2.2, 0.18


def described_cues(fields: Sequence[Field], text: str) -> dict[str, Cues]:
    """Of each boolean, by name, what its words weigh in this text; none where the text is short.

    A word of the field weighs the more the rarer it is here; a common one weighs nothing. A field that says
    fewer than three others has no cues. Nor has one of which a word of the name is common: the text is about
    it, and where its words stand tells little.
    """
    booleans = [field for field in fields if field.type == "boolean"]
    if not booleans or len(text) <= LONG:
        return {}
    words = _Words(text)
    of_all = set().union(*map(said_by, fields))
    if len(of_all & words.counts.keys()) < _KNOWN * len(of_all):
        return {}
    cues = {}
    for field in booleans:
        rare = {stem: nats for stem in said_by(field) if (nats := words.nats(stem)) > 0}
        if len(rare) >= _LEAST and stems(field.name).keys() <= rare.keys():
            cues[field.name] = words.cues(rare)
    return cues


class _Words:
    """The words of a text: how many there are, of each its stem, and of each stem its count."""

    def __init__(self, text: str) -> None:
        found = words_of(text)
        self._total = len(found)
        self._stem = {word: stem for word in set(found) for stem in stems(word)}
        self.counts = stems(text)

    def nats(self, stem: str) -> float:
        """By how much a stem is rarer than what is common."""
        return math.log(self._total / max(self.counts[stem], 1)) - _COMMON

    def cues(self, rare: Mapping[str, float]) -> Cues:
        """Those of a field that says these stems, of each its nats."""
        worth = _ALL / sum(rare.values()) + _EACH
        weights = {word: round(worth * rare[stem], 3) for word, stem in self._stem.items() if stem in rare}
        heaviest = sorted(weights.items(), key=lambda each: (-each[1], each[0]))[:MOST_CUES]
        return Cues(labels=0, bias=_BIAS, weights=dict(heaviest))
