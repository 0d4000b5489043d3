"""Make labels of assorted record types: forms, notes that name things, and notes to sort.

    python packaging/make_assorted.py OUT.jsonl --schemas 150 --each 8 --seed 1

The general adapter learns from them that the fields are those of the prompt. The words are invented
(`writers/assorted_words.yaml`), so that weights trained on them may be shipped; gold is right by
construction. A schema is a list of fields, asked of `each` documents, so that a batch computes its head once.
The same seed makes the same file.
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from made_labels import write_labels
from writers.assorted_forms import form_schema

from thresher.adapters.prompt import ANY_RECORD
from thresher.adapters.training.draw import Draw

_WORDS = Path(__file__).parent / "writers" / "assorted_words.yaml"
WORDS: dict[str, Any] = yaml.safe_load(_WORDS.read_text("utf-8"))

#: What is asked beside the fields.
_INSTRUCTIONS = (
    "Fill in the record.",
    "Read the document and state each field.",
    "Extract what the fields ask for.",
    ANY_RECORD,
)
_LISTED = ("{} named, as written", "All {} that are mentioned", "{}", "Every one of the {}", "")
_KINDS = ("kind", "category", "class", "group", "topic", "sort_of_thing")
_KIND_ASKED = ("What the note is about", "Kind of thing that is named", "Class, in our coding", "")

#: A schema: its fields, and a way to write a document with its gold.
Schema = tuple[list[dict[str, Any]], Callable[[Draw], tuple[str, dict[str, Any]]]]


def make_assorted(schemas: int, each: int, seed: int) -> Iterator[dict[str, Any]]:
    """So many schemas with so many labels each: `{"id", "instruction", "input", "output", "fields"}`."""
    for number in range(schemas):
        draw = Draw(seed, "schema", number)
        family = draw.pick((_form, _form, _lists, _kinds))
        fields, write = family(draw)
        instruction = draw.pick(_INSTRUCTIONS)
        for at in range(each):
            text, gold = write(Draw(seed, "document", number, at))
            output = {field["name"]: gold.get(field["name"], _absent(field)) for field in fields}
            yield {
                "id": f"assorted-{seed}-{number:04}-{at:02}",
                "instruction": instruction,
                "input": text,
                "output": output,
                "fields": fields,
            }


def _absent(field: dict[str, Any]) -> list[str] | None:
    return [] if field["type"] == "list[string]" else None


def _form(draw: Draw) -> Schema:
    form = form_schema(WORDS, draw)
    return form.fields, form.write


def _lists(draw: Draw) -> Schema:
    """Things of a theme, listed by their groups."""
    groups: dict[str, list[str]] = WORDS["groups"][draw.pick(list(WORDS["groups"]))]
    names = draw.shuffled(list(groups))[: 2 + draw.below(5)]
    about = draw.pick(_LISTED)
    fields = [
        {"name": name, "type": "list[string]", "description": about.format(name).capitalize()}
        for name in names
    ]

    def write(draw: Draw) -> tuple[str, dict[str, Any]]:
        named: list[tuple[str, str]] = []
        text = _cased(_note(draw, groups, 1 + draw.below(4), named), draw)
        return text, {
            name: list(dict.fromkeys(item for group, item in named if group == name)) for name in names
        }

    return fields, write


def _kinds(draw: Draw) -> Schema:
    """A note of one thing, to be sorted under one of many labels."""
    every = {name: items for theme in WORDS["groups"].values() for name, items in theme.items()}
    names = draw.shuffled(list(every))[: 4 + draw.below(24)]
    form = draw.pick(("{}", "{}", "{} ({})", "{}/{}"))
    upper = draw.chance(0.5)
    labels = {name: form.format(name, "/".join(sorted(every[name])[:3])) for name in names}
    labels = {name: label.upper() if upper else label for name, label in labels.items()}
    field: dict[str, Any] = {
        "name": draw.pick(_KINDS),
        "type": "enum",
        "description": draw.pick(_KIND_ASKED),
        "values": sorted(labels.values()),
    }

    def write(draw: Draw) -> tuple[str, dict[str, Any]]:
        name = draw.pick(names)
        if draw.chance(0.1):
            return _cased(_filler(draw, 2), draw), {}
        text = _note(draw, {name: every[name]}, 1 + draw.below(2), [])
        return _cased(text, draw), {field["name"]: labels[name]}

    return [field], write


def _note(draw: Draw, groups: dict[str, list[str]], sentences: int, named: list[tuple[str, str]]) -> str:
    """Some sentences; what they name goes to `named`, each with its group, in order."""
    parts = [_sentence(draw, groups, named) for _ in range(sentences)]
    if draw.chance(0.3):
        parts.insert(draw.below(len(parts) + 1), _filler(draw, 1))
    return (" " if draw.chance(0.5) else "\n").join(parts)


def _sentence(draw: Draw, groups: dict[str, list[str]], named: list[tuple[str, str]]) -> str:
    first, second = (draw.pick(list(groups)) for _ in range(2))

    def thing(group: str) -> str:
        named.append((group, draw.pick(groups[group])))
        return named[-1][1]

    template, text = draw.pick(WORDS["sentences"]), ""
    while template:
        before, _, rest = template.partition("{")
        slot, _, template = rest.partition("}")
        text += before
        match slot:
            case "a":
                text += thing(first)
            case "b":
                text += thing(second)
            case "A":
                items = [thing(first) for _ in range(1 + draw.below(4))]
                text += ", ".join(items[:-1]) + (" and " if len(items) > 1 else "") + items[-1]
            case "p":
                text += draw.pick(WORDS["people"]["first"])
            case "c":
                text += draw.pick(WORDS["places"])
            case "n":
                text += str(draw.below(9000))
    return text


def _filler(draw: Draw, count: int) -> str:
    return " ".join(draw.pick(WORDS["fillers"]) for _ in range(count))


def _cased(text: str, draw: Draw) -> str:
    how = draw.number()
    return text.lower() if how < 0.2 else text.upper() if how < 0.28 else text


def main() -> None:
    """Writes the file of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--schemas", type=int, default=150)
    parser.add_argument("--each", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    write(asked.out, asked.schemas, asked.each, asked.seed)


def write(path: Path, schemas: int, each: int, seed: int) -> None:
    """Writes the labels, whole or not at all."""
    write_labels(path, make_assorted(schemas, each, seed))


if __name__ == "__main__":
    main()
