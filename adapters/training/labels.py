"""Labels in: documents and what a careful reader made of them, from JSON lines. All problems come at once.

Two forms of a line: a gold record, `{"id", "input", "output", "fields"?}`, and
`{"instruction", "input", "output", "id"?}`, whose instruction is asked where no record type has its own.
`output` is an object of field and value, or its text. Other keys are left alone: one may be the group.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Any

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import UNTOLD, Field, FieldType, parse_fields
from thresher.adapters.shots import Shot
from thresher.adapters.training.label_lines import LabelLine, fields_of, label_lines, names_of
from thresher.adapters.values import check, is_absent

#: Problems that a message shows; the error has all of them.
_SHOWN = 40


@dataclass(frozen=True)
class Label:
    """A document's text, what is asked of it, and what is right.

    `values` holds a checked value for each field that is known: None or [] says that the document does not
    state it. A field without a value is asked but not known. A split never parts labels of one `group`. Of a
    document in more than `most_windows`, use asks those that fit the fields best. Of one in more than
    `taught_windows`, those are taught that together state the most. `unasked` is an instruction that the
    label brought and that is not asked, as use asks the record type's. `readings` are keys (see
    `split.document_key`) of other texts that were read from the document's file. `shots` are shown before it.
    """

    id: str
    text: str
    instructions: str
    fields: tuple[Field, ...]
    values: Mapping[str, Any]
    group: str | None = None
    most_windows: int | None = None
    taught_windows: int | None = None
    unasked: str | None = None
    readings: frozenset[str] = frozenset()
    shots: tuple[Shot, ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether its document states any field."""
        return any(not is_absent(self.values.get(field.name), field) for field in self.fields)


class LabelError(UsageError):
    """Lines of label files are wrong: `problems` has every one, each with its file and line."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        more = len(problems) - _SHOWN
        end = [f"… and {more} more problems"] if more > 0 else []
        self.lines = (*problems[:_SHOWN], *end, "Correct these lines, or take them out.")
        super().__init__("\n".join(self.lines))


def read_labels(
    paths: Iterable[Path],
    fields: Sequence[Field] = (),
    instructions: str = "",
    open_fields: bool = False,
    group: str | None = None,
    unfit: list[str] | None = None,
    most_windows: int | None = None,
) -> list[Label]:
    """The labels of the files, in order.

    `fields`, `instructions` and `most_windows` are those of the record type. A line's own fields are `joined`
    with these; where there are none at all, those of lines with an instruction are derived from the values of
    all of them. A line's instruction stands where none is given. `group` names the key of a line's group.

    With `unfit`, a value that breaks its field's type is no error: it is not known, and what is wrong with it
    goes to that list.

    Raises LabelError with all that is wrong in all files; UsageError where a file cannot be read.
    """
    problems: list[str] = []
    lines: list[LabelLine] = []
    paths = tuple(paths)
    for path, called in zip(paths, names_of(paths), strict=True):
        lines += label_lines(path, called, problems)
    derived = _derived(line.output for line in lines if line.instruction is not None)
    labels: dict[str, Label] = {}
    for line in lines:
        asked = _fields(line, tuple(fields), open_fields, derived, problems)
        values = _values(line, asked, problems, problems if unfit is None else unfit)
        key = line.raw.get(group) if group else None
        if group and not isinstance(key, str | int):
            problems.append(f"{line.where}: {group!r}, the group's key, is missing or is no text")
        if line.id in labels:
            problems.append(f"{line.where}: the id {line.id!r} came before: each label needs its own")
        labels[line.id] = Label(
            id=line.id,
            text=line.text,
            instructions=instructions or line.instruction or "",
            fields=asked,
            values=values,
            group=None if key is None else str(key),
            most_windows=most_windows,
            unasked=line.instruction if instructions not in ("", line.instruction) else None,
            readings=line.readings,
        )
    if not lines and not problems:
        problems.append("the files of labels hold no label")
    if problems:
        raise LabelError(problems)
    return list(labels.values())


def labels_fingerprint(labels: Iterable[Label]) -> str:
    """The sha256, in hex, over the labels, whatever their order and ids."""
    digests = sorted(
        sha256(
            json.dumps(
                [
                    label.text,
                    label.instructions,
                    [field.model_dump(mode="json", exclude=UNTOLD) for field in label.fields],
                    {
                        field.name: label.values[field.name]
                        for field in label.fields
                        if field.name in label.values
                    },
                ],
                ensure_ascii=True,
            ).encode()
        ).digest()
        for label in labels
    )
    return sha256(b"".join(digests)).hexdigest()


def _fields(
    line: LabelLine,
    given: tuple[Field, ...],
    open_fields: bool,
    derived: Mapping[str, FieldType],
    problems: list[str],
) -> tuple[Field, ...]:
    fields = fields_of(line, given, open_fields, problems)
    if fields is None:
        return ()
    if fields:
        return fields
    if line.instruction is None:
        problems.append(f"{line.where}: has no 'fields', and no record type was named that has some")
        return ()
    try:
        return parse_fields([{"name": name, "type": derived[name]} for name in line.output], line.where)
    except UsageError as error:
        problems.append(str(error))
        return ()


def _values(
    line: LabelLine, fields: tuple[Field, ...], problems: list[str], unfit: list[str]
) -> dict[str, Any]:
    values = {}
    names = [field.name for field in fields]
    if not fields:
        return {}
    for name in line.output:
        if name not in names:
            close = get_close_matches(name, names, n=1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            problems.append(f"{line.where}: {name!r} in 'output' is no field of the record{hint}")
    for field in fields:
        if field.name in line.output:
            try:
                values[field.name] = check(field, line.output[field.name])
            except ValueError as error:
                unfit.append(f"{line.where}: {field.name!r}: {error}")
    if not any(name in line.output for name in names):
        problems.append(f"{line.where}: 'output' has no value for any field")
    return values


def _derived(outputs: Iterable[Mapping[str, Any]]) -> dict[str, FieldType]:
    """The type of each field that fits all of its values; text where they say nothing or differ."""
    seen: dict[str, set[FieldType]] = {}
    for output in outputs:
        for name, value in output.items():
            kinds = seen.setdefault(name, set())
            if isinstance(value, list):
                kinds.add("list[string]")
            elif isinstance(value, bool):
                kinds.add("boolean")
            elif isinstance(value, int | float):
                kinds.add("number")
            elif not is_absent(value):
                kinds.add("string")
    return {name: kinds.pop() if len(kinds) == 1 else "string" for name, kinds in seen.items()}
