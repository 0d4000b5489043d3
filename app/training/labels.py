"""The user's corrections as a file of labels, in the form that trainers read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thresher.adapters.fields import Field
from thresher.adapters.pack import RecordType
from thresher.adapters.values import check
from thresher.app.store.label_files import label_id, write
from thresher.app.store.store import Store


@dataclass(frozen=True)
class Written:
    """How many documents have a line, and how many labels were left out: of fields that nobody asks for."""

    documents: int
    left_out: int


def write_corrections(store: Store, record_type: RecordType, path: Path) -> Written:
    """Writes a line for each document that has labels in the store; no file where none has.

    A field without a label is left out: it is not known, and so not taught. Where the fields are open, a line
    has those that its document was asked for. Else they are the record type's: a label of another field, or
    of one whose form has changed since, is left out.
    """
    domain, name = record_type.domain, record_type.name
    own = store.corrected_fields(domain, name) if record_type.open_fields else {}
    lines: list[dict[str, Any]] = []
    left_out = 0
    for sha256, text, values in store.labelled(domain, name):
        fields = {field.name: field for field in own.get(sha256, record_type.fields)}
        output = {field: value for field, value in values.items() if _fits(fields.get(field), value)}
        left_out += len(values) - len(output)
        if not output:
            continue
        line: dict[str, Any] = {"id": label_id(sha256), "input": text, "output": output}
        if sha256 in own:
            line["fields"] = [field.model_dump(mode="json") for field in fields.values()]
        lines.append(line)
    if lines:
        write(path, lines)
    return Written(len(lines), left_out)


def _fits(field: Field | None, value: Any) -> bool:
    if field is None:
        return False
    try:
        check(field, value)
    except ValueError:
        return False
    return True
