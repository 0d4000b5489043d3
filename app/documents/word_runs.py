"""The runs of a Word document: which are not read, since they are hidden or struck out, and which are raised.

A run says so itself, or by its style or its paragraph's.
"""

from collections import Counter
from typing import Any

from thresher.app.documents.draft import HIDDEN, STRUCK_OUT

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RUN, _PARAGRAPH, _PROPERTIES = f"{_W}r", f"{_W}p", f"{_W}rPr"
_VALUE = f"{_W}val"
#: Set on a run that is raised or lowered: to one of these.
LEVEL = "level"
SUPERSCRIPT, SUBSCRIPT = "superscript", "subscript"
#: What a run has that is text, or becomes some.
_TEXT = {f"{_W}{name}" for name in ("t", "delText", "sym", "tab", "ptab", "noBreakHyphen")}
#: Of text that a tracked change removed; and what is not counted: a second copy, or moved to another place.
_DELETED = f"{_W}del"
_ELSEWHERE = {f"{_W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
_SWITCHES = {f"{_W}vanish": HIDDEN, f"{_W}strike": STRUCK_OUT, f"{_W}dstrike": STRUCK_OUT}

#: What properties say, where they say it: hidden, struck out, raised, lowered, or not so.
_Said = dict[str, bool]


class RunStyles:
    """The styles of a document, as far as they say how a run is read."""

    def __init__(self, styles: Any) -> None:
        self._styles = {style.get(f"{_W}styleId"): style for style in styles.iter(f"{_W}style")}
        self._known: dict[str, _Said] = {}
        self._around: dict[Any, _Said] = {}  # by paragraph, which is looked through once

    def of(self, run: Any, paragraph: Any | None) -> _Said:
        """How a run is read: what it says itself, or else its style and its paragraph's."""
        properties = run.find(_PROPERTIES)
        own = self._style(properties, "rStyle")
        if paragraph not in self._around:
            found = None if paragraph is None else paragraph.find(f"{_W}pPr")
            self._around[paragraph] = self._style(found, "pStyle")
        around = self._around[paragraph]
        said = {**around, **own}
        for switch in (HIDDEN, STRUCK_OUT):
            # Two styles that both switch it on switch it off again.
            said[switch] = own.get(switch, False) != around.get(switch, False)
        return said | _said(properties)

    def _style(self, properties: Any | None, kind: str) -> _Said:
        named = None if properties is None else properties.find(f"{_W}{kind}")
        name: str = "" if named is None else named.get(_VALUE, "")
        chain: list[str] = []
        while name not in self._known and name in self._styles:
            self._known[name] = {}  # should it be based on itself
            chain.append(name)
            base = self._styles[name].find(f"{_W}basedOn")
            name = "" if base is None else base.get(_VALUE, "")
        said = self._known.get(name, {})
        for name in reversed(chain):
            said = self._known[name] = said | _said(self._styles[name].find(_PROPERTIES))
        return said


def _said(properties: Any | None) -> _Said:
    said: _Said = {}
    for tag in () if properties is None else properties:
        if switch := _SWITCHES.get(tag.tag):
            said[switch] = said.get(switch, False) or tag.get(_VALUE, "1") not in ("0", "false", "off")
        elif tag.tag == f"{_W}vertAlign":
            said |= {level: tag.get(_VALUE) == level for level in (SUPERSCRIPT, SUBSCRIPT)}
    return said


def take_out_unseen(element: Any, styles: RunStyles) -> Counter[str]:
    """Take the text out of the runs that are hidden or struck out, and mark those that are raised or lowered.

    Returns how many passages were left out, by why. Runs beside one another are one passage.
    """
    passages: Counter[str] = Counter()
    last: tuple[Any, str] | None = None
    for run in list(element.iter(_RUN)):
        own = [part for part in run if part.tag in _TEXT]
        if not own:
            continue
        around = {ancestor.tag: ancestor for ancestor in reversed(list(run.iterancestors()))}
        paragraph = around.get(_PARAGRAPH)
        if _ELSEWHERE & around.keys():
            continue
        looks = styles.of(run, paragraph)
        for level in (SUPERSCRIPT, SUBSCRIPT):
            if looks.get(level):
                run.set(LEVEL, level)
        deleted = _DELETED in around or looks[STRUCK_OUT]
        why = HIDDEN if looks[HIDDEN] else STRUCK_OUT if deleted else ""
        if why:
            written = any((part.text or "").strip() or part.get(f"{_W}char") for part in own)
            passages[why] += written and last != (paragraph, why)
            for part in own:
                run.remove(part)
            if not written:
                continue
        last = paragraph, why
    return passages
