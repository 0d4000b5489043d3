"""Labels → the cues of dates that a text writes out: what stands beside them, and not beside other dates.

Those are the other dates of a label: of a contract that says when it was made, and not when it begins, a
model takes the one for the other. What no field of a label has is seldom taken.
"""

from collections import defaultdict
from collections.abc import Sequence

from thresher.adapters.cues import Cues
from thresher.adapters.date_cues import cues_beside, told_beside
from thresher.adapters.training.cue_weights import MOST
from thresher.adapters.training.labels import Label
from thresher.adapters.training.learn_beside import Beside, learn_beside


def learn_dates(labels: Sequence[Label]) -> dict[str, Cues]:
    """The cues of each date of which enough of these labels tell which it is, and which it is not."""
    found: dict[str, list[Beside]] = defaultdict(list)
    for number, label in enumerate(labels[:MOST]):
        values = {field.name: label.values.get(field.name) for field in label.fields if field.type == "date"}
        days = cues_beside(label.text, {day for day in values.values() if day is not None})
        for name in told_beside(label.fields, label.values):
            found[name] += (Beside(number, cues, day == values[name]) for day, cues in days.items())
    return learn_beside(found)
