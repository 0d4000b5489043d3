"""What is asked of a document, varied: fields dropped, reordered, renamed, undescribed; other instructions.

Knows no document: a variation serves every label that asks for the same.
"""

import re
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thresher.adapters.fields import Field
from thresher.adapters.prompt import ANY_RECORD
from thresher.adapters.training.draw import Draw
from thresher.adapters.training.run_parts import Augmentation

#: Instructions for a record of any kind.
WORDINGS = (
    ANY_RECORD,
    "Read the document and fill in each field.",
    "Find these values in the text below.",
    "Take the listed fields from this document.",
    "What does the document say about each of these?",
    "Fill in the record from what is written here.",
    "",
)

#: Words of a description that do not tell what the field is.
_EMPTY = (
    "a an and any are as at be by each every for from given has have in is it its kind named no not null of "
    "on one or other out printed stated that the their this to was were what where whether which who whom "
    "whose with written"
)
_WORD = re.compile(r"[^\W_]+")
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Asked:
    """A variation: its instructions, and by the name of each field that is kept the field as it is asked."""

    instructions: str
    fields: Mapping[str, Field]

    def values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """A label's values, under the names as they are asked."""
        return {field.name: values[name] for name, field in self.fields.items() if name in values}


def vary_asked(instructions: str, fields: Sequence[Field], how: Augmentation, draw: Draw) -> Asked:
    """One variation. At least one field is kept; the names stay unique."""
    kept = [one for one in fields if not draw.chance(how.drop)] or [draw.pick(fields)]
    if draw.chance(how.reorder):
        kept = draw.shuffled(kept)
    if draw.chance(how.reword):
        instructions = draw.pick(WORDINGS)
    style = draw.pick(_STYLES)
    shared = Counter(word for one in fields for word in {w.casefold() for w in _words(one.description)})
    common = max(len(fields) // 2, 1)
    taken = {one.name.casefold() for one in fields}
    asked = {}
    for one in kept:
        undescribed = draw.chance(how.undescribe)
        name = one.name
        # A name that is a question says all there is.
        if draw.chance(how.rename) and one.name.casefold() != one.description.strip().casefold():
            # A name that stands alone must say more.
            most = 3 if undescribed else 2 + draw.below(2)
            wanted = style(_telling(one.description, {w for w in shared if shared[w] > common}, shared, most))
            if 0 < len(wanted) <= _LONGEST_NAME and wanted.casefold() not in taken:
                name = wanted
                taken.add(wanted.casefold())
        description = "" if undescribed else one.description
        asked[one.name] = one.model_copy(update={"name": name, "description": description})
    return Asked(instructions, asked)


def unnamed(asked: Asked, draw: Draw) -> Asked:
    """The same under names that say nothing, without descriptions."""
    style = draw.pick(("field {}", "{:c}", "x{}"))
    first = ord("A") if style == "{:c}" else 1
    numbers = draw.shuffled(range(first, first + len(asked.fields)))
    fields = {
        own: one.model_copy(update={"name": style.format(number), "description": ""})
        for number, (own, one) in zip(numbers, asked.fields.items(), strict=True)
    }
    return Asked(asked.instructions, fields)


def _words(description: str) -> list[str]:
    """Those that tell, before the first bracket or comma if there are any."""
    empty = _EMPTY.split()
    for text in (re.split(r"[,;(]", description, maxsplit=1)[0], description):
        if words := [w for w in _WORD.findall(text) if len(w) > 1 and w.casefold() not in empty]:
            return words
    return []


def _telling(description: str, common: Container[str], shared: Mapping[str, int], most: int) -> list[str]:
    """The words of a description that the fewest fields share, the earlier first, in their order.

    `common` ones, which tell no field from the others, are taken where there are none else.
    """
    words = list(dict.fromkeys(_words(description)))
    words = [word for word in words if word.casefold() not in common] or words
    rank = sorted(range(len(words)), key=lambda at: (shared[words[at].casefold()], at))
    return [words[at] for at in sorted(rank[:most])]


def _snake(words: Sequence[str]) -> str:
    return "_".join(word.lower() for word in words)


def _camel(words: Sequence[str]) -> str:
    return "".join(word.lower() if at == 0 else word.capitalize() for at, word in enumerate(words))


def _spaced(words: Sequence[str]) -> str:
    return " ".join(word.lower() for word in words)


def _titled(words: Sequence[str]) -> str:
    return " ".join(words).capitalize()


_STYLES: tuple[Callable[[Sequence[str]], str], ...] = (_snake, _camel, _spaced, _titled)
