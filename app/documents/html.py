"""HTML: the text that a reader of the page would see, tables as rows. Nothing is run or fetched."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from thresher.app.documents.apart import LOWERED, NUMBERS, RAISED, joined
from thresher.app.documents.draft import Draft
from thresher.app.documents.grid import Grid, Row
from thresher.app.documents.html_unseen import remove_unseen
from thresher.app.documents.parsing import parsing
from thresher.app.documents.text import as_declared, decoded_or_none, note_lost, utf8_or_none

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_INLINE = {
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "ins", "kbd", "label", "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr", "img",
}  # fmt: skip
_CELLS = ("td", "th")
#: Signs around an element, by its name: a footnote's number is no part of the one before it.
_AROUND = {"sup": RAISED, "sub": LOWERED}
_TYPED = ("text", "email", "tel", "number", "date", "url", "search")
_SPACES = re.compile(r"\s+")
#: How far a cell spans at most, as in browsers; beyond so many columns none does, lest a page be a trap.
_MOST_COLUMNS, _TO_THE_END = 1000, 65534


def read_html(data: bytes, draft: Draft) -> None:
    """Append the page's visible text, a region a line or cell. Raises DocumentError."""
    from bs4 import BeautifulSoup

    with parsing(draft.name, "HTML page"):
        soup = BeautifulSoup(_decoded(data, draft), "lxml")
    title = soup.title.get_text() if soup.title else ""
    for what, passages in remove_unseen(soup).items():
        draft.left_out(passages, what)
    _write_out_inputs(soup)
    if title.strip():
        draft.lines(_SPACES.sub(" ", title).strip())
    for line in list(_lines(soup)):  # the last row of a table may be what fills a column
        cells = [line] if isinstance(line, str) else line.texts()
        if len(cells) == 1:  # a line, whose white space tells where it was kept
            draft.lines(cells[0])
        else:
            draft.row((cell, None) for cell in cells)


def _decoded(data: bytes, draft: Draft) -> str | bytes:
    """As text: by its mark or as UTF-8, else as the page says of itself, or else by what is likeliest."""
    from bs4.dammit import EncodingDetector

    text = None
    if b"charset" in data[:4096].lower():
        said = EncodingDetector.find_declared_encoding(data, is_html=True)
        text = utf8_or_none(data) or (as_declared(data, said) if said else None)
    if text is None:
        return decoded_or_none(data, draft) or data
    note_lost(text, draft)
    return text


def _write_out_inputs(soup: "BeautifulSoup") -> None:
    """Put in the place of each input what was typed or chosen in it, in a table's cell as elsewhere."""
    for element in soup.find_all("select"):
        options = element.find_all("option")
        if options and not element.has_attr("multiple") and str(element.get("size", "")) in ("", "0", "1"):
            _write_instead(element, _chosen(options))
    for element in soup.find_all("input"):
        typed = element.get("value") if element.get("type", "text") in _TYPED else None
        _write_instead(element, str(typed or ""))


def _chosen(options: list[Any]) -> str:
    """What a closed drop-down list shows: the last that is selected, else the first that can be chosen."""
    selected = [option for option in options if option.has_attr("selected")]
    free = (option for option in options if not option.has_attr("disabled"))
    shown = selected[-1] if selected else next(free, None)
    return "" if shown is None else str(shown.get("label") or shown.get_text())


def _write_instead(element: Any, text: str) -> None:
    """Let the element be this text: to take it out of its place would be a search among all beside it."""
    element.clear(decompose=True)
    element.name, element.attrs = "span", {}
    element.append(f" {text} ")


def _lines(root: Any) -> Iterator[str | Row]:
    """The text of an element in document order, line by line or row by row; blocks begin new lines."""
    from bs4 import Tag
    from bs4.element import NavigableString, PreformattedString

    line: list[str] = []
    as_typed = root.find_parent("pre") is not None
    stack: list[tuple[Any, bool, bool, _Columns, str]] = [
        (iter(root.children), True, as_typed, _Columns(Grid()), "")
    ]
    while stack:
        children, block, as_typed, columns, behind = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            line.append(behind)
            if block:
                yield from _ended(line, as_typed)
        elif isinstance(child, PreformattedString):
            continue  # a doctype, a declaration
        elif isinstance(child, NavigableString):
            if as_typed:
                first, *rest = str(child).split("\n")
                line.append(first)
                for more in rest:
                    yield from _ended(line, as_typed)
                    line.append(more)
            else:
                line.append(_SPACES.sub(" ", child))
        elif isinstance(child, Tag):
            inline = child.name in _INLINE
            if not inline:
                yield from _ended(line, as_typed)
            placed = None
            if child.name == "tr":
                placed = columns.placed(child.find_all(_CELLS, recursive=False))
            if placed is not None and _is_plain(child):
                yield from _row(placed, columns.grid)
            elif child.name != "br":
                as_typed = as_typed or child.name == "pre"
                before, behind = _around(child)
                line.append(before)
                inner = _Columns(Grid() if child.name == "table" else columns.grid)
                stack.append((iter(list(child.children)), not inline, as_typed, inner, behind))


def _around(element: Any) -> tuple[str, str]:
    """Signs to stand before the element and behind it. Of two links that are raised each is a note's."""
    before, behind = _AROUND.get(element.name, ("", ""))
    linked = before and (element.parent.name == "a" or any(child.name == "a" for child in element.children))
    return before, behind + NUMBERS if linked and any(element.strings) else behind


def _ended(line: list[str], as_typed: bool) -> Iterator[str]:
    text = joined("".join(line))
    line.clear()
    if not as_typed:
        text = _SPACES.sub(" ", text).strip()
    if text.strip():
        yield text


def _is_plain(row: Any) -> bool:
    """Whether a table's row is one to a reader too: cells and nothing else, with no table within them."""
    return not row.find("tr") and all(
        child.name in _CELLS or not child.get_text(strip=True) for child in row.children
    )


def _row(placed: list[tuple[int, Any]], grid: Grid) -> Iterator[str | Row]:
    """A plain row as one line; of a row with text in one cell alone, as frames a page, that cell's lines."""
    cells = [(column, [line for line in _lines(cell) if isinstance(line, str)]) for column, cell in placed]
    written = [lines for _, lines in cells if lines]
    if len(written) == 1 and len(written[0]) > 1:
        yield from written[0]
    else:
        yield grid.add((column, " ".join(lines)) for column, lines in cells)


class _Columns:
    """The columns of a group of rows of a table, some of them taken by cells that begin in a row above."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self._row = 0
        self._free_from: dict[int, int] = {}  # by column, the next row that has it

    def placed(self, cells: list[Any]) -> list[tuple[int, Any]]:
        """The cells of the next row, each with its column."""
        placed, column = [], 0
        for cell in cells:
            while self._free_from.get(column, 0) > self._row:
                column += 1
            placed.append((column, cell))
            width = max(_number(cell, "colspan"), 1) if column < _MOST_COLUMNS else 1
            height = _number(cell, "rowspan") or _TO_THE_END
            if height > 1:
                last = min(column + width, _MOST_COLUMNS)
                self._free_from.update((taken, self._row + height) for taken in range(column, last))
            column += width
        self._row += 1
        return placed


def _number(cell: Any, name: str) -> int:
    """How many columns or rows a cell says that it spans, as far as it is believed."""
    found = re.match(r"\s*(\d{1,9})", str(cell.get(name, 1)), re.A)
    return min(int(found[1]), _MOST_COLUMNS if name == "colspan" else _TO_THE_END) if found else 1
