"""A pack's examples: small documents, each with the record that a careful reader would make of it.

They lie in `examples/RECORD_TYPE/`, a line each in `gold.jsonl`:
`{"id", "file", "output"[, "fields"]}`. Reads no document: what a file says is not known here.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from thresher.adapters.atomic import saving
from thresher.adapters.errors import PackError, UsageError
from thresher.adapters.fields import MAX_ITEMS, MAX_STRING, Field, parse_fields
from thresher.adapters.json_lines import Line, json_lines
from thresher.adapters.regular_file import check_regular
from thresher.adapters.values import check

#: The file of a folder of examples that has their records.
GOLD = "gold.jsonl"
_KEYS = {"id", "file", "output"}
_REMEDY = "Make room, or allow writing there, then keep the example again."


@dataclass(frozen=True)
class Example:
    """A document and its gold record: `output` has every one of `fields`, null or [] for what is absent."""

    id: str
    path: Path
    output: dict[str, Any]
    fields: tuple[Field, ...]


class HasFields(Protocol):
    """A record type, as far as examples go."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """The record's fields, in order."""


def read_examples(folder: Path, with_fields: Callable[[Sequence[Field]], HasFields]) -> list[Example]:
    """The examples in `folder`, in the order of its gold.jsonl; none where the folder is not there.

    `with_fields` adds the fields that a line brings. Raises PackError that names the file, the line and
    the key.
    """
    if not folder.is_dir():
        return []
    gold = folder / GOLD
    try:
        check_regular(gold)
        lines = json_lines(gold)
    except OSError as error:
        raise PackError(f"{gold}: cannot be read ({error}). Write a JSON line for each example.") from error
    examples: dict[str, Example] = {}
    for line in lines:
        example = _example(folder, line, with_fields)
        if example.id in examples:
            raise PackError(f"{line.where}: id: {example.id!r} repeats. Give each example its own id.")
        examples[example.id] = example
    return list(examples.values())


def add_example(example: Example, text: str, given: Sequence[Field] = ()) -> None:
    """Writes an example beside those that `read_examples` has read, or in place of the one of its id.

    Its document becomes a text file at its path, which only its owner may read, and so does a new gold.jsonl.
    `given` are those of its fields that the record type has not. Raises UsageError where a file cannot be
    written.
    """
    gold = example.path.parent / GOLD
    told: dict[str, Any] = {"id": example.id, "file": example.path.name, "output": example.output}
    if given:
        told["fields"] = [field.model_dump(mode="json", exclude_defaults=True) for field in given]
    lines = {line.parsed()["id"]: line.data.strip() for line in json_lines(gold)} if gold.exists() else {}
    lines[example.id] = json.dumps(told, ensure_ascii=False).encode()
    if not gold.exists():  # else a kill would leave a folder of examples without it, which is a broken one
        _write(gold, b"", private=True)
    _write(example.path, text.encode(), private=True)
    _write(gold, b"".join(line + b"\n" for line in lines.values()))


def value_problem(field: Field, value: Any) -> str | None:
    """What is wrong with a gold value of this field, for a message; None where it fits as it stands."""
    try:
        checked = check(field, value)
    except ValueError as error:
        return str(error)
    if type(checked) is not type(value) or checked != value:
        return f"is {value!r}: write {json.dumps(checked, ensure_ascii=False)}"
    texts = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    if len(texts) > MAX_ITEMS:
        return f"has more than {MAX_ITEMS} items"
    return next((f"is longer than {MAX_STRING} characters" for t in texts if len(t) > MAX_STRING), None)


def _example(folder: Path, line: Line, with_fields: Callable[[Sequence[Field]], HasFields]) -> Example:
    where = line.where
    try:
        raw = line.parsed()
    except ValueError as error:
        raise PackError(f"{where}: {error}. Correct the line.") from error
    if not isinstance(raw, dict) or not _KEYS <= raw.keys() <= _KEYS | {"fields"}:
        raise PackError(f'{where}: must be an object with "id", "file", "output" and, at will, "fields".')
    for key in ("id", "file"):
        if not isinstance(raw[key], str) or not raw[key].strip():
            raise PackError(f"{where}: {key}: must be text.")
    path = folder / raw["file"]
    if Path(raw["file"]).name != raw["file"] or "\\" in raw["file"] or not path.is_file():
        raise PackError(
            f"{where}: file: {raw['file']!r} is not a file in this folder. Put it beside gold.jsonl."
        )
    try:
        fields = with_fields(parse_fields(raw["fields"], where) if "fields" in raw else ()).fields
    except UsageError as error:
        raise PackError(str(error) if str(error).startswith(where) else f"{where}: {error}") from error
    return Example(raw["id"], path, _output(where, fields, raw["output"]), fields)


def _write(path: Path, content: bytes, *, private: bool = False) -> None:
    with saving(path, _REMEDY, private=private) as file:
        file.write(content)


def _output(where: str, fields: tuple[Field, ...], output: Any) -> dict[str, Any]:
    if not isinstance(output, dict):
        raise PackError(f"{where}: output: must be an object, field to value.")
    names = {field.name for field in fields}
    problems = [f"output.{name}: no such field" for name in output if name not in names]
    for field in fields:
        if field.name not in output:
            problems.append(f"output.{field.name}: is missing: write null, or [] for a list")
        elif problem := value_problem(field, output[field.name]):
            problems.append(f"output.{field.name}: {problem}")
    if problems:
        raise PackError(f"{where}: {'; '.join(problems)}. Make gold and fields agree.")
    return {field.name: output[field.name] for field in fields}
