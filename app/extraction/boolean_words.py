"""What a document's words tell of a boolean: signals beside what the model says of it.

A boolean has no place in the text that could be checked. Of a long contract a small model hardly tells which
clauses it has; that some part of it uses the words of the clause's description tells more
(docs/experiments.md).
"""

from collections.abc import Sequence

from thresher.adapters.field_words import FieldWords, stems
from thresher.adapters.fields import Field

#: Characters of a part, about as many as a window has, and those that two neighbours share.
_PART, _OVERLAP = 3000, 400


def boolean_words(fields: Sequence[Field], text: str) -> dict[str, float]:
    """For each boolean the score of the part of the text that has most of its words (see `FieldWords`)."""
    asked = [field.name for field in fields if field.type == "boolean"]
    if not asked:
        return {}
    words = FieldWords(fields)
    parts = [stems(text[at : at + _PART]) for at in range(0, len(text), _PART - _OVERLAP)]
    return {name: max((words.score(name, part) for part in parts), default=0.0) for name in asked}
