"""Labels → the cues of dates that are counted: a logistic regression on what stands beside lengths of time.

A label has the day on which a contract ends, its text "an initial term of five (5) years". Of each length of
time it is known whether it leads from the other date to this day.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.counted_dates import beside, start_of
from thresher.adapters.cues import Cues, cues_in
from thresher.adapters.lengths import lengths_in
from thresher.adapters.training.cue_texts import DOCUMENTS
from thresher.adapters.training.cue_weights import LEAST, MOST, telling, weighed
from thresher.adapters.training.labels import Label

#: Many labels have the last day of the time, others the first behind it.
_NEAR = timedelta(days=1)


@dataclass(frozen=True)
class _Beside:
    """What stands beside a length of time, of a label by number, and whether the date is counted by it."""

    label: int
    cues: frozenset[str]
    counts: bool


def learn_counted(labels: Sequence[Label]) -> dict[str, Cues]:
    """The cues of each date that is counted in enough of these labels."""
    told_of = labels[:MOST]
    names = {field.name for label in told_of for field in label.fields if field.counted_from}
    learnt = {name: _learnt(list(_lengths(told_of, name))) for name in sorted(names)}
    return {name: cues for name, cues in learnt.items() if cues is not None}


def _lengths(labels: Sequence[Label], name: str) -> Iterator[_Beside]:
    """Those of all labels that know the date, and one from which it is counted."""
    for number, label in enumerate(labels):
        field = next((field for field in label.fields if field.name == name), None)
        start = start_of(field, label.fields, label.values) if field else None
        if start is None or name not in label.values:
            continue
        begun = date.fromisoformat(label.values[start])
        for length in lengths_in(label.text):
            if (day := length.after(begun)) is not None:
                cues = frozenset(cues_in(beside(label.text, length)))
                yield _Beside(number, cues, _is_near(label.values[name], day))


def _is_near(value: Any, day: date) -> bool:
    return value is not None and abs(date.fromisoformat(value) - day) <= _NEAR


def _learnt(found: Sequence[_Beside]) -> Cues | None:
    """None of too few."""
    truth = np.array([one.counts for one in found], dtype=np.bool_)
    if len({one.label for one in found if one.counts}) < LEAST or (~truth).sum() < LEAST:
        return None
    by_label: dict[int, set[str]] = {}
    for one in found:
        by_label.setdefault(one.label, set()).update(one.cues)
    documents = Counter(cue for cues in by_label.values() for cue in cues)
    # What is in few is a name, and would tell whose they were.
    cues = sorted(cue for cue, count in documents.items() if count >= DOCUMENTS)
    true, false = (_having(cues, [one for one in found if one.counts is said]) for said in (True, False))
    chosen = [cues[at] for at in telling(true, false, truth)]
    has = np.array([[cue in one.cues for cue in chosen] for one in found], dtype=np.bool_)
    bias, *weights = weighed(has, truth).tolist()
    told_by = {cue: round(weight, 3) for cue, weight in zip(chosen, weights, strict=True) if weight > 0.0005}
    return Cues(labels=len(by_label), bias=round(bias, 3), weights=told_by)


def _having(cues: Sequence[str], found: Sequence[_Beside]) -> NDArray[np.int64]:
    """How many have each cue, of shape (cues,)."""
    having = Counter(cue for one in found for cue in one.cues)
    return np.array([having[cue] for cue in cues], dtype=np.int64)
