"""The split: which labels are trained on and which are held back, and what is found wrong between them.

A document's side follows from its text (or its group) and a seed alone, so that more labels never move one
that was held back into training. The proof's side follows from no seed either: no run trains on it or chooses
by it, and so it can show which of two adapters is the better one.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Protocol

from thresher.adapters.fields import Field
from thresher.adapters.training.labels import Label
from thresher.adapters.values import normalise


@dataclass(frozen=True)
class Split:
    """Labels to train on, labels to validate on and labels for the proof, and what was left out.

    All texts are ids of labels. `duplicates`: (earlier, last), the same document asked for the same: what the
    earlier knows went into the last. `leaks`: (dropped, held back), the same document or group on two sides:
    it stays with the proof, else with validation. `conflicts`: (earlier, later, field), two labels that give
    one document's field different values; of two that ask for the same the later value stands.
    """

    train: tuple[Label, ...]
    validation: tuple[Label, ...]
    proof: tuple[Label, ...]
    duplicates: tuple[tuple[str, str], ...]
    leaks: tuple[tuple[str, str], ...]
    conflicts: tuple[tuple[str, str, str], ...]


def document_key(text: str) -> str:
    """What makes two texts the same document: the sha256, in hex, of the normalised text.

    Format characters, such as a byte order mark or a soft hyphen, count for nothing here: nobody sees them,
    and ways to copy a text add and lose them. (In a value they do count: `normalise` keeps them.)
    """
    return _hashed(_without_format(text))


def document_keys(text: str) -> frozenset[str]:
    """The keys under which the document may have been kept: its own, and the one of when format characters
    counted. Both are the same where it has none.
    """
    return frozenset({document_key(text), _hashed(text)})


class ReadText(Protocol):
    """A document's text, and the keys of what else was read from the same file."""

    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def readings(self) -> frozenset[str]: ...  # noqa: D102


def keys_of(document: ReadText) -> frozenset[str]:
    """The key of its text, and those of what else was read from the same file."""
    return document.readings | {document_key(document.text)}


def all_keys_of(document: ReadText) -> frozenset[str]:
    """The same, and the key of when format characters counted: whatever it may have been kept under."""
    return document.readings | document_keys(document.text)


def is_held_back(label: Label, share: float, seed: int) -> bool:
    """Whether a label is for validation: follows from its group, or without one its text, and the seed.

    Any reading of its file may hold it back, so that reading anew moves none that was into training.
    """
    return any(_place(str(seed), label, key) < share * 2**64 for key in keys_of(label))


def is_proof(label: Label, share: float) -> bool:
    """Whether a label is for the proof: follows from its group, or without one its text or that of any
    reading of its file. A larger share holds back what a smaller one does, and more.
    """
    return any(_place("proof", label, key) < share * 2**64 for key in keys_of(label))


def was_proof(label: Label, share: float) -> bool:
    """Whether a label was for the proof wherever and whenever it was one: by each of its document's keys."""
    return all(_place("proof", label, key) < share * 2**64 for key in all_keys_of(label))


def split(
    labels: Sequence[Label],
    share: float,
    seed: int,
    validation: Sequence[Label] | None = None,
    proof_share: float = 0.0,
) -> Split:
    """The labels in three sides. With `validation` those are the side to validate on, without `share`.

    Duplicates are made one: the last, with what any of them knows of a field, of several values the last.
    What stands on two sides is dropped from the one that is nearer to training. Nothing guarantees that a
    small set has a label held back.
    """
    everything = [*labels, *(validation or ())]
    proof = [label for label in everything if is_proof(label, proof_share)]
    rest = [label for label in labels if not is_proof(label, proof_share)]
    if validation is None:
        held = [label for label in rest if is_held_back(label, share, seed)]
        train = [label for label in rest if not is_held_back(label, share, seed)]
    else:
        held, train = [label for label in validation if not is_proof(label, proof_share)], rest
    duplicates: list[tuple[str, str]] = []
    leaks: list[tuple[str, str]] = []
    train, held, proof = (_without_duplicates(side, duplicates) for side in (train, held, proof))
    held = _without_leaks(held, proof, leaks)
    train = _without_leaks(train, [*held, *proof], leaks)
    return Split(
        tuple(train),
        tuple(held),
        tuple(proof),
        tuple(duplicates),
        tuple(leaks),
        tuple(_conflicts(everything)),
    )


