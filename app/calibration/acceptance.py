"""From which confidence on values may be taken unseen, if a wanted share of them shall be right.

The rule is that of selective classification with guaranteed risk (Geifman and El-Yaniv, 2017): thresholds
are fixed by the share of values above them, each gets a lower bound on its share of right values, exact for
the binomial (Clopper and Pearson, 1934) and at a level divided by the number of thresholds tried, and the
lowest threshold whose bound reaches what is wanted is taken. Few labels give wide bounds, and so none.
"""

import math
from collections.abc import Sequence

from thresher.adapters.calibration import Step

#: The chance that the rule takes a threshold which does not keep its promise.
RISK = 0.05
#: Thresholds tried: at these tenths of the values, from the surest.
STEPS = 10


def curve(confidences: Sequence[float], right: Sequence[bool]) -> tuple[Step, ...]:
    """The thresholds of a set of labelled values, the surest first; equal confidences are not parted."""
    ordered = sorted(zip(confidences, right, strict=True), key=lambda pair: -pair[0])
    steps: dict[float, Step] = {}
    for number in range(1, STEPS + 1):
        at = math.ceil(len(ordered) * number / STEPS)
        if not at:
            continue
        floor = ordered[at - 1][0]
        taken = [truth for confidence, truth in ordered if confidence >= floor]
        steps[floor] = Step(floor, len(taken), sum(taken))
    return tuple(steps.values())


def threshold(steps: Sequence[Step], wanted: float) -> Step | None:
    """The lowest threshold of which the share `wanted` can be promised; None where there is none."""
    return next((step for step in reversed(steps) if promised(step) >= wanted), None)


def promised(step: Step) -> float:
    """The share of right values that can be promised of a threshold, as one of those tried."""
    return lower_bound(step.right, step.values, RISK / STEPS)


def needed(wanted: float) -> int:
    """How many labelled values, all right, the rule needs at the least."""
    return math.ceil(math.log(RISK / STEPS) / math.log(wanted))


def lower_bound(right: int, values: int, risk: float) -> float:
    """With a chance of 1 - `risk` the true share of right ones is not below, given `right` of `values`."""
    if not right:
        return 0.0
    low, high = 0.0, right / values
    for _ in range(60):
        middle = (low + high) / 2
        if _tail(right, values, middle) > risk:
            high = middle
        else:
            low = middle
    return low


def _tail(right: int, values: int, chance: float) -> float:
    """The probability that `values` draws, each right with `chance`, have `right` right ones or more.

    `chance` is below `right` / `values`: there each term is smaller than the one before.
    """
    if chance <= 0:
        return 0.0
    ways = math.lgamma(values + 1) - math.lgamma(right + 1) - math.lgamma(values - right + 1)
    first = ways + right * math.log(chance) + (values - right) * math.log1p(-chance)
    term = total = 1.0
    for k in range(right, values):
        term *= (values - k) / (k + 1) * chance / (1 - chance)
        total += term
        if term < total * 1e-17:
            break
    return math.exp(first) * total
