"""The user's corrections as a file of labels, in the form that trainers read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thresher.adapters.pack import RecordType
from thresher.adapters.training.label_lines import READINGS
from thresher.adapters.training.split import document_keys
from thresher.app.store.known import right_now
from thresher.app.store.label_files import label_id, write
from thresher.app.store.store import Store


@dataclass(frozen=True)
class Written:
    """How many documents have a line, and how many labels were left out: nobody asks for them so now."""

    documents: int
    left_out: int


def write_corrections(store: Store, record_type: RecordType, path: Path) -> Written:
    """Writes a line for each document that has labels in the store; no file where none has.

    A field without a label is left out: it is not known, and so not taught. Where the fields are open, a line
    has those that its document was asked for. Else they are the record type's: a label of another field, or
    of one whose form has changed since, is left out. The text is that of the newest reading of its
    file. A line has the keys of the others, too: what was held back or seen as one of them stays so.
    """
    domain, name = record_type.domain, record_type.name
    own = store.corrected_fields(domain, name) if record_type.open_fields else {}
    lines: list[dict[str, Any]] = []
    left_out = 0
    for sha256, text, known in store.labelled(domain, name):
        fields = own.get(sha256, record_type.fields)
        output = right_now(known, fields)
        left_out += len(known) - len(output)
        if not output:
            continue
        line: dict[str, Any] = {"id": label_id(sha256), "input": text, "output": output}
        if readings := store.document_keys(sha256) - document_keys(text):
            line[READINGS] = sorted(readings)
        if sha256 in own:
            line["fields"] = [field.model_dump(mode="json") for field in fields]
        lines.append(line)
    if lines:
        write(path, lines)
    return Written(len(lines), left_out)
