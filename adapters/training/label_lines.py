"""The lines of files of labels, in both forms: what each says, before it is held against any field."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field, joined, parse_fields
from thresher.adapters.json_lines import RepeatedKeyError, json_lines, parsed

#: A line's key: the keys of other readings of its document (see `split.document_key`). Corrections have it.
READINGS = "document_keys"


@dataclass(frozen=True)
class LabelLine:
    """A line that has the form of a label. Where it brings no id its file's name and its number are one."""

    where: str
    raw: Mapping[str, Any]
    id: str
    text: str
    output: Mapping[str, Any]
    instruction: str | None
    readings: frozenset[str]


def label_lines(
    path: Path, called: str, problems: list[str], *, with_text: bool = True
) -> Iterator[LabelLine]:
    """The lines of a file that have the form of a label; what is wrong with the others goes to `problems`.

    `called` names the file in ids: see `names_of`. Lines without a document's text are none, unless
    `with_text` is false. Raises UsageError where the file cannot be read.
    """
    try:
        lines = json_lines(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}). Check the path.") from error
    for line in lines:
        where = line.where
        try:
            raw = line.parsed()
        except ValueError as error:
            problems.append(f"{where}: {error}")
            continue
        if not isinstance(raw, dict):
            problems.append(f"{where}: must be an object with 'input' and 'output'")
            continue
        own = [*_form_problems(raw, with_text)]
        output = raw.get("output")
        if isinstance(output, str):
            output = _read_output(output, own)
        if not own and not isinstance(output, dict):
            own.append("'output' must be an object of field and value, or its text")
        if own:
            problems += [f"{where}: {problem}" for problem in own]
            continue
        yield LabelLine(
            where=where,
            raw=raw,
            id=raw.get("id", f"{called}:{line.number}"),
            text=raw.get("input", ""),
            output=output if isinstance(output, dict) else {},
            instruction=raw.get("instruction"),
            readings=frozenset(raw.get(READINGS, ())),
        )


def fields_of(
    line: LabelLine, own: Sequence[Field], open_fields: bool, problems: list[str]
) -> tuple[Field, ...] | None:
    """The record type's `own` fields with those of the line (see `joined`); there may be none.

    None where the line's are wrong: what is goes to `problems`.
    """
    try:
        given = () if line.raw.get("fields") is None else parse_fields(line.raw["fields"], line.where)
    except UsageError as error:
        problems.append(str(error))
        return None
    return joined(own, given, open_fields=open_fields)


def names_of(paths: Sequence[Path]) -> list[str]:
    """What the files are called in ids: by their names, those that share one by their whole paths."""
    names = [path.name for path in paths]
    return [path.as_posix() if names.count(path.name) > 1 else path.name for path in paths]


def _form_problems(raw: Mapping[str, Any], with_text: bool) -> Iterator[str]:
    wanted = [
        *(["input"] if with_text else []),
        "output",
        *(["id"] if "instruction" not in raw else []),
    ]
    for key in wanted:
        if key not in raw:
            close = get_close_matches(key, [str(name) for name in raw], n=1)
            yield f"{key!r} is missing" + (f" (is {close[0]!r} meant for it?)" if close else "")
    for key in ("id", "instruction"):
        if key in raw and not (isinstance(raw[key], str) and raw[key].strip()):
            yield f"{key!r} must be a text that is not empty"
    readings = raw.get(READINGS, [])
    if not isinstance(readings, list) or not all(
        isinstance(key, str) and re.fullmatch("[0-9a-f]{64}", key) for key in readings
    ):
        yield f"{READINGS!r} must be a list of sha256 in hex"
    text = raw.get("input", "")
    if not isinstance(text, str) or ("input" in raw and with_text and not text.strip()):
        yield "'input' must be the document's text" + (", and not empty" if with_text else "")


def _read_output(text: str, problems: list[str]) -> Any:
    try:
        return parsed(text)
    except RepeatedKeyError as error:
        problems.append(f"'output' {error}")
    except ValueError:
        pass  # it is told that it must be an object
    return None
