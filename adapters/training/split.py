"""The split: which labels are trained on and which are held back, and what is found wrong between them.

A document's side follows from its text (or its group) and a seed alone, so that more labels never move one
that was held back into training.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from thresher.adapters.fields import Field
from thresher.adapters.training.labels import Label
from thresher.adapters.values import normalise


@dataclass(frozen=True)
class Split:
    """Labels to train on and labels to validate on, and what was left out. All texts are ids of labels.

    `duplicates`: (dropped, kept), the same document asked for the same. `leaks`: (dropped from training, held
    back), the same document or group on both sides. `conflicts`: (earlier, later, field), two labels that
    give one document's field different values; of two that ask for the same the later one stands.
    """

    train: tuple[Label, ...]
    validation: tuple[Label, ...]
    duplicates: tuple[tuple[str, str], ...]
    leaks: tuple[tuple[str, str], ...]
    conflicts: tuple[tuple[str, str, str], ...]


def document_key(text: str) -> str:
    """What makes two texts the same document: the sha256, in hex, of the normalised text."""
    return sha256(normalise(text).encode("utf-8", errors="surrogatepass")).hexdigest()


def is_held_back(label: Label, share: float, seed: int) -> bool:
    """Whether a label is for validation: follows from its group, or without one its text, and the seed."""
    whole = f"group {label.group}" if label.group is not None else f"text {document_key(label.text)}"
    digest = sha256(f"{seed} {whole}".encode("utf-8", errors="surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def split(
    labels: Sequence[Label], share: float, seed: int, validation: Sequence[Label] | None = None
) -> Split:
    """The labels in two sides. With `validation` those are the held-back side, and `share` is not used.

    Of duplicates and of labels that conflict while they ask for the same the last is kept. What stands on
    both sides is dropped from training. Nothing guarantees that a small set has a label held back.
    """
    labels = list(labels)
    held = list(validation) if validation is not None else [x for x in labels if is_held_back(x, share, seed)]
    train = labels if validation is not None else [x for x in labels if not is_held_back(x, share, seed)]
    duplicates: list[tuple[str, str]] = []
    train, held = _without_duplicates(train, duplicates), _without_duplicates(held, duplicates)
    texts = {document_key(label.text): label.id for label in reversed(held)}
    groups = {label.group: label.id for label in reversed(held) if label.group}
    kept, leaks = [], []
    for label in train:
        held_back = texts.get(document_key(label.text)) or groups.get(label.group or "")
        if held_back is None:
            kept.append(label)
        else:
            leaks.append((label.id, held_back))
    conflicts = _conflicts([*labels, *(validation or ())])
    return Split(tuple(kept), tuple(held), tuple(duplicates), tuple(leaks), tuple(conflicts))


def without_leaks_between(splits: Sequence[Split]) -> list[Split]:
    """The splits of a run's sets: what one holds back none trains on."""
    held = {document_key(label.text): label.id for sides in splits for label in sides.validation}
    if len(splits) < 2 or not held:
        return list(splits)
    cleared = []
    for sides in splits:
        keys = {label.id: held.get(document_key(label.text)) for label in sides.train}
        cleared.append(
            replace(
                sides,
                train=tuple(label for label in sides.train if keys[label.id] is None),
                leaks=(*sides.leaks, *((name, found) for name, found in keys.items() if found is not None)),
            )
        )
    return cleared


def _without_duplicates(labels: Sequence[Label], found: list[tuple[str, str]]) -> list[Label]:
    last = {_asked(label): label for label in labels}
    for label in labels:
        if (kept := last[_asked(label)]) is not label:
            found.append((label.id, kept.id))
    return list(last.values())


def _asked(label: Label) -> tuple[str, str, tuple[Field, ...]]:
    return document_key(label.text), label.instructions, label.fields


def _conflicts(labels: Sequence[Label]) -> list[tuple[str, str, str]]:
    said: dict[tuple[str, str, Field], tuple[str, str]] = {}
    conflicts = []
    for label in labels:
        document = document_key(label.text)
        for field in label.fields:
            if field.name not in label.values:
                continue
            key = (document, label.instructions, field)
            value = _meaning(label.values[field.name])
            before = said.get(key)
            if before is not None and before[1] != value:
                conflicts.append((before[0], label.id, field.name))
            said[key] = label.id, value
    return conflicts


def _meaning(value: object) -> str:
    """A text that equal values share: of strings and lists what normalising leaves."""
    if isinstance(value, str):
        value = normalise(value)
    elif isinstance(value, list):
        value = sorted({normalise(item) for item in value})
    return json.dumps(value)
