"""What stands beside places in labelled texts → cues of those that are meant, by a logistic regression.

Of each place it is known whether it is meant, so runs need not be found as those of booleans are.
"""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.cues import Cues
from thresher.adapters.training.cue_texts import DOCUMENTS
from thresher.adapters.training.cue_weights import LEAST, telling, weighed


@dataclass(frozen=True)
class Beside:
    """What stands beside a place in the text of a label, by number, and whether that place is meant."""

    label: int
    cues: Set[str]
    meant: bool


def learn_beside(places: Mapping[str, Sequence[Beside]]) -> dict[str, Cues]:
    """The cues of each field, by name, of which enough labels have a place that is meant, and other places.

    `places` are those that tell of each field.
    """
    learnt = {name: _learnt(places[name]) for name in sorted(places)}
    return {name: cues for name, cues in learnt.items() if cues is not None}


def _learnt(found: Sequence[Beside]) -> Cues | None:
    truth = np.array([one.meant for one in found], dtype=np.bool_)
    if len({one.label for one in found if one.meant}) < LEAST or (~truth).sum() < LEAST:
        return None
    by_label: dict[int, set[str]] = {}
    for one in found:
        by_label.setdefault(one.label, set()).update(one.cues)
    documents = Counter(cue for cues in by_label.values() for cue in cues)
    # What is in few is a name, and would tell whose they were.
    cues = sorted(cue for cue, count in documents.items() if count >= DOCUMENTS)
    true, false = (_having(cues, [one for one in found if one.meant is said]) for said in (True, False))
    chosen = [cues[at] for at in telling(true, false, truth)]
    has = np.array([[cue in one.cues for cue in chosen] for one in found], dtype=np.bool_)
    bias, *weights = weighed(has, truth, np.zeros(len(chosen), dtype=np.bool_)).tolist()
    told_by = {cue: round(weight, 3) for cue, weight in zip(chosen, weights, strict=True) if weight > 0.0005}
    return Cues(labels=len(by_label), bias=round(bias, 3), weights=told_by)


def _having(cues: Sequence[str], found: Sequence[Beside]) -> NDArray[np.int64]:
    """How many have each cue, of shape (cues,)."""
    having = Counter(cue for one in found for cue in one.cues)
    return np.array([having[cue] for cue in cues], dtype=np.int64)
