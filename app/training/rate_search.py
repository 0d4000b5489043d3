"""The search for a learning rate: which one to try next, given the losses of those that were tried.

Pure: knows no run and no trainer. Rates are the base's default times powers of two; an exponent names one.
"""

import math
from collections.abc import Mapping

#: How far from the default a rate may be: a sixteenth of it, sixteen times it.
LOWEST, HIGHEST = -4, 4


def rate_of(default: float, exponent: int) -> float:
    """The rate, `default` * 2 ** `exponent`, to three digits, so that what is told is what is used."""
    return float(f"{default * 2.0**exponent:.3g}")


def next_exponent(losses: Mapping[int, float]) -> int | None:
    """The exponent to try next; None when the best one is between two that are worse, or at the end.

    `losses` are those so far, in nats, by exponent; infinite where a run diverged. From the default the
    search goes to the side that is better, doubling or halving, until the loss rises.
    """
    best = best_exponent(losses)
    if best is None:
        return 0
    diverged = min((exponent for exponent, loss in losses.items() if math.isinf(loss)), default=HIGHEST + 1)
    for exponent in (best + 1, best - 1):
        # Where one rate diverged, a higher one would too.
        if LOWEST <= exponent <= HIGHEST and exponent < diverged and exponent not in losses:
            return exponent
    return None


def best_exponent(losses: Mapping[int, float]) -> int | None:
    """The exponent of the lowest loss, of equal ones the lower; None where there is none yet."""
    return min(losses, key=lambda exponent: (losses[exponent], exponent), default=None)


def least_tries_left(losses: Mapping[int, float]) -> int:
    """How many more tries there are at least: as many as if none of them were better."""
    assumed = dict(losses)
    while (exponent := next_exponent(assumed)) is not None:
        # Finite, so that it rules out no higher rate, and worse than any that was tried.
        assumed[exponent] = max((loss for loss in assumed.values() if math.isfinite(loss)), default=0.0) + 1.0
    return len(assumed) - len(losses)
