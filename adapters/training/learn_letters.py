"""The letters in which an adapter learns documents: how many of each record type are in capitals."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from thresher.adapters.letters import Letters
from thresher.adapters.training.read_sets import ReadSet


def letters_of_sets(sets: Sequence[ReadSet], before: Mapping[str, Letters]) -> dict[str, Letters]:
    """Of all sets that are of a record type, of what is trained on, by `domain/record_type`.

    `before` are the parent's: what was learnt of more documents stays.
    """
    texts: dict[str, list[str]] = defaultdict(list)
    for one in sets:
        if one.record_type is not None:
            texts[one.record_type] += [label.text for label in one.sides.train]
    letters = dict(before)
    for name, own in texts.items():
        learnt = Letters.of(own)
        if name not in letters or letters[name].documents <= learnt.documents:
            letters[name] = learnt
    return letters
