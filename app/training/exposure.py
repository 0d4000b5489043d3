"""What an adapter may have seen of some labels: from the store, else from what its recipe held back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from thresher.adapters.manifest import Manifest
from thresher.adapters.training.labels import Label
from thresher.adapters.training.split import all_keys_of, was_proof
from thresher.app.registry.library import InstalledAdapter
from thresher.app.store.store import Store
from thresher.app.store.trainings import Training


@dataclass(frozen=True)
class Exposure:
    """Of some labels, by id: those that an adapter or one before it has seen, and those where none can say.

    `shipped` names those of the adapters that ship with Thresher and do not say what they held back: they
    know public documents.
    """

    seen: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    shipped: frozenset[str] = frozenset()


class Step(NamedTuple):
    """An adapter on the way back: its manifest, where it is here; its training, where it was trained here.

    `ships`: Thresher brought it. What a manifest says of that is not asked: anyone can write it.
    """

    manifest: Manifest | None
    training: Training | None
    ships: bool


def exposure(
    manifest: Manifest | None,
    labels: Sequence[Label],
    group: str | None,
    store: Store,
    installed: Sequence[InstalledAdapter],
) -> Exposure:
    """What the adapter of `manifest` may have seen; nothing where that is None, the base alone.

    `group` is the key that the labels' groups are from. `installed` are the adapters that are here: one has
    also seen what the one it started from has.
    """
    seen: set[str] = set()
    unknown: set[str] = set()
    shipped: set[str] = set()
    for one, training, ships in descent(manifest, store, installed):
        if training is not None:
            seen |= {label.id for label in labels if all_keys_of(label) & training.seen}
            shipped |= {training.shipped} if training.shipped else set()
            continue
        open_ = {label.id for label in labels if not _held_back(label, group, one)}
        if one is not None and ships:
            shipped |= {one.name} if open_ else set()
        else:
            unknown |= open_
    return Exposure(frozenset(seen), frozenset(unknown - seen), frozenset(shipped))


def descent(manifest: Manifest | None, store: Store, installed: Sequence[InstalledAdapter]) -> Iterator[Step]:
    """The adapter of `manifest`, the one that it started from, and so on, as far back as anything tells."""
    brought = {each.manifest.weights: each.manifest for each in installed if each.shipped}
    given = [manifest] if manifest else []
    # Of copies of one that ships, what came with it is believed.
    here = {each.weights: each for each in (*(one.manifest for one in installed), *given)} | brought
    weights = manifest.weights if manifest else None
    passed: set[str] = set()
    while weights is not None and weights not in passed:
        passed.add(weights)
        step = Step(here.get(weights), store.training(weights), weights in brought)
        yield step
        # What one that ships started from has shipped too, be it with an earlier version, and knows no more.
        if step.training is not None:
            weights = None if step.training.shipped else step.training.parent
        else:
            weights = step.manifest.parent if step.manifest and not step.ships else None


def groups_of(configuration: Mapping[str, Any]) -> list[Any]:
    """The key of each set of a recipe whose values its labels were grouped by; a run that names no sets is
    one. None says that a set has no groups.
    """
    sets = configuration.get("sets") or [configuration]
    return [one.get("group") for one in sets] if all(isinstance(one, Mapping) for one in sets) else []


def _held_back(label: Label, group: str | None, manifest: Manifest | None) -> bool:
    """Whether the recipe says that the label was for the proof, on whatever machine it was trained.

    Of several sets it is not known which one the label would have been in.
    """
    if manifest is None or manifest.recipe is None:
        return False
    made = manifest.recipe.configuration
    share = made.get("proof_share")
    # Beyond what a run may have, no run wrote it, and nothing is known.
    if not isinstance(share, int | float) or isinstance(share, bool) or not 0 <= share < 1:
        return False
    groups = groups_of(made)
    return bool(groups) and all(each == group for each in groups) and was_proof(label, share)
