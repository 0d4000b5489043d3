"""Which labelled documents an adapter has learnt from: it answers them surer and better than new ones.

A manifest has no text, but the fingerprint of the labels that were trained on; files are held against it.
"""

from collections.abc import Sequence
from pathlib import Path

from thresher.adapters.manifest import Manifest
from thresher.adapters.training.labels import LabelError, labels_fingerprint, read_labels
from thresher.adapters.training.split import document_key, split
from thresher.app.task import Task


def trained_on(manifest: Manifest, files: Sequence[Path], task: Task) -> frozenset[str]:
    """The keys (see `document_key`) of the files' documents that were trained on.

    Known where one of the files, or all of them together, were the labels of the training, be it that a share
    was held back or that there were files to validate on. Empty where nothing is known.
    """
    if manifest.data is None or manifest.recipe is None:
        return frozenset()
    recipe = manifest.recipe.configuration
    share, seed = recipe.get("validation_share"), recipe.get("split_seed")
    group = recipe.get("group")
    for some in dict.fromkeys([*((file,) for file in files), tuple(files)]):
        try:
            labels = read_labels(some, task.fields, task.instructions, not task.fields, group, unfit=[])
        except LabelError:
            continue  # it was no file of labels, then or now
        sides = [split(labels, 0.0, 0, validation=())]
        if isinstance(share, float) and isinstance(seed, int):
            sides.append(split(labels, share, seed))
        for side in sides:
            if labels_fingerprint(side.train) == manifest.data.fingerprint:
                return frozenset(document_key(label.text) for label in side.train)
    return frozenset()
