"""How much of the words of a field's name and description a text has. Knows no model.

A boolean, and most enums, have no place in a text that could be looked up: where its words are, it is told.
"""

import math
import re
from collections import Counter
from collections.abc import KeysView, Mapping, Sequence

from thresher.adapters.fields import Field

#: Words longer than this are cut there: "assign" is in "assignment".
_STEM = 6
_WORD = re.compile(r"[^\W\d_]{3,}")
#: English words that tell no field from another.
STOP = frozenset(
    re.findall(
        r"\w+",
        "a all an and any are as at be by each every for from has have if in is it its kind no not of on or "
        "that the these this those to was were what whether which who whose with",
    )
)


class FieldWords:
    """The words of fields that are asked together: one that several share tells little of each."""

    def __init__(self, fields: Sequence[Field]) -> None:
        words = {field.name: said_by(field) for field in fields}
        sharing = Counter(stem for own in words.values() for stem in own)
        self._weights = {name: {stem: 1 / sharing[stem] ** 2 for stem in own} for name, own in words.items()}

    def score(self, name: str, found: Counter[str], rarity: Mapping[str, float] | None = None) -> float:
        """How much of a field's words there is among a text's stems; 0 where there is none.

        The weighted mean over the words of log(1 + how often each comes), each times its rarity, if given.
        """
        weights = self._weights[name]
        total = sum(
            weight * math.log1p(found[stem]) * (1.0 if rarity is None else rarity.get(stem, 0.0))
            for stem, weight in weights.items()
        )
        return total / sum(weights.values()) if weights else 0.0


def said_by(field: Field) -> KeysView[str]:
    """The stems of a field's name and description, in their order, so that sums over them are the same."""
    return stems(f"{field.name} {field.description}").keys()


def stems(text: str) -> Counter[str]:
    """The beginnings of a text's telling words of three letters and more, and how often each comes."""
    words = (word for word in _WORD.findall(text.casefold()) if word not in STOP)
    return Counter(word[:_STEM] if len(word) > _STEM else word.removesuffix("s") for word in words)
