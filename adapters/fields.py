"""The fields of a record: name, type and description, from a pack or given at run time."""

import re
from collections.abc import Container, Iterable
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from thresher.adapters.errors import UsageError

FieldType = Literal["string", "person", "date", "number", "integer", "boolean", "enum", "list[string]"]

#: What a value of a type is, in a few words for people; an enum's are its choices.
_FORMS = {
    "string": "a text",
    "person": "a name as Family, Given",
    "date": "a date as YYYY-MM-DD",
    "number": "a number, 1234.5",
    "integer": "a whole number",
    "boolean": "true or false",
    "list[string]": "a list of texts",
}

#: Of a field, what no model is told: what a model learnt does not change with it.
UNTOLD = {"derived", "counted_from"}

#: The longest name of a field, in characters.
MAX_NAME = 300

#: The bounds that the grammar sets, in characters and items: no document is known to need more, and a
#: model that loops must come to an end.
MAX_STRING = 500
MAX_ITEMS = 160


class Field(BaseModel):
    """One field. `values` are the choices of an enum and empty for every other type.

    A date or a number that is `derived` need not stand in the document, as the half bath of "1.5 baths" does
    not; a text that is has the document's words, and its punctuation may be other, "three" be 3. A date that
    the document does not write out may be `counted_from` others of the record, by name, the first that has a
    value: see `counted_dates`. No model is told either (`UNTOLD`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: FieldType
    description: str = ""
    values: tuple[str, ...] = ()
    derived: bool = False
    counted_from: tuple[str, ...] = ()

    @field_validator("name")
    @classmethod
    def _name_is_usable(cls, name: str) -> str:
        if not name.strip() or len(name) > MAX_NAME or any(ord(c) < 32 for c in name):
            raise ValueError(f"a field's name is 1 to {MAX_NAME} printable characters")
        return name

    @field_validator("name", "description", "values")
    @classmethod
    def _text_is_whole(cls, said: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for one in [said] if isinstance(said, str) else said:
            if any("\ud800" <= c <= "\udfff" for c in one):
                raise ValueError(f"{one!r} has half a character")
        return said

    @model_validator(mode="after")
    def _values_belong_to_enums(self) -> Self:
        if self.type == "enum" and not self.values:
            raise ValueError(f"enum field {self.name!r} needs 'values'")
        if self.type != "enum" and self.values:
            raise ValueError(f"field {self.name!r} has 'values' but is no enum")
        if len(set(self.values)) != len(self.values):
            raise ValueError(f"enum field {self.name!r} repeats a value")
        return self

    @model_validator(mode="after")
    def _only_texts_dates_and_numbers_are_derived(self) -> Self:
        if self.derived and self.type not in ("string", "list[string]", "date", "number", "integer"):
            raise ValueError(f"field {self.name!r} is 'derived' but is neither a text, a date nor a number")
        return self

    @model_validator(mode="after")
    def _only_dates_are_counted(self) -> Self:
        if self.counted_from and self.type != "date":
            raise ValueError(f"field {self.name!r} is 'counted_from' a date but is no date")
        if self.name in self.counted_from:
            raise ValueError(f"field {self.name!r} is 'counted_from' itself")
        return self

    @property
    def is_list(self) -> bool:
        """Whether a value is a list of items."""
        return self.type == "list[string]"

    @property
    def is_text(self) -> bool:
        """Whether a value, or each item of a list, is a text as the document has it."""
        return self.type in ("string", "list[string]")

    @property
    def is_worded(self) -> bool:
        """Whether a value has the text's own words, and no others can be written."""
        return self.is_text or self.type == "person"

    @property
    def is_quoted(self) -> bool:
        """Whether a value is taken from the text, rather than judged of it (enum, boolean)."""
        return self.type not in ("enum", "boolean")

    @property
    def is_stated(self) -> bool:
        """Whether a value is a date or a number that the text writes out, and no other can be written."""
        return self.is_quoted and not self.is_worded and not self.derived

    @property
    def is_spelt(self) -> bool:
        """Whether a value has the text's own words, but may punctuate and count in its own way."""
        return self.is_text and self.derived

    @property
    def form(self) -> str:
        """What a value is, in a few words for people: "a whole number", "one of: paid, open"."""
        return _FORMS.get(self.type) or "one of: " + ", ".join(self.values)

    def verbatim(self) -> Self:
        """The same field, for which a text is the document's to the letter."""
        return self.model_copy(update={"derived": False}) if self.is_spelt else self


_SPEC = re.compile(
    r"(?P<name>.+?):(?P<type>[a-z]+(?:\[[a-z]+\])?)(?:\((?P<values>[^)]*)\))?(?::(?P<description>.*))?", re.S
)


def parse_field(spec: str) -> Field:
    """A field from `NAME:TYPE[:DESCRIPTION]`; an enum lists its values: `kind:enum(a|b):What it is`.

    A text, a date or a number may be derived: `nights:integer(derived)`. Raises UsageError, which shows the
    form, where the text does not fit it.
    """
    form = "--field takes NAME:TYPE[:DESCRIPTION], e.g. 'revenue:number:Total revenue of the year'"
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise UsageError(f"{spec!r} is not a field. {form}.")
    values = tuple(v.strip() for v in (match["values"] or "").split("|") if v.strip())
    derived = match["type"] != "enum" and values == ("derived",)
    given = {
        "name": match["name"].strip(),
        "type": match["type"],
        "description": (match["description"] or "").strip(),
        "values": () if derived else values,
        "derived": derived,
    }
    try:
        return Field.model_validate(given)
    except ValidationError as error:
        raise UsageError(f"{spec!r} is not a field: {_first_message(error)}. {form}.") from error


def parse_fields(raw: object, where: str) -> tuple[Field, ...]:
    """Fields from the JSON form `[{"name", "type", "description"?, "values"?}, …]`.

    Raises UsageError that starts with `where` (a file and line, say) and names the entry.
    """
    if not isinstance(raw, list) or not raw:
        raise UsageError(f"{where}: 'fields' must be a list of at least one field")
    fields = []
    for number, entry in enumerate(raw, start=1):
        try:
            fields.append(Field.model_validate(entry))
        except ValidationError as error:
            raise UsageError(f"{where}: field {number}: {_first_message(error)}") from error
    return unique(fields, where)


def unique(fields: Iterable[Field], where: str) -> tuple[Field, ...]:
    """The fields as a tuple. Raises UsageError where two share a name."""
    seen: dict[str, Field] = {}
    for field in fields:
        if field.name in seen:
            raise UsageError(f"{where}: two fields are named {field.name!r}")
        seen[field.name] = field
    return tuple(seen.values())


def joined(own: Iterable[Field], given: Iterable[Field], *, open_fields: bool) -> tuple[Field, ...]:
    """The fields of a record with those that are given for a run or for one document.

    A given one is added, or takes the place of that of its name; where the fields are open, the given ones,
    if there are any, are the fields.
    """
    given = tuple(given)
    fields = {} if given and open_fields else {field.name: field for field in own}
    return tuple((fields | {field.name: field for field in given}).values())


def left_to_model(fields: Iterable[Field], cued: Container[str]) -> tuple[Field, ...]:
    """Those that a model is taught and asked: all but the booleans that cues tell, whose names are `cued`."""
    return tuple(field for field in fields if field.type != "boolean" or field.name not in cued)


def _first_message(error: ValidationError) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    return f"{key}: {first['msg']}" if key else str(first["msg"])
