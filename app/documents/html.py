"""HTML: the text that a reader of the page would see, tables as rows. Nothing is run or fetched."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from thresher.app.documents.draft import Draft
from thresher.app.documents.parsing import parsing
from thresher.app.documents.text import note_lost, text_or_none, utf8_or_none

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_NOT_READ = {"script", "style", "template", "noscript", "head", "svg", "math", "object", "iframe", "datalist"}
_INLINE = {
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "ins", "kbd", "label", "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr", "img",
}  # fmt: skip
_TYPED = ("text", "email", "tel", "number", "date", "url", "search")
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?![\d.])", re.I
)
_SPACES = re.compile(r"\s+")


def read_html(data: bytes, draft: Draft) -> None:
    """Append the page's visible text, a region a line or cell. Raises DocumentError."""
    from bs4 import BeautifulSoup

    with parsing(draft.name, "HTML page"):
        page = _decoded(data)
        soup = BeautifulSoup(page, "lxml")
    if isinstance(page, str):
        note_lost(page, draft)
    title = soup.title.get_text() if soup.title else ""
    _remove_hidden(soup)
    _write_out_inputs(soup)
    lines: list[str] = [""]
    if title.strip():
        draft.lines(_SPACES.sub(" ", title).strip())
    _walk(soup, draft, lines)
    _flush(draft, lines)


def _decoded(data: bytes) -> str | bytes:
    """As text where mark or UTF-8 settle it; else as bytes, whose <meta charset> the parser heeds."""
    if b"charset" in data[:4096].lower():
        return utf8_or_none(data) or data
    return text_or_none(data) or data


def _remove_hidden(soup: "BeautifulSoup") -> None:
    """Take out what the page does not show: by element, attribute, inline style or style sheet."""
    from bs4 import Comment, Tag
    from soupsieve import SelectorSyntaxError

    hidden: list[Any] = []
    for sheet in soup.find_all("style"):
        for selector, rules in _rules(sheet.get_text()):
            if _HIDING.search(rules):
                try:
                    hidden.extend(soup.select(selector))
                except (SelectorSyntaxError, NotImplementedError, ValueError):
                    continue  # a selector that only a browser understands
    for element in soup.find_all(True):
        style = element.get("style")
        if element.has_attr("hidden") or (isinstance(style, str) and _HIDING.search(style)):
            hidden.append(element)
    for element in (
        *hidden,
        *soup.find_all(_NOT_READ),
        *soup.find_all(string=lambda s: isinstance(s, Comment)),
    ):
        # The page itself is never hidden: a script would show it, and none is run here.
        if not (isinstance(element, Tag) and element.name in ("html", "body")):
            element.extract()


def _write_out_inputs(soup: "BeautifulSoup") -> None:
    """Put in the place of each input what was typed into it, in a table's cell as elsewhere."""
    for element in soup.find_all("input"):
        typed = element.get("value") if element.get("type", "text") in _TYPED else None
        element.replace_with(f" {typed or ''} ")


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """A style sheet's (selector, declarations). Rules within another, @media say, may not apply: left out."""
    first, *rest = sheet.split("/*")
    sheet = first + "".join(comment.partition("*/")[2] for comment in rest)
    selectors: list[str] = []
    text = ""
    for token in re.split(r"([{}])", sheet):
        if token == "{":
            selectors.append(text.rpartition(";")[2].strip())
        elif token == "}":
            selector = selectors.pop() if selectors else ""
            if selector and not selectors and not selector.startswith("@"):
                yield selector, text
        text = token if token not in "{}" else ""


def _walk(root: Any, draft: Draft, line: list[str]) -> None:
    """Append the text of an element in document order; blocks begin new lines."""
    from bs4 import Tag
    from bs4.element import NavigableString, PreformattedString

    stack: list[tuple[Any, bool]] = [(iter(root.children), True)]
    while stack:
        children, block = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if block:
                _flush(draft, line)
        elif isinstance(child, PreformattedString):
            continue  # a doctype, a declaration
        elif isinstance(child, NavigableString):
            if child.find_parent("pre"):
                first, *rest = str(child).split("\n")
                line.append(first)
                for more in rest:
                    _flush(draft, line)
                    line.append(more)
            else:
                line.append(_SPACES.sub(" ", child))
        elif isinstance(child, Tag):
            if child.name == "br":
                _flush(draft, line)
            elif child.name == "tr":
                _flush(draft, line)
                draft.row(
                    (cell.get_text(" "), None) for cell in child.find_all(["td", "th"], recursive=False)
                )
            else:
                inline = child.name in _INLINE
                if not inline:
                    _flush(draft, line)
                stack.append((iter(list(child.children)), not inline))


def _flush(draft: Draft, line: list[str]) -> None:
    text = _SPACES.sub(" ", "".join(line)).strip()
    line.clear()
    if text:
        draft.place(text)
        draft.write("\n")
