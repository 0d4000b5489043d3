"""DOCX: paragraphs and tables in the order of the document, headers and footers around their section.

The XML is walked here rather than through python-docx's paragraphs, which leave out tracked insertions,
content controls, text boxes and equations. Text that is hidden, deleted or struck out is not read.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

from thresher.app.documents.apart import LOWERED, RAISED, joined
from thresher.app.documents.archive import check_archive
from thresher.app.documents.draft import Draft
from thresher.app.documents.grid import Grid, Row
from thresher.app.documents.parsing import parsing
from thresher.app.documents.pictures import note_of_picture
from thresher.app.documents.symbols import LOST, sign
from thresher.app.documents.word_equation import EQUATION_TEXT, is_of_equation, parts_of_equation
from thresher.app.documents.word_pictures import DRAWINGS, has_large_picture
from thresher.app.documents.word_runs import LEVEL, SUBSCRIPT, SUPERSCRIPT, RunStyles, take_out_unseen

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARAGRAPH, _TABLE, _ROW, _CELL, _BOX = (f"{_W}{name}" for name in ("p", "tbl", "tr", "tc", "txbxContent"))
#: Word's own limit.
_MOST_COLUMNS = 63
#: Not text of the document as it stands: removed by a tracked change, or a second copy for old programs.
_NOT_READ = {f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}pPr", f"{_W}rPr", f"{_W}sectPr", _FALLBACK}
_AS_TEXT = {
    f"{_W}tab": "\t",
    f"{_W}ptab": "\t",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "-",
    f"{_W}softHyphen": "",
}
_TEXT = f"{_W}t", EQUATION_TEXT
#: Signs around a run that is raised or lowered.
_LEVELS = {SUPERSCRIPT: RAISED, SUBSCRIPT: LOWERED}
#: Characters that only the font of their run gives a meaning.
_PRIVATE = re.compile("[\ue000-\uf8ff]")


def read_word(data: bytes, draft: Draft) -> None:
    """Append the document's text, a region a paragraph or cell. Raises DocumentError."""
    import docx

    check_archive(data, draft, "Word document")
    with parsing(draft.name, "Word document"):
        document = docx.Document(io.BytesIO(data))
        body = document.element.body
        heads, feet = _around(document)
        middle = [body] * (body is not None) + list(_footnotes(document))
        styles = RunStyles(document.styles.element)
    unseen = {element: take_out_unseen(element, styles) for element in (*heads, *middle, *feet)}
    left_out: Counter[str] = Counter()
    for element in (*_unlike(heads), *middle, *_unlike(feet)):
        _write(element, draft)
        left_out.update(unseen[element])
    for what, passages in sorted(left_out.items()):
        draft.left_out(passages, what)
    if body is not None and has_large_picture(body, _within(body, *DRAWINGS)):
        draft.notes.append(note_of_picture("the document"))
    if lost := draft.text.count(LOST):
        what = "1 character is" if lost == 1 else f"{lost:,} characters are"
        draft.notes.append(f"{what} not known and read as {LOST}: look at the document itself")


def _around(document: Any) -> tuple[list[Any], list[Any]]:
    """The headers and the footers of all sections, as elements."""
    heads: list[Any] = []
    feet: list[Any] = []
    even = document.settings.odd_and_even_pages_header_footer
    for section in document.sections:
        first = section.different_first_page_header_footer
        headers, footers = [section.header], [section.footer]
        if first:
            headers.insert(0, section.first_page_header)
            footers.insert(0, section.first_page_footer)
        if even:
            headers.append(section.even_page_header)
            footers.append(section.even_page_footer)
        for found, parts in ((heads, headers), (feet, footers)):
            for part in parts:
                if not part.is_linked_to_previous:
                    found.append(part._element)
    return heads, feet


def _unlike(elements: list[Any]) -> list[Any]:
    """Those of the elements whose text none before has: a header is often repeated section by section."""
    return list({"\n".join(_texts(element)): element for element in reversed(elements)}.values())[::-1]


def _footnotes(document: Any) -> Iterator[Any]:
    from docx.oxml import parse_xml

    for relation in document.part.rels.values():
        if relation.reltype.endswith(("/footnotes", "/endnotes")) and not relation.is_external:
            yield parse_xml(relation.target_part.blob)


def _texts(element: Any) -> list[str]:
    return [_text_of(paragraph) for paragraph in _within(element, _PARAGRAPH)]


