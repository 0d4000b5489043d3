"""Does 0.9 mean right nine times in ten? The expected calibration error and the reliability table.

Knows no record: a confidence and whether the value was right are all it takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Bins of equal mass: of those of equal width most would be empty, and their error is the more biased one
#: (Roelofs and others, "Mitigating bias in calibration error estimation", 2022).
BINS = 10
#: Draws by which the error of a perfect calibration is estimated.
_DRAWS = 200


@dataclass(frozen=True)
class Bin:
    """Values of like confidence: their mean confidence, the share that is right, how many they are."""

    confidence: float
    right: float
    values: int


def reliability(confidences: Sequence[float], right: Sequence[bool], bins: int = BINS) -> list[Bin]:
    """The table: bins of about equally many values, the least sure first.

    Values of the same confidence are never parted, so that there may be fewer bins.
    """
    said, truth = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    return [Bin(float(said[each].mean()), float(truth[each].mean()), len(each)) for each in _bins(said, bins)]


def expected_calibration_error(
    confidences: Sequence[float], right: Sequence[bool], bins: int = BINS
) -> float | None:
    """The mean, over values, of how far their bin's confidence is from its share of right ones.

    As Naeini, Cooper and Hauskrecht (2015) define it, with bins of equal mass. None where there is no value.
    """
    table = reliability(confidences, right, bins)
    return _error(table) if table else None


def error_if_perfect(confidences: Sequence[float], bins: int = BINS, seed: int = 0) -> float | None:
    """The error that these confidences would show on average if each were exactly true.

    Few values show one above 0 by chance: it is what an error must be read beside. None without values.
    """
    said = np.asarray(confidences, dtype=np.float64)
    if not len(said):
        return None
    groups = _bins(said, bins)
    draws = np.random.default_rng(seed).random((_DRAWS, len(said))) < said
    gaps = [abs(draws[:, each].mean(axis=1) - said[each].mean()) * len(each) for each in groups]
    return float(np.sum(gaps, axis=0).mean() / len(said))


def brier_score(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """The mean square of confidence minus 1 or 0: calibration and sharpness in one. None without values."""
    if not len(confidences):
        return None
    said, truth = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    return float(((said - truth) ** 2).mean())


def _error(table: Sequence[Bin]) -> float:
    whole = sum(each.values for each in table)
    return sum(abs(each.confidence - each.right) * each.values for each in table) / whole


def _bins(said: Floats, bins: int) -> list[NDArray[np.intp]]:
    """The indices of each bin's values."""
    if not len(said):
        return []
    ordered = np.sort(said)
    edges = np.unique(ordered[[len(said) * number // bins for number in range(1, bins)]])
    places = np.searchsorted(edges, said, side="right")
    return [each for number in range(len(edges) + 1) if len(each := np.flatnonzero(places == number))]
