"""The choices of an enum that a document names: of a field that the model has not learnt they go first.

A small model hardly tells one of forty choices from another; which of them the text names, and how often,
tells more. docs/quality.md has what it is worth.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from thresher.adapters.answer import KEY_SEPARATOR, render_value
from thresher.adapters.field_words import stems
from thresher.adapters.fields import Field

#: What parts the names of a choice that has several: "FOREARM/ULNAR/RADIUS", "paid or settled".
_BETWEEN = re.compile(r"[/,;:()|&]|\b(?:and|or)\b", re.IGNORECASE)
#: What a choice says that it is not: "HAND (NOT WRIST OR FINGERS)".
_EXCEPT = re.compile(r"\(\s*(?:not|no|except|excluding|without)\b[^()]*\)", re.IGNORECASE)
#: How fast a choice grows likelier with each naming. From how often the one that is named most was right in
#: the training documents of four record types: 0.95 of few choices, 0.66 of 38, less where two are named.
_STEEPNESS = 7


@dataclass(frozen=True)
class Named:
    """The choices of one field that a text names most often.

    `key` is what an answer has before the value, `values` is each as an answer goes on from there.
    `sureness` is the natural logarithm of how likely each of them is right.
    """

    key: bytes
    values: tuple[bytes, ...]
    sureness: float

    def begun(self, said: bytes) -> bytes | None:
        """What there is of the value, where an answer that says this much is at it; else None."""
        _, key, begun = said.rpartition(self.key)
        at_it = key and any(value.startswith(begun) and value != begun for value in self.values)
        return begun if at_it else None

    def goes_on(self, begun: bytes) -> bool:
        """Whether what has begun so can become one of the choices, or is one already."""
        return any(value.startswith(begun) or begun.startswith(value) for value in self.values)


def named_choices(fields: Sequence[Field], text: str) -> tuple[Named, ...]:
    """Of each enum of which the text names a choice, those that it names most often."""
    enums = [field for field in fields if field.type == "enum"]
    found = stems(text) if enums else Counter()
    return tuple(named for field in enums if (named := _named(field, found)))


def times_named(choice: str, found: Counter[str]) -> int:
    """How often a text of these stems can have named a choice: has all words of one of its names."""
    names = (stems(name) for name in _BETWEEN.split(_EXCEPT.sub(" ", choice)))
    return max((min(found[stem] for stem in name) for name in names if name), default=0)


def _named(field: Field, found: Counter[str]) -> Named | None:
    times = {choice: times_named(choice, found) for choice in field.values}
    most = max(times.values())
    if most == 0:
        return None
    # That none of the choices is right has the weight of one that is not named.
    weights = [((1 + each) / (1 + most)) ** _STEEPNESS for each in (0, *times.values())]
    # Some tokenizers join the space before a value to the value.
    colon = KEY_SEPARATOR.rstrip()
    space = KEY_SEPARATOR[len(colon) :]
    return Named(
        key=(render_value(field.name) + colon).encode(),
        values=tuple(
            (space + render_value(choice)).encode() for choice, each in times.items() if each == most
        ),
        sureness=-math.log(sum(weights)),
    )
