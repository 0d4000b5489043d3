"""Dates that the document does not write out, counted from another of the record by a length of time in it.

"This Agreement shall continue for five (5) years" has no day. The adapter's cues tell which length is meant;
the model is not asked (docs/extraction.md).
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date

from thresher.adapters.counted_dates import Counted, counted, start_of
from thresher.adapters.cues import Cues
from thresher.adapters.fields import Field
from thresher.app.extraction.evidence import Evidence
from thresher.app.extraction.signals import Sureness, together
from thresher.app.record import Outcome, Value

#: Of a length whose chance is less than a quarter nothing is said: what F1 loses by it is more than it gains,
#: where about half of all is right.
_LEAST = -math.log(3)


def counted_values(
    evidence: Evidence, fields: Sequence[Field], values: Mapping[str, Value], cues: Mapping[str, Cues]
) -> dict[str, Value]:
    """For each date that is absent and has cues, by name, what is counted; nothing of those that are not.

    It is as sure as the length of time and the date that it is counted from are together.
    """
    dates = {name: one.value for name, one in values.items() if one.outcome is Outcome.FOUND}
    told = {}
    for field in fields:
        start = start_of(field, fields, dates)
        if start is None or field.name not in cues or values[field.name].outcome is not Outcome.ABSENT:
            continue
        found = counted(evidence.document.text, date.fromisoformat(dates[start]), cues[field.name])
        if found is not None and found.log_odds >= _LEAST:
            told[field.name] = _value(evidence, found, values[start])
    return told


def _value(evidence: Evidence, found: Counted, start: Value) -> Value:
    surely = -math.log1p(math.exp(-found.log_odds))
    surenesses = [Sureness(surely, surely, 0), *(one.sureness for one in start.signals)]
    signals = evidence.judged(together(surenesses))
    span = evidence.counted(found.length.start, found.length.end)
    return Value(found.day.isoformat(), Outcome.FOUND, signals.probability, (span,), signals=(signals,))
