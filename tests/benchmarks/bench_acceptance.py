"""What share of the values goes unseen, and how often more of it is wrong: bench_acceptance.py [DRAWS]

Labelled values are drawn for each calibration of the adapters that ship: how often a value is right, by its
place among the surest, is what that calibration's curve says. A row for each number of labels and each wanted
share of right ones, with the mean over the calibrations: the share that could go unseen if that were known,
and, by how many of the surest values may be wrong where the search begins, the share that the rule accepts
(in brackets: in how many of the draws fewer are right in truth than were promised; 5 % is what may be).
"""

import sys

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.calibration import CALIBRATION_FILE, Group, read_calibrations
from thresher.adapters.pack_library import SHIPPED
from thresher.app.calibration import acceptance

LABELS = (60, 100, 150, 300, 800)
WANTED = (0.9, 0.95, 0.98)
MISTAKES = (0, 1, 2, 3, 5)
#: Places among the values, the surest first, at which the truth is told.
PLACES = (np.arange(2000) + 0.5) / 2000


def main() -> None:
    """Prints a row for each number of labels and each wanted share."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    files = sorted(SHIPPED.glob(f"*/adapters/*/{CALIBRATION_FILE}"))
    groups = [one.stated for file in files for one in read_calibrations(file)]
    truths = [chances(group) for group in groups if group is not None and group.curve]
    sys.stdout.write(f"{'labels':>8}{'wanted':>8}{'known':>8}" + "".join(f"{n:>14}" for n in MISTAKES) + "\n")
    for labels in LABELS:
        for wanted in WANTED:
            known = np.mean([float(np.mean(shares(one) >= wanted)) for one in truths])
            cells = [told(truths, labels, wanted, mistakes, draws) for mistakes in MISTAKES]
            sys.stdout.write(f"{labels:>8}{wanted:>8}{known:>8.0%}{''.join(cells)}\n")
            sys.stdout.flush()


def chances(group: Group) -> NDArray[np.float64]:
    """How often the value at each of `PLACES` is right: the curve's steps, the surest the best of them."""
    ends = np.array([0, *(step.values for step in group.curve)])
    right = np.diff([0, *(step.right for step in group.curve)]) / np.diff(ends)
    middles = (ends[1:] + ends[:-1]) / 2 / ends[-1]
    return np.interp(PLACES, middles, np.sort(right)[::-1])


def shares(truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the values down to each of `PLACES`, the share that is right."""
    return np.cumsum(truth) / np.arange(1, len(truth) + 1)


def told(truths: list[NDArray[np.float64]], labels: int, wanted: float, mistakes: int, draws: int) -> str:
    """The mean share accepted, and how often the promise was broken."""
    random = np.random.default_rng(0)
    taken = broken = 0.0
    acceptance.MISTAKES = mistakes
    for truth in truths:
        right_down_to = shares(truth)
        for _ in range(draws):
            places = np.sort(random.random(labels))
            right = random.random(labels) < np.interp(places, PLACES, truth)
            steps = acceptance.curve((1 - places).tolist(), right.tolist())
            if (step := acceptance.threshold(steps, wanted)) is not None:
                taken += 1 - step.confidence
                broken += bool(np.interp(1 - step.confidence, PLACES, right_down_to) < wanted)
    count = draws * len(truths)
    return f"{taken / count:>7.1%} ({broken / count:.1%})"


if __name__ == "__main__":
    main()
