"""Corrections as files of labels: what trainers read, and what a run that was stopped goes on with.

They hold documents' texts. So they are their owner's alone, and a document that is forgotten goes from them.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from thresher.adapters.atomic import replacing
from thresher.adapters.errors import StoreError

#: What the file is called in the folder of a run.
CORRECTIONS_FILE = "corrections.jsonl"


def label_id(sha256: str) -> str:
    """The id of the label of a document that was corrected, by the sha256 of its bytes."""
    return f"corrected {sha256[:12]}"


def write(path: Path, labels: Iterable[Mapping[str, Any]]) -> None:
    """Writes a line a label, for the owner's eyes alone."""
    with replacing(path, private=True) as file:
        file.writelines((json.dumps(label, ensure_ascii=False) + "\n").encode() for label in labels)


def forget(training: Path, sha256: str) -> bool:
    """Takes a document out of the files in the runs' folders. Whether it was in one. Raises StoreError."""
    found = False
    for path in sorted(training.glob(f"*/{CORRECTIONS_FILE}")):
        try:
            labels = [json.loads(line) for line in path.read_bytes().splitlines()]
            others = [label for label in labels if label["id"] != label_id(sha256)]
            if len(others) == len(labels):
                continue
            found = True
            if others:
                write(path, others)
            else:
                path.unlink()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"{path}: cannot be rewritten, and the document may still be in it ({error}); remove it"
            ) from error
    return found
