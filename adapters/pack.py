"""A domain pack: its record types, what each asks of a document, and the fields of its record.

A pack is a folder of data: `pack.yaml`, and `examples/RECORD_TYPE/` with documents and their gold records
(see `pack_examples`). Knows no prompt, no model and no document format; `pack_library` finds packs.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import UNTOLD, Field, joined, unique
from thresher.adapters.pack_examples import Example, read_examples
from thresher.adapters.pack_form import read_form


@dataclass(frozen=True)
class RecordType:
    """One kind of record: what is asked, and the fields in order.

    With `open_fields`, the fields given at run time replace the pack's, which are only a default and may
    be none. Of a document in more windows than `most_windows`, those that fit the fields best are asked;
    all where it is None.
    """

    domain: str
    name: str
    title: str
    instructions: str
    fields: tuple[Field, ...]
    open_fields: bool
    folder: Path  # of its examples; need not exist
    most_windows: int | None = None

    def with_fields(self, given: Sequence[Field] = ()) -> "RecordType":
        """This record type with the fields given at run time.

        See `fields.joined`. Raises UsageError where two of them share a name, or where none is left.
        """
        where = f"{self.domain}/{self.name}"
        given = unique(given, where)
        if not given and not self.fields:
            raise UsageError(
                f"{where}: no field is given, and this record type has none of its own. "
                'Give each with --field NAME:TYPE[:DESCRIPTION], or with "fields" in a line of JSON.'
            )
        fields = joined(self.fields, given, open_fields=self.open_fields)
        return RecordType(**{**vars(self), "fields": fields})

    def examples(self) -> list[Example]:
        """The example documents with their gold records; none where there is no such folder.

        Raises PackError that names file, line and field where a gold record does not match the fields.
        """
        return read_examples(self.folder, self.with_fields)


@dataclass(frozen=True)
class Pack:
    """A domain and its record types, in the pack's order: the first is the default."""

    domain: str
    title: str
    description: str
    record_types: dict[str, RecordType]
    folder: Path

    def hash_of(self, names: Iterable[str] = ()) -> str:
        """The sha256, in hex, of what a model sees of the record types that are named; of all if none is.

        It is of instructions and fields in canonical JSON, the record types by name. Their order, titles,
        examples, comments, layout and the platform's line ends do not change it, nor do other record types.
        """
        chosen = set(names) or self.record_types.keys()
        content = {
            "domain": self.domain,
            "record_types": [
                {
                    "name": t.name,
                    "instructions": t.instructions,
                    "open_fields": t.open_fields,
                    "fields": [field.model_dump(mode="json", exclude=UNTOLD) for field in t.fields],
                }
                for name, t in sorted(self.record_types.items())
                if name in chosen
            ],
        }
        canonical = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return sha256(canonical.encode()).hexdigest()


def load_pack(folder: Path) -> Pack:
    """The pack in `folder`, checked in full, with every example's gold record.

    Raises PackError that names the file and each key that is wrong.
    """
    pack = read_pack(folder)
    for record_type in pack.record_types.values():
        record_type.examples()
    return pack


def read_pack(folder: Path) -> Pack:
    """The pack in `folder`, its `pack.yaml` checked, its examples not looked at: takes about a millisecond.

    Raises PackError that names the file and each key that is wrong.
    """
    form = read_form(folder)
    types = {
        t.name: RecordType(
            form.domain,
            t.name,
            t.title,
            t.instructions,
            t.fields,
            t.open_fields,
            folder / "examples" / t.name,
            t.most_windows,
        )
        for t in form.record_types
    }
    return Pack(form.domain, form.title, form.description, types, folder)
