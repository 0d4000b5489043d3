"""Labels → the cues of dates that are counted: what stands beside the lengths of time by which they are.

A label has the day on which a contract ends, its text "an initial term of five (5) years". Of each length of
time it is known whether it leads from the other date to this day.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from thresher.adapters.counted_dates import start_day
from thresher.adapters.cues import Cues, beside, cues_in
from thresher.adapters.lengths import lengths_in
from thresher.adapters.training.cue_weights import MOST
from thresher.adapters.training.labels import Label
from thresher.adapters.training.learn_beside import Beside, learn_beside

#: Many labels have the last day of the time, others the first behind it.
_NEAR = timedelta(days=1)


def learn_counted(labels: Sequence[Label]) -> dict[str, Cues]:
    """The cues of each date that is counted in enough of these labels."""
    told_of = labels[:MOST]
    names = {field.name for label in told_of for field in label.fields if field.counted_from}
    return learn_beside({name: list(_lengths(told_of, name)) for name in names})


def _lengths(labels: Sequence[Label], name: str) -> Iterator[Beside]:
    """Those of all labels that know the date, and one from which it is counted."""
    for number, label in enumerate(labels):
        field = next((field for field in label.fields if field.name == name), None)
        begun = start_day(field, label.fields, label.values) if field else None
        if begun is None or name not in label.values:
            continue
        for length in lengths_in(label.text):
            if (day := length.after(begun)) is not None:
                cues = cues_in(beside(label.text, length.start, length.end))
                yield Beside(number, cues, _is_near(label.values[name], day))


def _is_near(value: Any, day: date) -> bool:
    return value is not None and abs(date.fromisoformat(value) - day) <= _NEAR
