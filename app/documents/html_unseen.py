"""What of an HTML page is not its text: what the page does not show, and what it shows as struck out.

Knows only the page itself: a style sheet in another file is not fetched, and no script is run.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from thresher.app.documents.draft import HIDDEN, STRUCK_OUT

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_NOT_READ = ["script", "style", "template", "noscript", "head", "svg", "math", "object", "iframe", "datalist"]
#: Elements that strike out, unless a style says that they do not.
_STRIKING = ["s", "strike"]
#: What hides an element, by its property and how that begins.
_HIDING = {
    "display": re.compile("none"),
    "visibility": re.compile("hidden|collapse"),
    "font-size": re.compile(r"0(?![\d.])"),
}
_DECORATION = ("text-decoration", "text-decoration-line")


def remove_unseen(soup: "BeautifulSoup") -> dict[str, int]:
    """Take out what the page does not show, and what is struck out. Returns how many passages of either.

    Either may be said by an element, an attribute, a style or a style sheet. What is no text, a script say,
    is no passage.
    """
    from bs4 import Comment

    styled = list(_styled(soup))
    hidden = [element for element, looks in styled if looks.hidden]
    struck_out = [element for element, looks in styled if looks.struck_out]
    not_struck_out = {id(element) for element, looks in styled if looks.struck_out is False}
    struck_out += soup.find_all("del")
    struck_out += [element for element in soup.find_all(_STRIKING) if id(element) not in not_struck_out]
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    _remove(soup.find_all(_NOT_READ))
    return {HIDDEN: _remove(hidden), STRUCK_OUT: _remove(struck_out)}


class _Looks(NamedTuple):
    """What a style says of an element."""

    hidden: bool
    struck_out: bool | None  # None where it does not say


def _styled(soup: "BeautifulSoup") -> Iterator[tuple[Any, _Looks]]:
    """The elements that a style of their own or a style sheet may hide or strike out, with what that says."""
    from soupsieve import SelectorSyntaxError

    is_struck_out = soup.find(_STRIKING) is not None
    for sheet in soup.find_all("style"):
        for selector, rules in _rules(sheet.get_text()):
            looks = _looks(rules)
            if looks.hidden or looks.struck_out or (is_struck_out and looks.struck_out is False):
                try:
                    yield from ((element, looks) for element in soup.select(selector))
                except (SelectorSyntaxError, NotImplementedError, ValueError):
                    continue  # a selector that only a browser understands
    for element in soup.find_all(True):
        style = element.get("style")
        if element.has_attr("hidden"):
            yield element, _Looks(hidden=True, struck_out=None)
        elif isinstance(style, str):
            yield element, _looks(style)


def _looks(style: str) -> _Looks:
    said = [declaration.partition(":") for declaration in style.lower().split(";")]
    declared = [(name.strip(), value.strip()) for name, _, value in said]
    hidden = any(name in _HIDING and _HIDING[name].match(value) for name, value in declared)
    lines = [value for name, value in declared if name in _DECORATION]
    return _Looks(hidden, any("line-through" in value for value in lines) if lines else None)


def _remove(elements: list[Any]) -> int:
    """Empty the elements, as what shows nothing. Returns how many had text that was still there.

    To take each out of its place would be a search for it among all that stand beside it.
    """
    written = 0
    for element in elements:
        # The page itself is never unseen: a script would show it, and none is run here.
        if not element.decomposed and element.name not in ("html", "body"):
            written += bool(element.get_text(strip=True))
            element.clear(decompose=True)
            element.name, element.attrs = "span", {}
    return written


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