def _write(element: Any, draft: Draft) -> None:
    """Append the blocks within an element: paragraphs as lines, tables as rows."""
    stack = [iter(element)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif isinstance(child, Row):
            draft.row((text, None) for text in child.texts())
        elif child.tag in _NOT_READ:
            continue
        elif child.tag == _PARAGRAPH:
            if text := _text_of(child).rstrip():
                draft.lines(text)
            # A text box hangs in a paragraph, with paragraphs of its own.
            stack.extend(iter(box) for box in _within(child, _BOX))
        elif child.tag == _TABLE:
            stack.append(iter(_blocks(child)))
        else:  # a section, a content control, a tracked insertion …
            stack.append(iter(child))


def _blocks(table: Any) -> list[Any]:
    """The rows of a table; of one that lays a page out its cells, which are read block by block.

    Such a row has text in one cell alone, or is its table's only one, and has several lines in a cell.
    """
    grid, blocks = Grid(), list[Any]()
    rows = [row for row in _nearest(table, _ROW) if _nearest(row, _CELL)]
    for row in rows:
        cells = list(_columns(row))
        # No more than two lines: the tables in a cell are looked through again, each by itself.
        begun = [(cell, list(islice(_lines(cell), 2))) for _, cell in cells]
        written = [(cell, lines) for cell, lines in begun if lines]
        alone = len(written) == 1 or len(rows) == 1
        if alone and any(len(lines) > 1 for _, lines in written):
            blocks += [cell for cell, _ in written]
        else:
            blocks.append(grid.add((column, " ".join(_lines(cell))) for column, cell in cells))
    return blocks


def _lines(cell: Any) -> Iterator[str]:
    for paragraph in _within(cell, _PARAGRAPH):
        yield from (line for line in _text_of(paragraph).splitlines() if line.strip())


def _columns(row: Any) -> Iterator[tuple[int, Any]]:
    """A row's cells, each with its column: one may span several, or the row begin later than the table."""
    column = _said_in(row, f"{_W}trPr/{_W}gridBefore", 0)
    for cell in _nearest(row, _CELL):
        yield column, cell
        column += _said_in(cell, f"{_W}tcPr/{_W}gridSpan", 1)


def _said_in(element: Any, path: str, otherwise: int) -> int:
    found = element.find(path)
    said = "" if found is None else found.get(f"{_W}val", "")
    return min(int(said), _MOST_COLUMNS) if said.isdecimal() else otherwise


def _nearest(element: Any, tag: str) -> list[Any]:
    """The elements of a tag that are not within another of it, through content controls and the like."""
    found = []
    stack = [iter(element)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif child.tag == tag:
            found.append(child)
        elif child.tag not in _NOT_READ and child.tag != _CELL:
            stack.append(iter(child))
    return found


def _within(element: Any, *tags: str) -> Iterator[Any]:
    """All elements of these tags within another, those left out that are not read."""
    for found in element.iter(*tags):
        if not any(ancestor.tag in _NOT_READ for ancestor in found.iterancestors()):
            yield found


def _text_of(paragraph: Any) -> str:
    """The paragraph's own text, text boxes within it left to themselves."""
    pieces: list[str] = []
    stack: list[Iterator[Any]] = [iter(paragraph)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif isinstance(child, str):
            pieces.append(child)
        elif child.tag in _TEXT:
            pieces.append(_PRIVATE.sub(partial(_signed, child), child.text or ""))
        elif child.tag == f"{_W}sym":
            pieces.append(sign(child.get(f"{_W}font", ""), child.get(f"{_W}char", "")))
        elif child.tag in _AS_TEXT:
            pieces.append(_AS_TEXT[child.tag])
        elif child.tag not in _NOT_READ and child.tag != _BOX:
            stack.append(_parts(child))
    return joined("".join(pieces))


def _signed(text: Any, found: re.Match[str]) -> str:
    """A character of a symbol font, by the font of its run."""
    fonts = text.getparent().find(f"{_W}rPr/{_W}rFonts")
    return sign("" if fonts is None else fonts.get(f"{_W}ascii", ""), f"{ord(found[0]):x}")


def _parts(element: Any) -> Iterator[Any]:
    """The element's children, kept apart from what is around them where a line would make it one number."""
    if is_of_equation(element.tag):
        return parts_of_equation(element)
    around = _LEVELS.get(element.get(LEVEL))
    return iter((around[0], *element, around[1]) if around else element)
