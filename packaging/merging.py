"""Adapters made from those of several trainings: a share of one, the mean, what several rounds come to."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

import numpy as np

from thresher.adapters.adapter import Adapter, LoraLayer
from thresher.adapters.errors import UsageError
from thresher.adapters.manifest import Data, Manifest, Recipe


def scaled(adapter: Adapter, strength: float) -> Adapter:
    """The adapter that changes the base so many times as much. Its alpha stays: runs can start from it."""
    layers = {name: replace(layer, b=layer.b * strength) for name, layer in adapter.layers.items()}
    return replace(adapter, layers=layers)


def by_names(adapter: Adapter, decide: bool) -> Adapter:
    """The adapter for which names decide, or do not (see `Manifest.names_decide`)."""
    return replace(adapter, manifest=adapter.manifest.model_copy(update={"names_decide": decide}))


def mean(adapters: Sequence[Adapter], shares: Sequence[float] | None = None) -> Adapter:
    """The adapter that changes the base by the mean of what these do, of the first one's rank and alpha.

    Each counts as much as another, or so much as `shares` says of each.

    On tasks that none has learnt, the mean of several is better than each (Model soups, Wortsman et al.
    2022). Products are averaged, not matrices: many pairs of matrices have the same product. The rank is the
    sum of theirs, so it is cut to the nearest of lower rank (Eckart and Young 1936). The manifest counts all
    steps, and labels that several have alike once. One alone is itself. Raises UsageError where they are of
    different bases or layers.
    """
    first, *others = adapters
    if not others:
        return first
    for one in others:
        if one.manifest.base != first.manifest.base or one.layers.keys() != first.layers.keys():
            raise UsageError(f"{one.manifest.name}: is of another base or other layers than the first one.")
    shares = shares or [1.0] * len(adapters)
    layers = {name: _mean_layer(adapters, shares, name) for name in first.layers}
    manifest = _of_all([one.manifest for one in adapters])
    return Adapter(layers, first.alpha, manifest)


def of_rounds(adapters: Sequence[Adapter], shares: Sequence[int] = (1,)) -> Adapter:
    """The mean of the last of adapters that each went on from those before, in these shares; one is itself.

    The manifest counts all steps, and labels that several have alike once, and says of how many it is the
    mean, or in which shares; its parent is what the first one started from.
    """
    first, *others = adapters
    if not others:
        return first
    recipes = [one.manifest.recipe for one in adapters if one.manifest.recipe]
    several = list(shares) if len(set(shares)) > 1 else len(shares)
    told = {"mean_of_rounds": several} if len(shares) > 1 else {}
    recipe = _counted(recipes, {"rounds": [one.configuration for one in recipes], **told})
    data = _data([one.manifest for one in adapters])
    update = {"parent": first.manifest.parent, "recipe": recipe, "data": data}
    manifest = others[-1].manifest.model_copy(update=update)
    return replace(mean(adapters[-len(shares) :], shares), manifest=manifest)


def _counted(recipes: Sequence[Recipe], configuration: dict[str, Any]) -> Recipe:
    """The first recipe with that configuration, and all steps and seconds."""
    steps, seconds = sum(one.steps for one in recipes), sum(one.seconds for one in recipes)
    update = {"configuration": configuration, "steps": steps, "seconds": seconds}
    return recipes[0].model_copy(update=update)


def _mean_layer(adapters: Sequence[Adapter], shares: Sequence[float], name: str) -> LoraLayer:
    first, whole = adapters[0], sum(shares)
    pairs = [
        (one.layers[name], one.scale / first.scale * share / whole)
        for one, share in zip(adapters, shares, strict=True)
    ]
    # The product of a tall and a wide matrix is decomposed without being made: QR of each, SVD of the middle.
    tall, outer = np.linalg.qr(np.hstack([layer.b * share for layer, share in pairs]).astype(np.float64))
    wide, inner = np.linalg.qr(np.vstack([layer.a for layer, _ in pairs]).T.astype(np.float64))
    left, values, right = np.linalg.svd(outer @ inner.T)
    kept = first.rank
    roots = np.sqrt(values[:kept])
    b, a = tall @ left[:, :kept] * roots, (wide @ right[:kept].T * roots).T
    return LoraLayer(np.ascontiguousarray(a, np.float32), np.ascontiguousarray(b, np.float32))


def _of_all(manifests: Sequence[Manifest]) -> Manifest:
    """The first one's, but for what all have come to."""
    recipes = [one.recipe for one in manifests if one.recipe]
    assert len(recipes) == len(manifests), "what was trained has a recipe"
    recipe = _counted(recipes, {"mean_of": [one.configuration for one in recipes]})
    pack = manifests[0].pack if len({one.pack for one in manifests}) == 1 else None
    made = max(one.made for one in manifests)
    update = {"made": made, "pack": pack, "recipe": recipe, "data": _data(manifests)}
    return manifests[0].model_copy(update=update)


def _data(manifests: Sequence[Manifest]) -> Data:
    """The labels of all of these, each set once."""
    data = list({one.data.fingerprint: one.data for one in manifests if one.data}.values())
    assert data, "what was trained has data"
    if len(data) == 1:
        return data[0]
    several = sha256("".join(one.fingerprint for one in data).encode()).hexdigest()
    counts = {key: sum(getattr(one, key) for one in data) for key in ("train", "validation")}
    return data[0].model_copy(update={"fingerprint": several, **counts})
