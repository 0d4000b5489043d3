"""What share of the values can be taken unseen at which rate of error: the risk-coverage curve.

After El-Yaniv and Wiener (2010). Knows no record.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Point:
    """The values at least as sure as `confidence`: their share of all, and the wrong share of them."""

    confidence: float
    coverage: float
    risk: float


def risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> list[Point]:
    """A point for each confidence that occurs, the surest first."""
    said = np.asarray(confidences, dtype=np.float64)
    order = np.argsort(-said, kind="stable")
    said, wrong = said[order], np.cumsum(~np.asarray(right, dtype=bool)[order])
    # Values of the same confidence are taken together or not at all.
    ends = np.flatnonzero(np.append(said[1:] != said[:-1], True)) if len(said) else ()
    return [Point(float(said[at]), float((at + 1) / len(said)), float(wrong[at] / (at + 1))) for at in ends]


def area(points: Sequence[Point]) -> float | None:
    """The area under the curve: the mean, over values, of the risk at each one's confidence; less is better.

    None where there is no value.
    """
    if not points:
        return None
    before, total = 0.0, 0.0
    for point in points:
        total += (point.coverage - before) * point.risk
        before = point.coverage
    return total


def coverage_at(points: Sequence[Point], right: float) -> Point | None:
    """The farthest point at which at least the share `right` is right; None where there is none.

    It holds for the values at hand: what may be promised of others is `app.calibration.acceptance`'s to say.
    """
    return next((point for point in reversed(points) if 1 - point.risk >= right - 1e-12), None)


def thinned(points: Sequence[Point], most: int) -> list[Point]:
    """At most so many of the points, evenly over the coverage, the last one among them."""
    wanted = [(number + 1) / most for number in range(most)]
    at = [next(i for i, point in enumerate(points) if point.coverage >= w - 1e-12) for w in wanted if points]
    return [points[each] for each in dict.fromkeys(at)]
