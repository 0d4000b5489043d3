"""The sets of a run: from its files to labels on three sides, and to what is shown of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field, parse_fields
from thresher.adapters.manifest import BoundPack, type_name
from thresher.adapters.pack_library import FoundPacks, find_packs
from thresher.adapters.training.augment import shown
from thresher.adapters.training.labels import Label, read_labels
from thresher.adapters.training.run_config import RunConfig
from thresher.adapters.training.run_parts import Augmentation, LabelSet
from thresher.adapters.training.split import Split, document_key, split, without_leaks_between


@dataclass(frozen=True)
class ReadSet:
    """One set: its labels on three sides, and what is shown of those to train on.

    `unfit` has the values that break their field's type, which are not taught. `pack` is the one whose record
    type they are of, None where there is none.
    """

    name: str
    pack: BoundPack | None
    sides: Split
    unfit: tuple[str, ...]
    repeat: int
    augment: Augmentation
    seed: int

    @property
    def record_type(self) -> str | None:
        """Its record type, as a manifest names it; None where its fields are of no pack."""
        return type_name(self.pack.domain, *self.pack.record_types) if self.pack else None

    def shown(self, epochs: int = 1) -> tuple[Label, ...]:
        """What so many epochs show, each of them other variations."""
        of_a_kind = self.pack is not None
        return shown(self.sides.train, self.repeat * epochs, self.augment, self.seed, of_a_kind=of_a_kind)


def by_record_type(sets: Sequence[ReadSet]) -> dict[str, list[Label]]:
    """What is trained on, of all sets that are of a record type, by its name."""
    labels: dict[str, list[Label]] = {}
    for one in sets:
        if one.record_type is not None:
            labels.setdefault(one.record_type, []).extend(one.sides.train)
    return labels


def read_sets(config: RunConfig) -> tuple[list[ReadSet], BoundPack | None]:
    """The sets in order, and the pack that those with a domain are of, if it is one.

    Raises UsageError or PackError, each naming what is wrong.
    """
    packs = find_packs(config.packs)
    asked = [_asked(one, packs) for one in config.label_sets]
    unfit: list[list[str]] = [[] for _ in asked]
    splits = []
    for one, about, problems in zip(config.label_sets, asked, unfit, strict=True):
        into = problems if config.unfit_values == "skip" else None
        reading = (about.fields, about.instructions, about.open_fields, one.group, into, about.most_windows)
        held = read_labels(one.validation, *reading) if one.validation else None
        labels = read_labels(one.labels, *reading)
        shares = config.validation_share, config.split_seed, held, config.proof_share
        splits.append(split(labels, *shares))
    sets = []
    apart = without_leaks_between(splits)
    for one, about, whole, problems in zip(config.label_sets, asked, apart, unfit, strict=True):
        sides = replace(
            whole,
            train=tuple(
                replace(label, taught_windows=one.taught_windows)
                for label in drawn(whole.train, one.most, config.split_seed)
            ),
            validation=drawn(whole.validation, one.most_validation, config.split_seed),
        )
        read = ReadSet(one.name, about.pack, sides, tuple(problems), one.repeat, config.augment, config.seed)
        sets.append(read)
    return sets, _common([about.pack for about in asked], packs)


def drawn(labels: Sequence[Label], most: int | None, seed: int) -> tuple[Label, ...]:
    """At most so many of the labels, in order. Which ones follows from each one's text and the seed."""
    if most is None or len(labels) <= most:
        return tuple(labels)
    draws = [sha256(f"{seed} drawn {document_key(label.text)}".encode()).digest() for label in labels]
    taken = sorted(sorted(range(len(labels)), key=lambda number: (draws[number], number))[:most])
    return tuple(labels[number] for number in taken)


@dataclass(frozen=True)
class _Asked:
    instructions: str
    fields: tuple[Field, ...]
    open_fields: bool
    pack: BoundPack | None
    most_windows: int | None = None


def _asked(one: LabelSet, packs: FoundPacks) -> _Asked:
    if one.domain is not None:
        record_type = packs.pick(one.domain, one.record_type)
        bound = BoundPack.of(packs.packs[one.domain], [record_type.name])
        return _Asked(
            record_type.instructions,
            record_type.fields,
            record_type.open_fields,
            bound,
            record_type.most_windows,
        )
    if one.fields_file is None:
        return _Asked("", (), True, None)
    try:
        raw = json.loads(one.fields_file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{one.fields_file}: cannot be read ({error}). Check the path.") from error
    if isinstance(raw, dict):
        raw = raw.get("fields")
    return _Asked("", parse_fields(raw, str(one.fields_file)), False, None)


def _common(bound: Sequence[BoundPack | None], packs: FoundPacks) -> BoundPack | None:
    """The pack of the sets with all their record types; None where they are of several domains.

    Labels with fields of their own, which are of none, may stand beside those of a domain.
    """
    named = [one for one in bound if one]
    domains = {one.domain for one in named}
    if len(domains) != 1:
        return None
    return BoundPack.of(packs.packs[domains.pop()], (name for one in named for name in one.record_types))
