"""Booleans that the adapter's cues tell: the model is not asked.

Of a long document a small model hardly tells whether some part of it has a clause; words do
(docs/experiments.md).
"""

import math
from collections.abc import Mapping
from dataclasses import replace

from thresher.adapters.cues import Cues, told
from thresher.app.extraction.evidence import Evidence
from thresher.app.extraction.signals import Sureness
from thresher.app.record import Outcome, Value


def cued_values(evidence: Evidence, cues: Mapping[str, Cues]) -> dict[str, Value]:
    """For each boolean, by name, the likelier of true and false, and where its cues stand.

    Also a false has a place: there one looks whether it is.
    """
    return {name: _value(evidence, *each) for name, each in told(evidence.document.text, cues).items()}


def _value(evidence: Evidence, log_odds: float, place: tuple[int, int] | None) -> Value:
    said = log_odds >= 0
    surely = -math.log1p(math.exp(-abs(log_odds)))
    signals = evidence.judged(Sureness(surely, surely, 0))
    if not said:
        signals = replace(signals, stated="none", absent=True)
    span = evidence.cued(place)
    return Value(said, Outcome.FOUND, math.exp(surely), (span,), signals=(signals,))
