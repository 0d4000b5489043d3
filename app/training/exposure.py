"""What an adapter may have seen of some labels: from the store, else from what its recipe held back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thresher.adapters.manifest import Manifest
from thresher.adapters.training.labels import Label
from thresher.adapters.training.split import document_key, is_proof
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


def exposure(
    manifest: Manifest | None,
    labels: Sequence[Label],
    group: str | None,
    store: Store,
    manifests: Mapping[str, Manifest],
) -> Exposure:
    """What the adapter of `manifest` may have seen; nothing where that is None, the base alone.

    `group` is the key that the labels' groups are from. `manifests` are those of the adapters that are here,
    by the hash of their matrices: an adapter has also seen what the one it started from has.
    """
    seen: set[str] = set()
    unknown: set[str] = set()
    shipped: set[str] = set()
    for one, training in descent(manifest, store, manifests):
        if training is not None:
            seen |= {label.id for label in labels if document_key(label.text) in training.seen}
            shipped |= {training.shipped} if training.shipped else set()
            continue
        open_ = {label.id for label in labels if not _held_back(label, group, one)}
        if one is not None and one.origin == "shipped":
            shipped |= {one.name} if open_ else set()
        else:
            unknown |= open_
    return Exposure(frozenset(seen), frozenset(unknown - seen), frozenset(shipped))


def descent(
    manifest: Manifest | None, store: Store, manifests: Mapping[str, Manifest]
) -> Iterator[tuple[Manifest | None, Training | None]]:
    """The adapter of `manifest`, the one that it started from, and so on, as far back as anything tells.

    Of each its manifest, where it is here, and its training, where it was trained here.
    """
    weights = manifest.weights if manifest else None
    passed: set[str] = set()
    while weights is not None and weights not in passed:
        passed.add(weights)
        one = manifest if manifest and manifest.weights == weights else manifests.get(weights)
        training = store.training(weights)
        yield one, training
        # What one that ships started from has shipped too, be it with an earlier version, and knows no more.
        if training is not None:
            weights = None if training.shipped else training.parent
        else:
            weights = one.parent if one and one.origin != "shipped" else None


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
    return bool(groups) and all(each == group for each in groups) and is_proof(label, share)
