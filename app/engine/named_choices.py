"""The choices of an enum that a document names: of a field that the model has not learnt they go first.

A small model hardly tells one of forty choices from another; which of them the text names, and how often,
tells more. docs/quality.md has what it is worth.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence

from thresher.adapters.answer import render_value
from thresher.adapters.field_words import stems
from thresher.adapters.fields import Field
from thresher.app.engine.field_labels import FieldLabels
from thresher.app.engine.preferred import Preferred, preferred

#: What parts the names of a choice that has several: "FOREARM/ULNAR/RADIUS", "paid or settled".
_BETWEEN = re.compile(r"[/,;:()|&]|\b(?:and|or)\b", re.IGNORECASE)
#: What a choice says that it is not: "HAND (NOT WRIST OR FINGERS)".
_EXCEPT = re.compile(r"\(\s*(?:not|no|except|excluding|without)\b[^()]*\)", re.IGNORECASE)
#: How fast a choice grows likelier with each naming. From how often the one that is named most was right in
#: the training documents of four record types: 0.95 of few choices, 0.66 of 38, less where two are named.
_STEEPNESS = 7


def named_choices(fields: Sequence[Field], labels: FieldLabels, text: str) -> tuple[Preferred, ...]:
    """Of each enum of which the text names a choice, those that it names most often.

    What stands behind the enum's label goes before the rest of the text, where it names one.
    """
    enums = [field for field in fields if field.type == "enum"]
    if not enums:
        return ()
    cells = labels.cells(text)
    found = stems(text)
    named = []
    for field in enums:
        places = [*(stems(" ".join(alike)) for alike in cells.get(field.name, ())), found]
        named.append(next(filter(None, (_named(field, place) for place in places)), None))
    return tuple(filter(None, named))


def times_named(choice: str, found: Counter[str]) -> int:
    """How often a text of these stems can have named a choice: has all words of one of its names."""
    names = (stems(name) for name in _BETWEEN.split(_EXCEPT.sub(" ", choice)))
    return max((min(found[stem] for stem in name) for name in names if name), default=0)


def _named(field: Field, found: Counter[str]) -> Preferred | None:
    times = {choice: times_named(choice, found) for choice in field.values}
    most = max(times.values())
    if most == 0:
        return None
    # That none of the choices is right has the weight of one that is not named.
    weights = [((1 + each) / (1 + most)) ** _STEEPNESS for each in (0, *times.values())]
    ways = [render_value(choice) for choice, each in times.items() if each == most]
    return preferred(field.name, ways, -math.log(sum(weights)))
