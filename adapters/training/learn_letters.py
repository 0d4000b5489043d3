"""The letters in which an adapter learns documents: how many of each record type are in capitals."""

from collections.abc import Mapping, Sequence

from thresher.adapters.letters import Letters
from thresher.adapters.training.read_sets import ReadSet, by_record_type


def letters_of_sets(sets: Sequence[ReadSet], before: Mapping[str, Letters]) -> dict[str, Letters]:
    """Of all sets that are of a record type, of what is trained on, by `domain/record_type`.

    `before` are the parent's: what was learnt of more documents stays.
    """
    letters = dict(before)
    for name, own in by_record_type(sets).items():
        learnt = Letters.of(label.text for label in own)
        if name not in letters or letters[name].documents <= learnt.documents:
            letters[name] = learnt
    return letters
