"""Which labelled documents an adapter has learnt from: it answers them surer and better than new ones.

A manifest has no text, but the fingerprint of the labels that were trained on; files are held against it.
Of what was trained here the store knows more.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from thresher.adapters.manifest import Manifest
from thresher.adapters.training.labels import LabelError, labels_fingerprint, read_labels
from thresher.adapters.training.split import keys_of, split
from thresher.app.registry.library import InstalledAdapter, list_adapters
from thresher.app.store.store import Store
from thresher.app.task import Task
from thresher.app.training.exposure import descent, groups_of

if TYPE_CHECKING:
    from thresher.app.session import Session


def learnt_by(session: "Session", task: Task, files: Sequence[Path]) -> frozenset[str]:
    """The keys of documents of these files that what answers the task has learnt from."""
    if not task.adapter:
        return frozenset()
    manifest = session.registry.find(task.adapter).manifest
    return learnt_from(manifest, files, task, session.store, list_adapters(session.registry.folder))


def learnt_from(
    manifest: Manifest, files: Sequence[Path], task: Task, store: Store, installed: Sequence[InstalledAdapter]
) -> frozenset[str]:
    """The keys (see `document_key`) of documents that the adapter, or one before it, has learnt from.

    By the fingerprint where the files are the labels of the training: it tells what was only validated on.
    Else all that the store says was seen. `installed` are the adapters that are here.
    """
    keys: set[str] = set()
    for one, training, _ in descent(manifest, store, installed):
        told = trained_on(one, files, task) if one else frozenset()
        keys |= told or (training.seen if training else frozenset())
    return frozenset(keys)


def trained_on(manifest: Manifest, files: Sequence[Path], task: Task) -> frozenset[str]:
    """The keys of the files' documents that were trained on.

    Known where one of the files, or all of them together, were the labels of the training, be it that a share
    was held back or that there were files to validate on. Empty where nothing is known.
    """
    if manifest.data is None or manifest.recipe is None:
        return frozenset()
    recipe = manifest.recipe.configuration
    share, seed = recipe.get("validation_share"), recipe.get("split_seed")
    groups = groups_of(recipe)
    group = next(iter(groups), None)
    if any(each != group for each in groups) or not isinstance(group, str | None):
        return frozenset()  # which label was grouped by what is not known
    proof = recipe.get("proof_share")
    proof = proof if isinstance(proof, float) else 0.0
    for some in dict.fromkeys([*((file,) for file in files), tuple(files)]):
        try:
            labels = read_labels(some, task.fields, task.instructions, task.open_fields, group, unfit=[])
        except LabelError:
            continue  # it was no file of labels, then or now
        sides = [split(labels, 0.0, 0, (), proof)]
        if isinstance(share, float) and isinstance(seed, int):
            sides.append(split(labels, share, seed, None, proof))
        for side in sides:
            if labels_fingerprint(side.train) == manifest.data.fingerprint:
                return frozenset(key for label in side.train for key in keys_of(label))
    return frozenset()
