"""A record that is right becomes an example of its pack, where that is one of the user's own."""

import re
from dataclasses import dataclass
from pathlib import Path

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.adapters.pack_examples import Example, add_example, value_problem
from thresher.adapters.pack_library import FoundPacks
from thresher.app.store.known import Known, right_now
from thresher.app.store.records import StoredRecord
from thresher.app.store.store import Store


@dataclass(frozen=True)
class KeptExample:
    """The example's text file, and whether prompts show it: only what is short, and has room, is shown."""

    path: Path
    is_shown: bool


def has_own_pack(packs: FoundPacks, users: Path, domain: str) -> bool:
    """Whether the domain's pack lies in `users`, the folder of the user's own."""
    return domain in packs.packs and packs.packs[domain].folder.parent == users


def keep_example(packs: FoundPacks, users: Path, store: Store, number: int) -> KeptExample:
    """Writes the document's text and the record, corrections in place, among the examples of its pack.

    A document that is one already gets its record anew. Raises UsageError where the pack is none of those in
    `users`, a value wants a correction first, or a file cannot be written; PackError where the examples of
    the pack are broken.
    """
    stored, document = store.record(number), store.document_of(number)
    record = stored.record
    if record.sha256 is None or document is None:
        raise UsageError(f"record {number} has no document: there is nothing to be shown.")
    if not has_own_pack(packs, users, record.domain):
        raise UsageError(
            f"record {number}: {record.domain} is no pack of your own, so it takes no examples. "
            f"Put a pack of yours, or a copy of the one that ships, in {users}."
        )
    # Imported here: it brings what reads documents.
    from thresher.app.pack_shots import pack_shots

    kind = packs.pick(record.domain, record.record_type)
    asked = store.asked_of(number)
    own = {field.name for field in kind.fields}
    given = asked if kind.open_fields else [field for field in asked if field.name not in own]
    fields = (kind.with_fields(given) if given else kind).fields
    pack_shots(kind)  # what is broken there is told, and not written over
    name = f"{_plain(Path(record.path or record.id).stem)}-{record.sha256[:8]}"
    example = Example(name, kind.folder / f"{name}.txt", _output(stored, fields, asked), fields)
    add_example(example, document.text, given)
    is_shown = any(shot.text == document.text.strip() for shot in pack_shots(kind))
    return KeptExample(example.path, is_shown)


def _plain(name: str) -> str:
    """Of a name that may hold anything what is safe in the name of a file."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:40] or "document"


def _output(stored: StoredRecord, fields: tuple[Field, ...], asked: tuple[Field, ...]) -> dict[str, object]:
    """The record as gold. Raises UsageError that names the values which are not known to be right."""
    by_name = {field.name: field for field in asked}
    known = {
        name: Known(value.value, by_name.get(name))
        for name, value in stored.record.values.items()
        if name in stored.corrected or value.outcome.is_settled
    }
    output = right_now(known, fields)
    unsettled = [
        field.name
        for field in fields
        if field.name not in output or value_problem(field, output[field.name]) is not None
    ]
    if unsettled:
        raise UsageError(
            f"record {stored.id}: not known to be right: {', '.join(unsettled)}. Correct each first; where "
            "the pack asks it otherwise since, extract the document again."
        )
    return output
