"""The grammar of an answer, in llguidance's Lark form: what a model may write, byte for byte.

Every byte outside a value is fixed, so those tokens are forced and never sampled.
"""

import json
from collections.abc import Sequence

from thresher.adapters.answer import ITEM_SEPARATOR, KEY_SEPARATOR
from thresher.adapters.fields import MAX_ITEMS, MAX_STRING, Field

_CHARACTER = r'([^"\\\x00-\x1F\x7F]|\\["\\bfnrt]|\\u00[01][0-9a-f])'
_DAY = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9])"
_TERMINALS = f"""
STRING: /"{_CHARACTER}{{1,{MAX_STRING}}}"/
DATE: /"[12][0-9]{{3}}-({_DAY})"/
NUMBER: /-?(0|[1-9][0-9]{{0,14}})(\\.[0-9]{{1,6}})?/
INTEGER: /-?(0|[1-9][0-9]{{0,14}})/
"""


def answer_grammar(fields: Sequence[Field]) -> str:
    """A grammar that admits exactly the answers that state these fields, in order."""
    parts = []
    for number, field in enumerate(fields):
        key = ("{" if number == 0 else ITEM_SEPARATOR) + _json(field.name) + KEY_SEPARATOR
        parts.append(f"{_literal(key)} {_value(field)}")
    return f"start: {' '.join(parts)} {_literal('}')}\n{_TERMINALS}"


def _value(field: Field) -> str:
    match field.type:
        case "string":
            return '("null" | STRING)'
        case "date":
            return '("null" | DATE)'
        case "number":
            return '("null" | NUMBER)'
        case "integer":
            return '("null" | INTEGER)'
        case "boolean":
            return '("null" | "true" | "false")'
        case "enum":
            choices = ["null", *(_json(value) for value in field.values)]
            return f"({' | '.join(_literal(choice) for choice in choices)})"
        case "list[string]":
            return f'("[]" | "[" STRING ({_literal(ITEM_SEPARATOR)} STRING){{0,{MAX_ITEMS - 1}}} "]")'


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _literal(text: str) -> str:
    """A Lark literal: its escapes are JSON's."""
    return json.dumps(text, ensure_ascii=False)
