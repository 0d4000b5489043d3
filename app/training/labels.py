"""The user's corrections as a file of labels, in the form that trainers read."""

import json
from pathlib import Path

from thresher.adapters.atomic import replacing
from thresher.app.store.store import Store

#: What the file is called in the folder of a run.
CORRECTIONS_FILE = "corrections.jsonl"


def write_corrections(store: Store, domain: str, record_type: str, path: Path) -> int:
    """Writes a line for each document that has labels in the store; returns how many.

    A field without a label is left out: it is not known, and so not taught.
    """
    lines = []
    for sha256, text, values in store.labelled(domain, record_type):
        line = {"id": label_id(sha256), "input": text, "output": values}
        lines.append(json.dumps(line, ensure_ascii=False) + "\n")
    with replacing(path) as file:
        file.write("".join(lines).encode())
    return len(lines)


def label_id(sha256: str) -> str:
    """The id of the label of a document that was corrected, by the sha256 of its bytes."""
    return f"corrected {sha256[:12]}"
