"""From which confidence on values may be taken unseen, if a wanted share of them shall be right.

Thresholds are fixed by the share of values above them, and each gets a lower bound on its share of right
values, exact for the binomial (Clopper and Pearson, 1934). They are tried one by one from the surest, while
the bound reaches what is wanted, and the last that does is taken. As the first that does not ends the search,
each may be tried at the whole level (fixed sequence testing, in Learn then Test by Angelopoulos et al.,
2021); dividing it by the thresholds, as Geifman and El-Yaniv do (2017), takes nearly twice the labels. The
search begins among the surest half of the values, where two of them may be wrong, or else one: among the
very surest a mistake or two would end it, further down what is less sure.

The bound takes values as independent. Those of one document are not, so of few documents with many values it
promises too much (docs/extraction.md).
"""

import math
from collections.abc import Sequence
from itertools import takewhile

from thresher.adapters.calibration import Step

#: The chance that the rule takes a threshold which does not keep its promise.
RISK = 0.05
#: Thresholds of a curve: at these tenths of the values, from the surest.
STEPS = 10
#: So many wrong values may be among those of the first threshold, at the most.
MISTAKES = 2


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
    passed = list(takewhile(lambda step: promised(step) >= wanted, _tried(steps, wanted)))
    return passed[-1] if passed else None


def first(steps: Sequence[Step], wanted: float) -> Step:
    """The threshold that is tried first: where it does not pass, nothing is accepted."""
    return _tried(steps, wanted)[0]


def promised(step: Step) -> float:
    """The share of right values that can be promised of a threshold."""
    return lower_bound(step.right, step.values, RISK)


def needed(wanted: float) -> int:
    """How many labelled values, all right, the rule needs at the least."""
    return math.ceil(math.log(RISK) / math.log(wanted))


def _tried(steps: Sequence[Step], wanted: float) -> Sequence[Step]:
    """From the first that would pass with two mistakes, or else one, if it has half of the values at most.

    Else from the first that would pass without a mistake, however deep; where none would, the last alone.
    Which those are follows from how many values are above each, not from how many are right.
    """
    for wrong in range(MISTAKES, -1, -1):
        passing = (at for at, one in enumerate(steps) if _passes(one.values, wrong, wanted))
        at = next(passing, None)
        if at is not None and (not wrong or 2 * steps[at].values <= steps[-1].values):
            return steps[at:]
    return steps[-1:]


def _passes(values: int, wrong: int, wanted: float) -> bool:
    """Whether so many values keep the promise where so many of them are wrong."""
    return values > wrong and _tail(values - wrong, values, wanted) <= RISK


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

    It stops adding where terms no longer count: above `chance` times `values` each is smaller than the last.
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
