"""Labels that are shown, with answers, before others of their set: so a pack's examples can be, in use.

An adapter that is taught so does better on record types that it never learnt (MetaICL: Learning to Learn In
Context, Min et al. 2022). Where names say nothing, there is nothing else to go by (Symbol Tuning Improves
In-Context Learning in Language Models, Wei et al. 2023).
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thresher.adapters.answer import render_answer
from thresher.adapters.fields import Field
from thresher.adapters.shots import LONGEST, Shot, that_fit
from thresher.adapters.training.asked import Asked, unnamed
from thresher.adapters.training.draw import Draw
from thresher.adapters.training.labels import Label
from thresher.adapters.training.run_parts import Augmentation

#: Fewer are none to choose from.
_FEWEST = 4
#: So many labels are shown at the least; of those that ask for other fields up to two more, else up to three.
_LEAST = 2


@dataclass(frozen=True)
class Dealt:
    """What is asked of some labels, and what is shown before them."""

    asked: Asked
    shots: tuple[Shot, ...] = ()


class ShownLabels:
    """The labels of a set that may be shown: the short ones that state something.

    Before a label those are shown that ask for the same fields. Where there are too few, and the set is
    `of_a_kind`, any others are, each with its own fields.
    """

    def __init__(self, labels: Sequence[Label], how: Augmentation, *, of_a_kind: bool) -> None:
        self._how = how
        self._known: dict[Hashable, list[Label]] = {}
        for label in labels if how.shots else ():
            if len(label.text) <= LONGEST and label.says_something:
                self._known.setdefault((label.instructions, label.fields), []).append(label)
                if of_a_kind:
                    self._known.setdefault(label.instructions, []).append(label)

    def deal(self, label: Label, asked: Asked, draw: Draw) -> Dealt:
        """What labels like this one, asked so, have shown before them, if anything, and how they then ask."""
        alike = self._known.get((label.instructions, label.fields), [])
        others = self._known.get(label.instructions, [])
        if max(len(alike), len(others)) < _FEWEST or not draw.chance(self._how.shots):
            return Dealt(asked)
        if len(alike) < _FEWEST:
            picked = draw.shuffled(others)[: _LEAST + draw.below(3)]
            return Dealt(asked, that_fit(_shot(one, one.fields, one.values) for one in picked))
        picked = [one for one in draw.shuffled(alike)[: _LEAST + draw.below(4)] if asked.values(one.values)]
        shots = _asked_so(picked, asked)
        if len(shots) >= _LEAST and draw.chance(self._how.unnamed):
            asked = unnamed(asked, draw)
            shots = _asked_so(picked, asked)
        return Dealt(asked, shots)


def _asked_so(labels: Sequence[Label], asked: Asked) -> tuple[Shot, ...]:
    fields = tuple(asked.fields.values())
    return that_fit(_shot(one, fields, asked.values(one.values)) for one in labels)


def _shot(label: Label, fields: Sequence[Field], values: Mapping[str, Any]) -> Shot:
    return Shot(label.text.strip(), render_answer(fields, values))
