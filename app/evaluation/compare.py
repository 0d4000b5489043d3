"""Two sets of predictions for the same documents: how far apart their F1 are, and how sure that is.

The documents are drawn again with replacement, each with both of its answers, and the difference is taken
anew: the paired bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13; for
paired systems Koehn, Statistical Significance Tests for Machine Translation Evaluation, 2004). The interval
is that of the percentiles, which few documents make too narrow: so it is widened as Student's t is (the
expanded percentile interval of Hesterberg, What Teachers Should Know about the Bootstrap, 2015). Knows no
adapter and no file.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.training.split import document_key
from thresher.app.evaluation.records import GoldRecord, PredictedRecord
from thresher.app.evaluation.score import Tally, by_id, record_tallies

#: How often the documents are drawn.
RESAMPLES = 1999
#: What an interval leaves out on either side: it is at 95 %.
TAIL = 0.025
#: Fewer documents than this have no interval.
_LEAST = 3
#: So many draws are held in memory at once.
_CHUNK = 200


@dataclass(frozen=True)
class Difference:
    """What one side scores, what the other does, and the first less the second, with its interval at 95 %.

    A number is None where there was nothing to count. `support` is the number of gold values.
    """

    f1: float | None
    other: float | None
    difference: float | None
    interval: tuple[float, float] | None
    support: int

    @property
    def is_above(self) -> bool:
        """Whether the whole interval is above zero."""
        return self.interval is not None and self.interval[0] > 0

    @property
    def is_below(self) -> bool:
        """Whether the whole interval is below zero."""
        return self.interval is not None and self.interval[1] < 0

    def needed(self, documents: int) -> int | None:
        """How many documents would put the interval on one side of zero, were the difference to stay.

        An interval shrinks with the square root of the number of documents. None where no number would.
        """
        if not self.difference or self.interval is None:
            return None
        far_end = self.interval[0] if self.difference > 0 else self.interval[1]
        if far_end * self.difference > 0:
            return documents
        return math.floor(documents * ((self.difference - far_end) / self.difference) ** 2) + 1


@dataclass(frozen=True)
class Comparison:
    """One side beside the other. `became_right` counts records that are right on the first side alone.

    `documents` is what was drawn from: records of one text are one document.
    """

    total: Difference
    fields: dict[str, Difference]
    documents: int
    records: int
    became_right: int
    became_wrong: int

    @property
    def needed(self) -> int | None:
        """How many documents would prove the difference; None where no number would."""
        return self.total.needed(self.documents)


def compare(
    gold: Sequence[GoldRecord],
    first: Iterable[PredictedRecord],
    second: Iterable[PredictedRecord],
    seed: int = 0,
) -> Comparison:
    """The first side beside the second, on the records of `gold`.

    A record without a prediction is all absent. The order of anything changes nothing. Raises
    ValueError where an id comes twice.
    """
    sides = [by_id(first), by_id(second)]
    names = sorted({one.name for record in gold for one in record.fields if one.name in record.output})
    places = {name: at for at, name in enumerate(names)}
    texts = sorted({_document(record) for record in gold})
    rows = {text: at for at, text in enumerate(texts)}
    # Of each document, for each side and field: twice the true positives, and what they are divided by.
    counts = np.zeros((len(texts), 2, len(names), 2))
    support = np.zeros(len(names), dtype=np.int64)
    right = [0, 0]
    for record in gold:
        both = [record_tallies(record, side.get(record.id)) for side in sides]
        well = [not any(counted.fp or counted.fn for counted in tallies.values()) for tallies in both]
        right = [right[0] + (well[0] and not well[1]), right[1] + (well[1] and not well[0])]
        for side, tallies in enumerate(both):
            for name, counted in tallies.items():
                counts[rows[_document(record)], side, places[name]] += _parts(counted)
        for name, counted in both[0].items():
            support[places[name]] += counted.support
    whole = counts.sum(axis=2, keepdims=True)
    total, *fields = _differences(
        np.concatenate([whole, counts], axis=2), [int(support.sum()), *map(int, support)], seed
    )
    return Comparison(total, dict(zip(names, fields, strict=True)), len(texts), len(gold), right[0], right[1])


def _differences(counts: NDArray[np.float64], support: Sequence[int], seed: int) -> list[Difference]:
    """One for each of the columns of `counts`, (documents, 2 sides, columns, 2 parts)."""
    documents, _, columns, _ = counts.shape
    f1 = _f1(counts.sum(axis=0))
    draws = np.empty((RESAMPLES, columns))
    random = np.random.Generator(np.random.Philox(key=seed))
    flat = counts.reshape(documents, 2 * columns * 2)
    for start in range(0, RESAMPLES if documents else 0, _CHUNK):
        size = min(_CHUNK, RESAMPLES - start)
        times = random.multinomial(documents, np.full(documents, 1 / documents), size=size)
        drawn = _f1((times @ flat).reshape(size, *counts.shape[1:]))
        draws[start : start + size] = drawn[:, 0] - drawn[:, 1]
    return [
        Difference(
            f1=_known(f1[0, at]),
            other=_known(f1[1, at]),
            difference=_known(f1[0, at] - f1[1, at]),
            interval=(
                None if math.isnan(f1[0, at] - f1[1, at]) else _interval(draws[:, at], tail(documents))
            ),
            support=support[at],
        )
        for at in range(columns)
    ]


def _f1(parts: NDArray[np.float64]) -> NDArray[np.float64]:
    """2·TP / (2·TP + FP + FN) of the last axis; NaN where nothing was counted."""
    above, below = parts[..., 0], parts[..., 1]
    f1 = np.full(above.shape, np.nan)
    np.divide(above, below, out=f1, where=below > 0)
    return f1


def tail(documents: int) -> float | None:
    """The share of the draws that the interval leaves out on either side; None where there is no interval.

    The normal quantile becomes Student's, by its expansion in 1 / (documents - 1), and the variance of the
    draws, which divides by the number of documents, that of a sample.
    """
    if documents < _LEAST:
        return None
    z, freedom = NormalDist().inv_cdf(1 - TAIL), documents - 1
    t = z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return 1 - NormalDist().cdf(t * math.sqrt(documents / freedom))


def _interval(draws: NDArray[np.float64], tail: float | None) -> tuple[float, float] | None:
    """The ranks that leave a tail on either side. Draws in which a side has nothing to count are left out."""
    known = np.sort(draws[~np.isnan(draws)])
    if tail is None or not known.size:
        return None
    rank = max(math.floor((known.size + 1) * tail), 1)
    return float(known[rank - 1]), float(known[-rank])


def _parts(counted: Tally) -> tuple[int, int]:
    return 2 * counted.tp, 2 * counted.tp + counted.fp + counted.fn


def _known(number: float) -> float | None:
    return None if math.isnan(number) else float(number)


def _document(record: GoldRecord) -> str:
    return document_key(record.text) if record.text else f"id {record.id}"
