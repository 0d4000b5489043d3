"""pack.yaml as it stands in the file: read, checked key by key, and what to say where a key is wrong."""

import errno
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    PositiveInt,
    Strict,
    StringConstraints,
    ValidationError,
    field_validator,
)

from thresher.adapters.errors import PackError
from thresher.adapters.fields import Field
from thresher.adapters.regular_file import read_regular
from thresher.adapters.yaml_keys import parse_yaml

#: The version of pack.yaml that this code writes and reads.
FORMAT = 1

#: The domain of tasks that have none, of fields alone: no pack is called so.
NO_DOMAIN = "any"

#: A pack is read at every start: one that is larger than this is no pack.
MAX_BYTES = 1_000_000

_Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class RecordTypeForm(BaseModel):
    """An entry of `record_types`."""

    model_config = ConfigDict(extra="forbid")

    name: _Word
    title: _Text
    instructions: _Text
    open_fields: bool = False
    most_windows: Annotated[PositiveInt, Strict()] | None = None
    fields: tuple[Field, ...] = ()

    @field_validator("fields")
    @classmethod
    def _choices_can_be_seen(cls, fields: tuple[Field, ...]) -> tuple[Field, ...]:
        # Not asked of every Field: one that a past run was given must load.
        for field in fields:
            if not all(value.strip() for value in field.values):
                raise ValueError(
                    f"{field.name!r} has an empty text among its 'values': leave it out, "
                    "for null says that there is none"
                )
        return fields

    @field_validator("fields")
    @classmethod
    def _starts_are_dates(cls, fields: tuple[Field, ...]) -> tuple[Field, ...]:
        # Not asked of every Field: of a record some fields may be asked alone.
        dates = [field.name for field in fields if field.type == "date"]
        for field in fields:
            if lost := [name for name in field.counted_from if name not in dates]:
                raise ValueError(
                    f"{field.name!r} is 'counted_from' {lost[0]!r}, which is no date of this record type; "
                    f"its dates are {', '.join(dates)}"
                )
        return fields


class PackForm(BaseModel):
    """pack.yaml as it stands in the file."""

    model_config = ConfigDict(extra="forbid")

    format: int
    domain: _Word
    title: _Text
    description: _Text
    record_types: tuple[RecordTypeForm, ...]

    @field_validator("domain")
    @classmethod
    def _is_free(cls, domain: str) -> str:
        if domain == NO_DOMAIN:
            raise ValueError(
                f"{domain!r} is taken, by tasks that have fields alone: give the pack and its folder another "
                "name"
            )
        return domain


def read_form(folder: Path) -> PackForm:
    """The `pack.yaml` in `folder`, every key checked.

    Raises PackError that names the file and each key that is wrong, or the line where it is no YAML.
    """
    file = folder / "pack.yaml"
    raw = _parse(file)
    _check_format(file, raw)
    try:
        form = PackForm.model_validate(raw)
    except ValidationError as error:
        raise PackError(_message(file, raw, error)) from error
    if form.domain != folder.absolute().name:
        raise PackError(
            f"{file}: domain: is {form.domain!r}, but the folder is named {folder.absolute().name!r}. "
            "Give both the same name."
        )
    if not form.record_types:
        raise PackError(f"{file}: record_types: is empty. Write at least one.")
    _check_repeats(file, "record_types", (t.name for t in form.record_types))
    for t in form.record_types:
        where = f"record_types.{t.name}"
        _check_repeats(file, f"{where}.fields", (f.name for f in t.fields))
        if not t.fields and not t.open_fields:
            raise PackError(f"{file}: {where}.fields: is empty. List a field, or set `open_fields: true`.")
    return form


#: The keys of pack.yaml by depth: what an unknown key may have been meant to be.
_KEYS = {1: PackForm.model_fields, 3: RecordTypeForm.model_fields, 5: Field.model_fields}


def _parse(file: Path) -> dict[str, Any]:
    try:
        data = read_regular(file, MAX_BYTES)
    except FileNotFoundError:
        raise PackError(f"{file}: is missing. A pack is a folder that holds a pack.yaml.") from None
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise PackError(f"{file}: {error.strerror}. Keep documents in examples/, not here.") from error
        raise PackError(f"{file}: cannot be read ({error.strerror}). Check that you may read it.") from error
    try:
        raw = parse_yaml(data)
    except ValueError as error:
        raise PackError(f"{file}: {error}") from error
    if not isinstance(raw, dict):
        raise PackError(f"{file}: must hold keys (format, domain, …), not {_kind(raw)}. See the packs guide.")
    return raw


def _check_format(file: Path, raw: dict[str, Any]) -> None:
    version = raw.get("format")
    if type(version) is not int or version < 1:
        raise PackError(f"{file}: format: must be a whole number from 1. Write `format: {FORMAT}`.")
    if version > FORMAT:
        raise PackError(
            f"{file}: format: is {version}, newer than this Thresher reads ({FORMAT}). "
            f"Update Thresher, or write the pack in format {FORMAT}."
        )


def _check_repeats(file: Path, key: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise PackError(f"{file}: {key}: two are named {name!r}. Rename or remove one.")
        seen.add(name)


def _message(file: Path, raw: dict[str, Any], error: ValidationError) -> str:
    """Every mismatch, in one line, with record types and fields called by their names."""
    problems = []
    for problem in error.errors(include_url=False, include_input=False):
        key = _key(raw, problem["loc"])
        match problem["type"]:
            case "extra_forbidden":
                known = [str(name) for name in _KEYS.get(len(problem["loc"]), ())]
                close = get_close_matches(str(problem["loc"][-1]), known, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
                text = f"unknown key: {hint}"
            case "missing":
                text = "is missing"
            case "string_pattern_mismatch":
                text = "must be a small letter, then up to 63 small letters, digits or _"
            case "string_type":
                text = "must be text: put quotes around what YAML reads otherwise (no, 12, 2024-01-31)"
            case "tuple_type":
                text = "must be a list: a `- ` before each entry, or [a, b]"
            case _:
                text = problem["msg"].removeprefix("Value error, ")
        problems.append(f"{key}: {text}")
    return f"{file}: {'; '.join(problems)}. Correct {'this key' if len(problems) == 1 else 'these keys'}."


def _key(raw: Any, loc: Sequence[int | str]) -> str:
    """'record_types.nda.fields.term.type': an entry by its name, or by its number from 1 if it has none."""
    parts = []
    for part in loc:
        try:
            raw = raw[part]
        except (KeyError, IndexError, TypeError):
            raw = None
        name = raw.get("name") if isinstance(raw, dict) else None
        parts.append((name if isinstance(name, str) else f"#{part + 1}") if isinstance(part, int) else part)
    return ".".join(parts)


def _kind(value: object) -> str:
    return "nothing" if value is None else "a list" if isinstance(value, list) else "a single value"
