"""What a run has seen and what it held back, told by the keys of its documents, never their text."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from thresher.adapters.atomic import saving
from thresher.adapters.errors import UsageError
from thresher.adapters.training.split import Split, keys_of

#: The keys of the documents of each side: "train", "validation", "proof".
Documents = Mapping[str, tuple[str, ...]]
#: Where a run keeps them, in its folder: they would tell whoever gets the adapter what it has seen.
DOCUMENTS_FILE = "documents.json"


def documents_of(splits: Sequence[Split]) -> Documents:
    """The keys of the documents of each side of a run's sets, sorted: one for each reading that is known."""
    named = {
        "train": [label for sides in splits for label in sides.train],
        "validation": [label for sides in splits for label in sides.validation],
        "proof": [label for sides in splits for label in sides.proof],
    }
    return {
        name: tuple(sorted({key for label in labels for key in keys_of(label)}))
        for name, labels in named.items()
    }


def save_documents(folder: Path, documents: Documents) -> None:
    """Writes the file into the run's folder, whole or not at all. Raises UsageError."""
    with saving(folder / DOCUMENTS_FILE, "Check its folder.") as file:
        file.write(json.dumps(documents).encode())


def read_documents(folder: Path) -> Documents | None:
    """What `save_documents` wrote; None where a run of an older Thresher wrote nothing. Raises UsageError."""
    path = folder / DOCUMENTS_FILE
    try:
        raw = json.loads(path.read_bytes())
        return {str(name): tuple(map(str, keys)) for name, keys in raw.items()}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise UsageError(
            f"{path}: cannot be read ({error}). Remove the run's folder and train again."
        ) from error
