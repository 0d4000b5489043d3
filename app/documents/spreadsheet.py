"""XLSX: what is visible of each sheet under its title, row by row, a region a cell. Values, not formulas."""

import datetime
import io
import math
import re
import warnings
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from thresher.app.documents.archive import check_archive
from thresher.app.documents.draft import Draft
from thresher.app.documents.errors import OversizedDocumentError
from thresher.app.documents.parsing import parsing
from thresher.app.documents.sheet_view import Hidden

_CHUNK = 2**20
#: What a number format has beside its codes: quoted text, and characters shown, left room for, or repeated.
_LITERAL = re.compile(r'"[^"]*"?|[\\_*].')
#: A colour, a currency, a language. One with a comparison says which numbers its section is for.
_BRACKETS = re.compile(r"\[[^\]<>=]{0,99}\]")
#: Digits with fixed decimals, with signs and currencies around them or not. A comma at their end divides
#: by a thousand, and letters are dates or powers of ten: those show no such number.
_FIXED = re.compile(r"[^\w#?.,/@]*+((?:[#0?][#0?,]*(?<!,))?)(?:\.([#0?]{0,30}))?[^\w#?.,/@]*")
#: A time that is not a clock's: the unit in brackets is not taken into a larger one. Others may follow.
_ELAPSED = re.compile(r"\[(?:(h+)|(m+)|(s+))\](?:[^hms.]*(m+))?(?:[^hms.]*(s+))?(?:\.(0+))?", re.I)
#: How a workbook writes a control character, and a "_" that such an escape would begin with. What openpyxl
#: gives may have lost the latter, and of others is then not known whether they are escapes.
_ESCAPE = re.compile(r"_x(005F|00[01][0-9A-F])_", re.I)
_EXACT = Context(prec=80)  # the digits of the largest number that is written out, and a format's decimals
#: A number of more digits before its point, or zeros behind it, is written with a power of ten.
_WRITTEN_OUT = 30
_NAME = re.compile(rb"""<c\s[^>]*?\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_STORED = re.compile(rb"<v[^>/]*>[^<]|<t[ >]")
#: A formula whose result is a text, which may be empty: then its <v> is, too.
_TEXT_RESULT = re.compile(rb"""<c\s[^>]*\bt=["']str["'][^>]*>\s*<f""")


def read_spreadsheet(data: bytes, draft: Draft) -> None:
    """Append the workbook's cells. Raises DocumentError."""
    import openpyxl

    check_archive(data, draft, "Excel workbook")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of every extension that it skips
        with parsing(draft.name, "Excel workbook"):
            workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            cells = formulas = 0
            for sheet in workbook.worksheets:
                if sheet.sheet_state != "visible":
                    draft.notes.append(f"sheet {sheet.title!r} is hidden and was not read")
                    continue
                hidden = _hidden(sheet, draft)
                cells += _read_sheet(sheet, hidden, draft, draft.limits.cells - cells)
                formulas += _formulas_without_value(sheet, hidden, draft)
        finally:
            workbook.close()
    if formulas:
        what = "1 formula has" if formulas == 1 else f"{formulas} formulas have"
        draft.notes.append(
            f"{what} no stored value and {'was' if formulas == 1 else 'were'} not read: "
            "open the workbook in Excel and save it"
        )


def _hidden(sheet: Any, draft: Draft) -> Hidden:
    with parsing(draft.name, "Excel workbook"), sheet._get_source() as stream:
        return Hidden(stream)


def _formulas_without_value(sheet: Any, hidden: Hidden, draft: Draft) -> int:
    """How many cells hold a formula whose result the program that wrote them did not store."""
    count = 0
    with parsing(draft.name, "Excel workbook"), sheet._get_source() as stream:
        rest = b""
        while chunk := stream.read(_CHUNK):
            *cells, rest = (rest + chunk).split(b"</c>")
            count += sum(_is_without_value(cell) and _is_seen(cell, hidden) for cell in cells)
    return count


def _is_seen(cell: bytes, hidden: Hidden) -> bool:
    """Whether the cell that a piece of XML ends with is not hidden, as far as it is named."""
    from openpyxl.utils import column_index_from_string

    names = _NAME.findall(cell)
    if not names:
        return True
    column, row = names[-1]
    return not hidden.cell(int(row), column_index_from_string(column.decode()))


def _is_without_value(cell: bytes) -> bool:
    """Whether the cell that a piece of XML ends with holds a formula and no result."""
    formula = cell.find(b"<f")
    return formula >= 0 and not (_STORED.search(cell, formula) or _TEXT_RESULT.search(cell))


def _read_sheet(sheet: Any, hidden: Hidden, draft: Draft, cells_left: int) -> int:
    """Append what is seen of a sheet, and note the rest. Returns how many cells of the grid it took."""
    if not draft.is_blank:
        draft.write("\n")
    draft.place(sheet.title, sheet=sheet.title)
    draft.write("\n")
    taken = number = hidden_rows = 0
    hidden_columns: set[int] = set()
    with parsing(draft.name, "Excel workbook"):
        sheet.reset_dimensions()  # what the file says of its own size may be wrong, or a trap
        rows = iter(sheet.iter_rows())
    while True:
        with parsing(draft.name, "Excel workbook"):
            row = next(rows, None)
            if row is None:
                break
            given = [
                (cell.value, str(cell.number_format or ""), getattr(cell, "coordinate", None)) for cell in row
            ]
        taken += max(len(given), 1)
        if taken > cells_left:
            raise OversizedDocumentError(
                f"{draft.name}: its sheets span more than {draft.limits.cells:,} cells. "
                "Delete the rows and columns that are empty, or save its sheets as smaller workbooks."
            )
        number += 1
        cells = [(_shown(value, number_format), name) for value, number_format, name in given]
        written = [column for column, (text, _) in enumerate(cells) if text]
        unseen = {column for column in written if hidden.cell(number, column + 1)}
        if hidden.row(number):
            hidden_rows += bool(unseen)
        else:
            hidden_columns |= unseen
        for column in unseen:
            cells[column] = "", cells[column][1]
        if any(text for text, _ in cells):
            draft.row(cells, sheet=sheet.title)
    _note_hidden(sheet.title, hidden_rows, len(hidden_columns), draft)
    return taken


def _note_hidden(title: str, rows: int, columns: int, draft: Draft) -> None:
    counts = [(rows, "row"), (columns, "column")]
    what = " and ".join(f"{count:,} {word}{'s' * (count > 1)}" for count, word in counts if count)
    if what:
        are, were = ("is", "was") if rows + columns == 1 else ("are", "were")
        draft.notes.append(f"sheet {title!r}: {what} {are} hidden and {were} not read")


class _Form(NamedTuple):
    """How a number format shows a number."""

    percent: bool  # times a hundred
    least: int = 0  # decimals
    most: int | None = None  # decimals; None where the number is shown with as many as it has
    whole: int = 0  # digits before the decimals, at least


@lru_cache
def _form(number_format: str) -> _Form:
    """By its first section: it is for all numbers, or for those that are not negative."""
    codes = _LITERAL.sub("", number_format)
    found = _FIXED.fullmatch(_BRACKETS.sub("", codes).partition(";")[0].replace(" ", ""))
    whole, decimals = (found[1], found[2] or "") if found else ("", "")
    if not whole and not decimals:
        return _Form("%" in codes)
    padded = len(whole) if not decimals and set(whole) == {"0"} else 0
    return _Form("%" in codes, len(decimals.rstrip("#?")), len(decimals), padded)


def _number(value: float, number_format: str) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    form = _form(number_format)
    # With the digits that the program keeps, or those that another one wrote a whole number with.
    exact = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")
    too_long = isinstance(value, float) and abs(exact.adjusted()) >= _WRITTEN_OUT
    exact = exact.scaleb(2 if form.percent else 0, _EXACT)
    unit = "%" if form.percent else ""
    if form.most is None or exact.adjusted() >= _WRITTEN_OUT:
        return (f"{exact:E}" if too_long else f"{exact:f}") + unit
    # With halves away from zero: 1.005 is 1.01, as the program has it.
    text = f"{exact.quantize(Decimal(1).scaleb(-form.most), ROUND_HALF_UP, _EXACT):f}"
    sign = "-" if text.startswith("-") else ""
    whole, _, decimals = text.removeprefix("-").partition(".")
    decimals = decimals[: form.least] + decimals[form.least :].rstrip("0")
    return f"{sign}{whole.zfill(form.whole)}" + (f".{decimals}" if decimals else "") + unit


def _duration(value: datetime.timedelta, number_format: str) -> str:
    """In its format's units, colons between them: 38:30 hours, where a clock begins again at 24."""
    found = _ELAPSED.search(_LITERAL.sub("", number_format)) or _ELAPSED.fullmatch("[h]:mm:ss")
    assert found is not None
    hours, all_minutes, all_seconds, minutes, seconds, decimals = found.groups("")
    units = ((3600, hours), (60, all_minutes or minutes), (1, all_seconds or seconds))
    # Seconds are rounded; what is smaller than the last unit is cut off, as the program does.
    exact = Decimal(abs(value) // datetime.timedelta(milliseconds=1)).scaleb(-3)
    left = exact.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP, _EXACT)
    shown, sign = [], "-" if value < datetime.timedelta() else ""
    for size, code in units:
        if code:
            whole, left = divmod(left, size)
            shown.append(f"{whole:0{len(code)}f}")
    return sign + ":".join(shown) + (f"{left:f}"[1:] if decimals else "")


def _shown(value: Any, number_format: str) -> str:
    """A cell's value as text, near to how the program shows it."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime.datetime():
            day = value.date().isoformat()
            return day if value.time() == datetime.time() else f"{day} {value.time().isoformat()}"
        case datetime.date() | datetime.time():
            return value.isoformat()
        case datetime.timedelta():
            return _duration(value, number_format)
        case str():
            return _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), value)
        case int() | float():
            return _number(value, number_format)
        case _:
            return str(value)
