"""An equation of a Word document as it is written in a line: 1/2, 10^6. What cannot stand in one is LOST.

Walks nothing: it says what an element's parts are, and what signs stand between them.
"""

import re
from collections.abc import Iterator
from typing import Any

from thresher.app.documents.apart import WORDS
from thresher.app.documents.symbols import LOST

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
#: Where an equation has its letters and digits.
EQUATION_TEXT = f"{_M}t"
#: What stands before a part of an equation where it is written in a line: 1/2, 10^6.
_SIGNS = {f"{_M}num": "", f"{_M}den": "/", f"{_M}sup": "^", f"{_M}sub": "_"}
_FRACTION, _BRACKETS, _EQUATION = (f"{_M}{name}" for name in ("f", "d", "oMath"))
_SCRIPTS = {f"{_M}sSup", f"{_M}sSub"}
#: Of equations, what can be written in a line; roots, sums and matrices can not.
_IN_LINE = {*_SIGNS, _FRACTION, _BRACKETS, _EQUATION, *_SCRIPTS} | {
    f"{_M}{n}" for n in ("oMathPara", "r", "e")
}
_ONE_TERM = re.compile(r"[\w.,]*")


def is_of_equation(tag: Any) -> bool:
    """Whether an element with that tag is an equation or within one; comments have no text as their tag."""
    return isinstance(tag, str) and tag.startswith(_M)


def parts_of_equation(element: Any) -> Iterator[Any]:
    """The element's children, with what its shape says between them: in a line it is no other number."""
    tag = element.tag
    if tag.endswith("Pr"):  # how it looks
        return iter(())
    if tag not in _IN_LINE:
        return iter((LOST,))
    if tag == _FRACTION:
        return iter((WORDS, *element, WORDS))
    if tag in _SCRIPTS:
        return iter((*element, WORDS))
    if tag == _EQUATION and (before := element.getprevious()) is not None and before.tag == _EQUATION:
        return iter(("\n", *element))
    if tag == _BRACKETS:
        return _bracketed(element)
    before = _SIGNS.get(tag)
    if before is None:
        return iter(element)
    if _ONE_TERM.fullmatch("".join(element.itertext())):
        return iter((before, *element))
    return iter((before, "(", *element, ")"))


def _bracketed(element: Any) -> Iterator[Any]:
    """Its parts in its brackets, which are round where it does not say, with its sign between them."""

    def said(name: str, otherwise: str) -> str:
        found = element.find(f"{_M}dPr/{_M}{name}")
        return otherwise if found is None else found.get(f"{_M}val", "")

    yield said("begChr", "(")
    for number, part in enumerate(element.findall(f"{_M}e")):
        yield from (said("sepChr", "|"), part) if number else (part,)
    yield said("endChr", ")")
