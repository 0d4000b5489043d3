"""The grammar of an answer, in llguidance's Lark form: what a model may write, byte for byte.

Every byte outside a value is fixed, so those tokens are forced and never sampled. A string is a run of whole
words of the document, white space taken as one space: a value that is not in the text cannot be written, and
a model that repeats itself comes to an end. A person's name may be two such runs, the family name first. A
date or a number is one that the text writes out, in any of its readings; one that may be derived is free. Of
a text that may be derived the words are the document's, and what stands between them is free.
"""

from collections.abc import Sequence

from thresher.adapters.answer import (
    ITEM_SEPARATOR,
    KEY_SEPARATOR,
    most_items,
    render_value,
    stated_values,
)
from thresher.adapters.conventions import Conventions
from thresher.adapters.fields import MAX_STRING, Field
from thresher.adapters.punctuation import BEFORE, BEHIND, BETWEEN, Words
from thresher.adapters.words import WORD

#: The most characters of a family name, and of the given names.
_MAX_NAME = 60
#: The most words of a text that is punctuated freely are between this and twice as many.
_MOST_WORDS = 64
_DAY = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9])"
#: A text that begins and ends with no white space.
_EDGES = f"/(?s:\\S(.{{0,{MAX_STRING - 2}}}\\S)?)/"
_TERMINALS = f"""
STRING: "\\"" QUOTE "\\""
QUOTE: PART & {_EDGES}
DATE: /"[12][0-9]{{3}}-({_DAY})"/
NUMBER: /-?(0|[1-9][0-9]{{0,14}})(\\.[0-9]{{1,6}})?/
INTEGER: /-?(0|[1-9][0-9]{{0,14}})/
FAMILY: "\\"" NAME ", "
GIVEN: NAME "\\""
NAMED: "\\"" NAME "\\""
NAME: PART & /(?s:[^\\s,]([^,]{{0,{_MAX_NAME - 2}}}[^\\s,])?)/
"""


def answer_grammar(fields: Sequence[Field], text: str, conventions: Conventions) -> str:
    """A grammar that admits exactly the answers that state these fields, in order, of this window's text."""
    parts = []
    most = most_items(text)
    for number, field in enumerate(fields):
        key = ("{" if number == 0 else ITEM_SEPARATOR) + render_value(field.name) + KEY_SEPARATOR
        parts.append(f"{_literal(key)} {_value(field, most)}")
    # In the form that they have in JSON: a quotation mark is written with its escape.
    words = [render_value(word)[1:-1] for word in WORD.findall(" ".join(text.split()))]
    part = f"PART: %regex {render_value({'substring_chunks': words})}"
    types = {field.type: field for field in fields if field.is_stated}
    said = [_said(field, text, conventions) for field in types.values()]
    spelt = _spelt(text) if any(field.is_spelt for field in fields) else []
    return "\n".join([f"start: {' '.join(parts)} {_literal('}')}{_TERMINALS}{part}", *said, *spelt, ""])


def _value(field: Field, most: int) -> str:
    text = "SPELT" if field.is_spelt else "STRING"
    match field.type:
        case _ if field.is_stated:
            return f"SAID_{field.type.upper()}"
        case "string":
            return f'("null" | {text})'
        case "person":
            return '("null" | NAMED | FAMILY GIVEN)'
        case "date":
            return '("null" | DATE)'
        case "number":
            return '("null" | NUMBER)'
        case "integer":
            return '("null" | INTEGER)'
        case "boolean":
            return '("null" | "true" | "false")'
        case "enum":
            choices = ["null", *(render_value(value) for value in field.values)]
            return f"({' | '.join(_literal(choice) for choice in choices)})"
        case "list[string]":
            return f'("[]" | "[" {text} ({_literal(ITEM_SEPARATOR)} {text}){{0,{most - 1}}} "]")'


def _said(field: Field, text: str, conventions: Conventions) -> str:
    """The terminal of a date or a number that the text writes out, or null: one, however many there are."""
    said = ["null", *(render_value(value) for value in stated_values(field, text, conventions))]
    return f"SAID_{field.type.upper()}: {' | '.join(map(_literal, said))}"


def _spelt(text: str) -> list[str]:
    """The terminals of a text that has the words of the window's, and between them what it likes.

    Each word leads to the next, so that all beginnings share their ends: of a stretch, which overlaps with
    the one behind it, since one as long as a window is too deep for what reads the grammar.
    """
    words = Words(text)
    free = {"BETWEEN": BETWEEN, "BEFORE": BEFORE, "BEHIND": BEHIND}
    lines, first = [f"{name}: /{pattern}/" for name, pattern in free.items()], []
    for begin in range(0, len(words.places), _MOST_WORDS):
        end = min(begin + 2 * _MOST_WORDS, len(words.places))
        first += [f"WORD_{begin}_{number}" for number in range(begin, min(begin + _MOST_WORDS, end))]
        for number in range(begin, end):
            word = _escaped(text[slice(*words.places[number])])
            if words.digits[number]:
                word = f"({word} | {_literal(words.digits[number])})"
            next_ = f" ({_gap(words, number)} WORD_{begin}_{number + 1})?" if number + 1 < end else ""
            lines.append(f"WORD_{begin}_{number}: {word}{next_}")
    worded = f" | BEFORE ({' | '.join(first)}) BEHIND" if first else ""
    return [*lines, f"EITHER: PART{worded}", f"WORDED: EITHER & {_EDGES}", 'SPELT: "\\"" WORDED "\\""']


def _gap(words: Words, number: int) -> str:
    """What may stand between this word and the next: anything or the text's own; of numbers no other sign."""
    own = words.gap(number)
    if words.is_free(number):
        return f"(BETWEEN | {_escaped(own)})" if own else "BETWEEN"
    return f'" "? {_escaped(own.strip())} " "?' if own.strip() else _escaped(own)


def _escaped(text: str) -> str:
    """A Lark literal of a text in the form that it has in JSON."""
    return _literal(render_value(text)[1:-1])


def _literal(text: str) -> str:
    """A Lark literal: its escapes are JSON's."""
    return render_value(text)
