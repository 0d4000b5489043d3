"""Files of keys in YAML: read strictly, what is wrong with a key told, written with a sentence above each."""

import os
import re
from collections.abc import Hashable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from thresher.adapters.atomic import saving

#: What Python makes of a path's bytes that are no UTF-8.
_HALVES = re.compile(r"[\udc80-\udcff]")


# The C loader is ten times as fast; a PyYAML built without libyaml has only the other.
class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML in which a repeated key is an error, where PyYAML would keep the last silently.

    So is a key that is no word: `{{ title }}` of a template that was not filled in.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(
                    problem="a key must be a word: put quotes around a text that begins with { or [",
                    problem_mark=key.start_mark,
                )
            if key.tag != "tag:yaml.org,2002:merge" and key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key.value!r} repeats", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)  # type: ignore[no-any-return]


class _Dumper(yaml.SafeDumper):
    """As SafeDumper; a path whose name is no text in UTF-8 is written by its bytes."""

    def represent_text(self, text: str) -> yaml.Node:
        """A text, or the bytes that Python made one of."""
        if _HALVES.search(text):
            return self.represent_binary(os.fsencode(text))
        return self.represent_str(text)


_Dumper.add_representer(str, _Dumper.represent_text)
_Loader.add_constructor(
    "tag:yaml.org,2002:binary", lambda loader, node: os.fsdecode(loader.construct_yaml_binary(node))
)


def parse_yaml(content: bytes) -> Any:
    """The value that a file's content stands for.

    Raises ValueError, which says where it is no YAML in UTF-8 and what to do.
    """
    try:
        return yaml.load(content.decode("utf-8-sig"), _Loader)  # noqa: S506 (a safe loader)
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 at byte {error.start}. Save it as UTF-8.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise ValueError(f"{place}{error.problem or 'is not YAML'}. Correct the YAML there.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(f"is not YAML ({error}). Put texts that look special in quotes.") from error
    except (LookupError, AttributeError, TypeError) as error:  # what PyYAML makes of `!!bool maybe`
        raise ValueError("a tag (!!…) does not fit its value. Leave out the tags.") from error


def parse_keys(content: bytes) -> dict[str, Any]:
    """The keys of a file's content, and their values; none where it is empty. Raises ValueError, likewise."""
    raw = parse_yaml(content)
    if raw is not None and not isinstance(raw, dict):
        raise ValueError("must hold lines of 'name: value'. Correct the file.")
    return raw or {}


def key_problems(error: ValidationError, form: type[BaseModel], **parts: type[BaseModel]) -> str:
    """What is wrong with each key of `form`, in a line. `parts` are the forms of what lies in its keys."""
    problems = []
    for each in error.errors(include_url=False, include_input=False):
        where = each["loc"]
        name = ".".join(map(str, where))
        if each["type"] == "extra_forbidden":
            keys = parts.get(str(where[0]), form).model_fields
            close = get_close_matches(str(where[-1]), keys, n=1)
            meant = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(keys)}"
            problems.append(f"unknown key {name!r} ({meant})")
        else:
            message = each["msg"].removeprefix("Value error, ")
            problems.append(f"{name}: {message}" if name else message)
    return "; ".join(problems)


def save_keys(path: Path, values: BaseModel) -> None:
    """Write the file whole or not at all, with the sentence about each key above it.

    Raises UsageError where it cannot be written.
    """
    plain = values.model_dump(mode="json")
    lines = [
        f"# {field.description}\n{yaml.dump({name: plain[name]}, Dumper=_Dumper, allow_unicode=True)}"
        for name, field in type(values).model_fields.items()
    ]
    with saving(path, "Check its folder.") as file:
        file.write("\n".join(lines).encode())
