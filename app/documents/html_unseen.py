"""What of an HTML page is not its text: what the page does not show, and what it shows as struck out.

Knows only the page itself: a style sheet in another file is not fetched, and no script is run.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_NOT_READ = ["script", "style", "template", "noscript", "head", "svg", "math", "object", "iframe", "datalist"]
_STRUCK_OUT = ["del", "s", "strike"]
#: What hides an element, by its property and how that begins.
_HIDING = {
    "display": re.compile("none"),
    "visibility": re.compile("hidden|collapse"),
    "font-size": re.compile(r"0(?![\d.])"),
}
_DECORATION = ("text-decoration", "text-decoration-line")


def remove_unseen(soup: "BeautifulSoup") -> int:
    """Take out what the page does not show, and what is struck out. Returns how many passages of the latter.

    Either may be said by an element, an attribute, a style or a style sheet.
    """
    from bs4 import Comment

    styled = list(_styled(soup))
    hidden = [element for element, style in styled if _hides(style)]
    struck_out = [element for element, style in styled if _strikes(style)]
    struck_out += soup.find_all(_STRUCK_OUT)
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    _remove([*hidden, *soup.find_all(_NOT_READ)])
    return _remove(struck_out)


def _styled(soup: "BeautifulSoup") -> Iterator[tuple[Any, str]]:
    """The elements that a style of their own or a style sheet may hide or strike out, with that style."""
    from soupsieve import SelectorSyntaxError

    for sheet in soup.find_all("style"):
        for selector, rules in _rules(sheet.get_text()):
            if _hides(rules) or _strikes(rules):
                try:
                    yield from ((element, rules) for element in soup.select(selector))
                except (SelectorSyntaxError, NotImplementedError, ValueError):
                    continue  # a selector that only a browser understands
    for element in soup.find_all(True):
        style = element.get("style")
        if element.has_attr("hidden"):
            yield element, "display: none"
        elif isinstance(style, str):
            yield element, style


def _hides(style: str) -> bool:
    return any(name in _HIDING and _HIDING[name].match(value) for name, value in _declarations(style))


def _strikes(style: str) -> bool:
    return any(name in _DECORATION and "line-through" in value for name, value in _declarations(style))


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    for declaration in style.lower().split(";"):
        name, _, value = declaration.partition(":")
        yield name.strip(), value.strip()


def _remove(elements: list[Any]) -> int:
    """Take the elements out. Returns how many had text that was still there."""
    written = 0
    for element in elements:
        # The page itself is never unseen: a script would show it, and none is run here.
        if not element.decomposed and element.name not in ("html", "body"):
            written += bool(element.get_text(strip=True))
            element.decompose()
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
