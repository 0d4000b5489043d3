"""Labels → the cues of texts: the words of those parts of long documents that state them.

They choose the windows that are asked (`window_choice`). Knows no token and no model.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Any

from thresher.adapters.cues import LONG, Cues, cues_in, log_odds
from thresher.adapters.fields import Field
from thresher.adapters.spans import SpanFinder
from thresher.adapters.training.cue_weights import MOST
from thresher.adapters.training.labels import Label
from thresher.adapters.training.learn_beside import Beside, learn_beside

#: Times that cues, and the parts that are meant, are found in turn.
_TURNS = 2


@dataclass(frozen=True)
class _Parts:
    """The parts of a label's document: what may be a cue in each, and whether it states a field.

    One that states a scalar may have the same words elsewhere: an address in the state whose law governs.
    """

    label: int
    cues: Sequence[Set[str]]
    stating: Sequence[bool]


def learn_windows(labels: Sequence[Label]) -> dict[str, Cues]:
    """The cues of each text, person or list that parts of enough documents state, and others do not.

    Of record types whose windows are chosen: none of a label whose windows are all asked.
    """
    found: dict[str, list[_Parts]] = defaultdict(list)
    scalars: set[str] = set()
    for number, label in enumerate(labels[:MOST]):
        if label.most_windows is None or len(label.text) <= LONG:
            continue
        parts = [label.text[at : at + LONG] for at in range(0, len(label.text), LONG)]
        cues = [frozenset(cues_in(part)) for part in parts]
        finders = [SpanFinder(part) for part in parts]
        for field in label.fields:
            items = list(_items(field, label.values.get(field.name)))
            stating = [any(finder.find(field, item, fuzzy=False) for item in items) for finder in finders]
            # What no part states may be written otherwise: nothing is known of where.
            if any(stating):
                found[field.name].append(_Parts(number, cues, stating))
                if not field.is_list:
                    scalars.add(field.name)
    learnt = learn_beside({name: list(_besides(parts)) for name, parts in found.items()})
    for _ in range(_TURNS):
        meant = {name: _besides(found[name], learnt[name]) for name in scalars & learnt.keys()}
        learnt |= learn_beside({name: list(each) for name, each in meant.items()})
    return learnt


def _items(field: Field, value: Any) -> Iterator[Any]:
    """The texts that a value is made of; none of a field of another kind."""
    if field.is_worded and value is not None:
        yield from value if field.is_list else [value]


def _besides(found: Sequence[_Parts], by: Cues | None = None) -> Iterator[Beside]:
    """All parts, of which those are meant that state the field; with `by` of each document the likeliest.

    Its others that state the field are left out then.
    """
    for one in found:
        meant = [at for at, states in enumerate(one.stating) if states]
        if by is not None:
            meant = [max(meant, key=lambda at: log_odds(by, one.cues[at]))]
        for at, cues in enumerate(one.cues):
            if at in meant or not one.stating[at]:
                yield Beside(one.label, cues, at in meant)