def _without_format(text: str) -> str:
    gone = [] if text.isascii() else [c for c in set(text) if unicodedata.category(c) == "Cf"]
    return text.translate(dict.fromkeys(map(ord, gone))) if gone else text


def _hashed(text: str) -> str:
    return sha256(normalise(text).encode("utf-8", errors="surrogatepass")).hexdigest()


def _place(salt: str, label: Label, key: str) -> int:
    """A number below 2**64 that follows from the label's group, or without one the key, and the salt."""
    whole = f"group {label.group}" if label.group is not None else f"text {key}"
    digest = sha256(f"{salt} {whole}".encode("utf-8", errors="surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big")


def _without_leaks(
    labels: Sequence[Label], held: Sequence[Label], found: list[tuple[str, str]]
) -> list[Label]:
    groups = {label.group: label.id for label in reversed(held) if label.group}
    kept = []
    for label in _without_documents(labels, held, found):
        held_back = groups.get(label.group or "")
        if held_back is None:
            kept.append(label)
        else:
            found.append((label.id, held_back))
    return kept


def _without_documents(
    labels: Sequence[Label], held: Sequence[Label], found: list[tuple[str, str]]
) -> list[Label]:
    texts = {key: label.id for label in reversed(held) for key in keys_of(label)}
    kept = []
    for label in labels:
        held_back = next((texts[key] for key in sorted(keys_of(label)) if key in texts), None)
        if held_back is None:
            kept.append(label)
        else:
            found.append((label.id, held_back))
    return kept


def without_leaks_between(splits: Sequence[Split]) -> list[Split]:
    """The splits of a run's sets: what one keeps for the proof none sees, what one holds back none trains on.

    A document that stands on two sides goes from the one that is nearer to training.
    """
    proof = [label for sides in splits for label in sides.proof]
    held = [label for sides in splits for label in (*sides.proof, *sides.validation)]
    if len(splits) < 2 or not held:
        return list(splits)
    cleared = []
    for sides in splits:
        leaks = list(sides.leaks)
        validation = _without_documents(sides.validation, proof, leaks)
        train = _without_documents(sides.train, held, leaks)
        cleared.append(replace(sides, train=tuple(train), validation=tuple(validation), leaks=tuple(leaks)))
    return cleared


def _without_duplicates(labels: Sequence[Label], found: list[tuple[str, str]]) -> list[Label]:
    last = {_asked(label): label for label in labels}
    # A field that a label lacks is not known to it: a correction of one field says nothing of the others.
    values: dict[tuple[str, str, tuple[Field, ...]], Mapping[str, Any]] = {}
    readings: dict[tuple[str, str, tuple[Field, ...]], frozenset[str]] = {}
    for label in labels:
        asked = _asked(label)
        values[asked] = {**values.get(asked, {}), **label.values}
        readings[asked] = readings.get(asked, frozenset()) | label.readings
        if (kept := last[asked]) is not label:
            found.append((label.id, kept.id))
    return [replace(label, values=values[asked], readings=readings[asked]) for asked, label in last.items()]


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
            value = _meaning(field, label.values[field.name])
            before = said.get(key)
            if before is not None and before[1] != value:
                conflicts.append((before[0], label.id, field.name))
            said[key] = label.id, value
    return conflicts


def _meaning(field: Field, value: object) -> str:
    """What equal values share: of texts, also in lists, what normalising leaves. A choice is itself."""
    if isinstance(value, str):
        value = value if field.type == "enum" else normalise(value)
    elif isinstance(value, list):
        value = sorted({_meaning(field, item) for item in value})
    return json.dumps(value)
