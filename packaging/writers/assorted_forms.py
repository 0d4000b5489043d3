"""Forms for `make_assorted.py`: what a record type asks of a form, and such forms in several layouts."""

from dataclasses import dataclass
from typing import Any

from writers.form_parts import Values, laid_out

from thresher.adapters.training.draw import Draw

#: The type of a field by its kind of value; others are strings.
_TYPES = {
    "date": "date",
    "money": "number",
    "amount": "number",
    "count": "integer",
    "flag": "boolean",
    "choice": "enum",
    "things": "list[string]",
}


@dataclass(frozen=True)
class Form:
    """A record type of forms: `fields` as they are asked, and for each the form's own name of it."""

    words: dict[str, Any]
    kind: str
    fields: list[dict[str, Any]]
    own: list[str]

    def write(self, draw: Draw) -> tuple[str, dict[str, Any]]:
        """A document of the form, and its gold. It has more than is asked, and not always all of that."""
        form = self.words["forms"][self.kind]
        stated: dict[str, tuple[Any, str]] = {}
        values = Values(self.words, draw)
        entries = []
        for name in draw.shuffled(list(form["fields"])):
            if draw.chance(0.2):
                continue
            kind, said, _ = form["fields"][name]
            stated[name] = values.of(kind, name)
            entries.append((draw.pick(said.split("|")), stated[name][1]))
        title = draw.pick(form["titles"])
        title = title.upper() if draw.chance(0.3) else title
        body = laid_out(entries, draw)
        around = [draw.pick(self.words["fillers"]) for _ in range(draw.below(4))]
        top = [f"{values.company()}, {values.address()}"] if draw.chance(0.4) else []
        cut = draw.below(len(around) + 1)
        text = "\n".join([*top, title, *around[:cut], body, *around[cut:]])
        return text, {
            field["name"]: stated[own][field["type"] == "string"]
            for field, own in zip(self.fields, self.own, strict=True)
            if own in stated
        }


def form_schema(words: dict[str, Any], draw: Draw) -> Form:
    """Some fields of a form, under names and descriptions of their own."""
    kind = draw.pick(list(words["forms"]))
    form = words["forms"][kind]["fields"]
    names = draw.shuffled(list(form))[: 3 + draw.below(6)]
    style, described = draw.below(4), draw.chance(0.75)
    fields: list[dict[str, Any]] = []
    own: list[str] = []
    for name in names:
        value, said, about = form[name]
        field: dict[str, Any] = {
            "name": _named(name, draw.pick(said.split("|")), style),
            "type": _TYPES.get(value, "string"),
        }
        field["description"] = about if described else ""
        if value == "date" and draw.chance(0.15):
            field |= {"type": "string", "description": f"{about}, as written"}
        if value == "choice":
            values = list(words["choices"][name])
            field["values"] = draw.shuffled(values)
        if field["name"] not in [one["name"] for one in fields]:
            fields.append(field)
            own.append(name)
    return Form(words, kind, fields, own)


def _named(name: str, said: str, style: int) -> str:
    match style:
        case 0:
            return name
        case 1:
            first, *rest = name.split("_")
            return first + "".join(part.capitalize() for part in rest)
        case 2:
            return name.replace("_", " ").capitalize()
        case _:
            return said.rstrip(".")
