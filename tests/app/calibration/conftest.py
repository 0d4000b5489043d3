"""Values whose truth is drawn from a known law, so that a calibration can be held against it."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from thresher.app.calibration.calibrator import Labelled
from thresher.app.extraction.signals import Signals, Sureness

Drawer = Callable[..., list[Labelled]]


def signals(total: float, *, tokens: int = 3, absent: bool = False, **other: object) -> Signals:
    known = {"agreement": 1.0, "stated": "none" if absent else "exact", "ocr": None} | other
    return Signals(Sureness(total, total, tokens), absent=absent, **known)  # type: ignore[arg-type]


@pytest.fixture
def drawn() -> Drawer:
    """`drawn(count, seed)`: values of an overconfident model, right with chance sigmoid(logit(p) / 2 - 1)."""

    def draw(count: int, seed: int = 0, absent: bool = False, each: int = 5) -> list[Labelled]:
        random = np.random.default_rng(seed)
        found = []
        for number in range(count):
            chance = float(random.beta(4, 1))
            chance = min(max(chance, 1e-4), 1 - 1e-4)
            logit = math.log(chance / (1 - chance)) / 2 - 1
            right = bool(random.random() < 1 / (1 + math.exp(-logit)))
            found.append(
                Labelled(
                    f"{seed}-{number // each}",
                    f"field {number % each}",
                    signals(math.log(chance), absent=absent),
                    right,
                )
            )
        return found

    return draw
