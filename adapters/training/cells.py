"""Questions to a table put to others of its cells: how a table is read is learnt, not what one cell says.

Counterfactual augmentation (Kaushik et al. 2020, Learning the Difference that Makes a Difference with
Counterfactually-Augmented Data): question and answer change together, and the document stays.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from thresher.adapters.fields import MAX_NAME, Field
from thresher.adapters.training.draw import Draw
from thresher.adapters.training.labels import Label
from thresher.adapters.values import is_absent

#: The chance of a question that names its column to be put to another one.
_OTHER_COLUMN = 0.5
#: A row's name has so many letters in a row at least: a note's mark or a dash is none.
_NAME = re.compile(r"[^\W\d_]{3}")
#: What stands between cells, and behind a row's name: a note's mark, a colon.
_BETWEEN = re.compile(r"[|\t]")
_NOTES = re.compile(r"(?:\s*\(\d{1,2}\)|\s*:)+\Z")
_CURRENCY = re.compile(r"[$€£¥]\s*")

_Row = tuple[str, ...]
_Table = Sequence[_Row]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A field's question: the row that it names, the column of each value, and of each its cell's text."""

    table: _Table
    row: int
    columns: tuple[int, ...]


def move(label: Label, draw: Draw) -> Label:
    """The label with each question to cells of a table, where it can be, put to others of the same table.

    A question is a text field whose name and description name the row in which its values stand: *What was
    the net income in 2019?* becomes *What was the cost of sales in 2018?*
    """
    tables = tuple(_tables(label.text))
    fields, values = [], dict(label.values)
    taken = {field.name for field in label.fields}
    for field in label.fields:
        found = _asked(field, label.values.get(field.name), tables)
        moved = found and _moved(field, label.values[field.name], found, draw)
        if moved and moved[0].name not in taken:
            del values[field.name]
            field, value = moved
            values[field.name] = value
            taken.add(field.name)
        fields.append(field)
    return replace(label, fields=tuple(fields), values=values)


def _tables(text: str) -> Iterator[_Table]:
    """Runs of lines that have cells."""
    rows: list[_Row] = []
    for line in (*text.split("\n"), ""):
        cells = tuple(cell.strip() for cell in _BETWEEN.split(line))
        if len(cells) > 1:
            rows.append((_NOTES.sub("", cells[0]), *cells[1:]))
        elif rows:
            yield rows
            rows = []


def _asked(field: Field, value: Any, tables: Sequence[_Table]) -> _Asked | None:
    """The row that the field names and that holds its values, of several that of the longest name."""
    if not field.is_text or is_absent(value, field):
        return None
    items = [_bare(item) for item in (value if field.is_list else [value])]
    named = [
        (table, at)
        for table in tables
        for at, row in enumerate(table)
        if _NAME.search(row[0]) and _says(field.description, row[0]) and _says(field.name, row[0])
    ]
    for table, at in sorted(named, key=lambda one: -len(one[0][one[1]][0])):
        row = table[at]
        # A column that the question names goes before another with the same value.
        order = sorted(range(1, len(row)), key=lambda column: _heads(field, table, at, column) is None)
        columns = [next((c for c in order if _bare(row[c]) == item), None) for item in items]
        if None not in columns:
            return _Asked(table, at, tuple(c for c in columns if c is not None))
    return None


def _moved(field: Field, value: Any, asked: _Asked, draw: Draw) -> tuple[Field, Any] | None:
    """The question to another row, at times to another column, and what is right then; None where none is."""
    table, old, columns = asked.table, asked.table[asked.row], asked.columns
    head, others = _other_heads(field, asked)
    if others and draw.chance(_OTHER_COLUMN):
        columns = (draw.pick(others),)
    names = Counter(row[0].casefold() for row in table)
    rows = [
        row
        for row in table
        if _NAME.search(row[0])
        and names[row[0].casefold()] == 1
        and len(row) > max(columns)
        and all(map(_alike, (row[c] for c in columns), (old[c] for c in asked.columns)))
        and (row is not old or columns != asked.columns)
    ]
    if not rows:
        return None
    new = draw.pick(rows)
    items = [
        # The currency's sign is left out where it was.
        new[c] if _CURRENCY.search(item) or not _CURRENCY.search(old[was]) else _CURRENCY.sub("", new[c])
        for item, c, was in zip(value if field.is_list else [value], columns, asked.columns, strict=True)
    ]
    words = {old[0]: new[0]}
    if columns != asked.columns and head is not None:
        words[table[head][asked.columns[0]]] = table[head][columns[0]]
    name, description = _reworded(field.name, words), _reworded(field.description, words)
    if len(set(items)) < len(items) or len(name) > MAX_NAME or not name.isprintable():
        return None
    moved = field.model_copy(update={"name": name, "description": description})
    return moved, items if field.is_list else items[0]


def _other_heads(field: Field, asked: _Asked) -> tuple[int | None, list[int]]:
    """The row of heads from which the question names its one column, and the columns that it could name."""
    table, (column, *more) = asked.table, asked.columns
    head = _heads(field, table, asked.row, column)
    if more or head is None:
        return None, []
    said = {c: words for c, words in enumerate(table[head]) if c and words}
    named = [c for c, words in said.items() if _says(field.description, words)]
    # Of several columns that it names, as of the change between two years, none can be told from the others.
    if named != [column] or len(set(said.values())) < len(said):
        return None, []
    return head, [c for c in said if c != column]


def _heads(field: Field, table: _Table, row: int, column: int) -> int | None:
    """The row above from which the question names this column."""
    above = [at for at in range(row) if column < len(table[at]) and table[at][column]]
    return next((at for at in above if _says(field.description, table[at][column])), None)


def _alike(new: str, old: str) -> bool:
    """Whether both are numbers, or percentages, or words with numbers: no share is asked for an amount."""
    kinds = [(bool(re.search(r"[^\W\d_]", cell)), "%" in cell) for cell in (new, old)]
    return bool(re.search(r"\d", new)) and kinds[0] == kinds[1]


def _bare(cell: str) -> str:
    return _CURRENCY.sub("", cell).strip().casefold()


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.I)


def _says(question: str, words: str) -> bool:
    # Most rows are not named; a pattern of each takes long to build.
    return words.casefold() in question.casefold() and _pattern(words).search(question) is not None


def _reworded(question: str, words: dict[str, str]) -> str:
    """The question with these words for those, in its way to write them: small, or as the table has it."""
    for old, new in words.items():
        found = _pattern(old).search(question)
        if found:
            small = found[0].islower() and not old.islower()
            new = " ".join(w if w.isupper() else w.lower() for w in new.split()) if small else new
            question = question[: found.start()] + new + question[found.end() :]
    return question
