"""Texts of labels → their words and pairs of words by number: which of them each text has, and each part.

Knows no label and no weight.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.cues import RUN, pair_of, words_of

#: A cue is in at least so many documents: what is in few is a name, and would tell whose they were.
DOCUMENTS = 6

_WIDE = np.int64
_Known = NDArray[np.int64]


@dataclass(frozen=True)
class CueTexts:
    """Texts, as the numbers of what may be a cue: `cues`, sorted, each in six texts or more.

    `words` and `pairs` are of each text, of shape (its words,): the number of each word, and that of the pair
    that it begins; -1 where it is no cue. `has` is of shape (texts, cues).
    """

    cues: list[str]
    words: list[NDArray[np.int32]]
    pairs: list[NDArray[np.int32]]
    has: NDArray[np.bool_]

    def heaviest(self, text: int, weights: NDArray[np.int64]) -> tuple[int, int]:
        """The first of the eighty words of a text whose cues, each counted once, weigh most, and how much.

        `weights` has shape (cues,) and none is negative. Of equals it is the first.
        """
        each, places, ends = [], [], []
        with_none = np.append(weights, 0)  # where -1 points to
        for numbers, more in ((self.words[text], 0), (self.pairs[text], 1)):
            at = np.flatnonzero(with_none[numbers])
            each.append(numbers[at])
            places.append(at)
            ends.append(at + more)
        cues, first, last = np.concatenate(each), np.concatenate(places), np.concatenate(ends)
        order = np.lexsort((first, cues))
        cues, first, last = cues[order], first[order], last[order]
        # A cue counts for runs that begin behind the one before it, if that is not too far away.
        earliest = np.maximum(last - RUN + 1, 0)
        again = np.flatnonzero(cues[1:] == cues[:-1]) + 1
        earliest[again] = np.maximum(earliest[again], first[again - 1] + 1)
        gains = np.zeros(len(self.words[text]) + 1, dtype=np.int64)
        np.add.at(gains, earliest, weights[cues])
        np.add.at(gains, first + 1, -weights[cues])
        weighs = np.cumsum(gains)
        best = int(np.argmax(weighs))
        return best, int(weighs[best])

    def runs(self, rows: Sequence[int], firsts: Sequence[int]) -> NDArray[np.bool_]:
        """Which cues stand in the eighty words of these texts that begin there, of shape (rows, cues)."""
        has = np.zeros((len(rows), len(self.cues)), dtype=np.bool_)
        for place, (text, at) in enumerate(zip(rows, firsts, strict=True)):
            for numbers in (self.words[text][at : at + RUN], self.pairs[text][at : at + RUN - 1]):
                has[place, numbers[numbers >= 0]] = True
        return has


def cue_texts(texts: Sequence[str]) -> CueTexts:
    """Of these texts, whose words and pairs are in memory together, at some twenty bytes for each word."""
    known: dict[str, int] = {}
    words = [np.array([known.setdefault(w, len(known)) for w in words_of(text)], _WIDE) for text in texts]
    names = list(known)
    often = _frequent(words)
    is_often = np.zeros(len(names), dtype=np.bool_)
    is_often[often] = True
    # A pair is one number, too: its words are two digits of it.
    pairs = [_pairs(each, is_often) for each in words]
    both = _frequent([each[each >= 0] for each in pairs])
    cues = [names[at] for at in often.tolist()]
    cues += [pair_of(*(names[at] for at in divmod(pair, len(names)))) for pair in both.tolist()]
    order = sorted(range(len(cues)), key=cues.__getitem__)
    numbers = np.empty(len(cues), dtype=np.int32)
    numbers[order] = np.arange(len(cues), dtype=np.int32)
    read = CueTexts(
        [cues[at] for at in order],
        [_numbered(each, often, numbers[: len(often)]) for each in words],
        [_numbered(each, both, numbers[len(often) :]) for each in pairs],
        np.zeros((len(texts), len(cues)), dtype=np.bool_),
    )
    for row, each in enumerate(zip(read.words, read.pairs, strict=True)):
        for found in each:
            read.has[row, found[found >= 0]] = True
    return read


def _pairs(words: _Known, is_often: NDArray[np.bool_]) -> _Known:
    """The pair that each word begins; -1 where either is rare, for no such pair is in enough texts."""
    pairs = np.full(len(words), -1, dtype=_WIDE)
    first, second = words[:-1], words[1:]
    pairs[:-1] = np.where(is_often[first] & is_often[second], first * len(is_often) + second, -1)
    return pairs


def _frequent(each: Sequence[_Known]) -> _Known:
    """What is in enough of them, in order."""
    if not each:
        return np.empty(0, dtype=_WIDE)
    found, counts = np.unique(np.concatenate([np.unique(one) for one in each]), return_counts=True)
    return found[counts >= DOCUMENTS]


def _numbered(each: _Known, known: _Known, numbers: NDArray[np.int32]) -> NDArray[np.int32]:
    """These by their numbers as cues; `known` is sorted, and what is not there is -1."""
    if not len(known):
        return np.full(len(each), -1, dtype=np.int32)
    places = np.minimum(np.searchsorted(known, each), len(known) - 1)
    return np.where(known[places] == each, numbers[places], np.int32(-1))
