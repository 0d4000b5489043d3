"""A document under way: text is appended piece by piece, and each piece that has a place becomes a region.

Normalising happens here alone, before offsets are taken, so that a region's offsets are right by
construction. Knows no format.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from thresher.app.documents.document import Box, Region
from thresher.app.documents.errors import OversizedDocumentError
from thresher.app.documents.limits import Limits

#: Between columns of laid-out text. Between a table's cells stands a tab.
COLUMN_GAP = "   "

#: Why a passage is not read.
HIDDEN, STRUCK_OUT = "hidden", "deleted or struck out"

_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Control characters say nothing, and a terminal would obey them; half a surrogate pair cannot be stored.
_SAYS_NOTHING = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_HALF_A_PAIR = re.compile(r"[\ud800-\udfff]")


def normalised(text: str) -> str:
    r"""The text with line ends as `\n`, and without control characters and halves of surrogate pairs."""
    text = _LINE_ENDS.sub("\n", text)
    return _HALF_A_PAIR.sub("\ufffd", _SAYS_NOTHING.sub("", text))


class Draft:
    """The text, regions and notes of a document that is being read."""

    def __init__(self, name: str, limits: Limits, depth: int = 0) -> None:
        self.name = name
        self.limits = limits
        self.depth = depth  # 0 for a file, 1 for a message's attachment …
        self.regions: list[Region] = []
        self.notes: list[str] = []
        self.pages = 0
        self.ocr_pages = 0
        self.unseen = 0  # passages that were left out
        self._pieces: list[str] = []
        self.length = 0

    @property
    def text(self) -> str:
        """What has been written."""
        return "".join(self._pieces)

    @property
    def is_blank(self) -> bool:
        """Whether nothing but white space has been written."""
        return all(piece.isspace() for piece in self._pieces)

    def write(self, text: str) -> None:
        """Append layout: text that has no place of its own.

        Raises OversizedDocumentError where the document grows beyond `limits.text_characters`.
        """
        self._append(normalised(text))

    def _append(self, text: str) -> None:
        if not text:
            return
        self.length += len(text)
        if self.length > self.limits.text_characters:
            raise OversizedDocumentError(
                f"{self.name}: holds more than {self.limits.text_characters:,} characters of text. "
                "Split it into smaller documents."
            )
        self._pieces.append(text)

    def place(
        self,
        text: str,
        *,
        page: int | None = None,
        box: Box | None = None,
        sheet: str | None = None,
        cell: str | None = None,
        confidence: float | None = None,
    ) -> None:
        """Append text that comes from one place. White space around it is dropped."""
        start = self.length
        self._append(normalised(text).strip())
        if self.length > start:
            self.regions.append(
                Region(start, self.length, page, box, sheet, cell, part=None, confidence=confidence)
            )

    def lines(self, text: str) -> None:
        """Append text line by line, each line a region, layout within lines kept."""
        for line in normalised(text).strip("\n").split("\n"):
            body = line.rstrip()
            indent = len(body) - len(body.lstrip())
            self.write(body[:indent])
            self.place(body)
            self.write("\n")

    def row(self, cells: Iterable[tuple[str, str | None]], sheet: str | None = None) -> None:
        """Append a table's row: (text, A1 name) pairs joined by tabs, empty ones at the end left out."""
        tabs = 0
        for column, (text, cell) in enumerate(cells):
            if column:
                tabs += 1
            words = " ".join(normalised(text).split())
            if words:
                self.write("\t" * tabs)
                tabs = 0
                self.place(words, sheet=sheet, cell=cell)
        self.write("\n")

    def left_out(self, passages: int, what: str) -> None:
        """Note how many passages were not read, since each is `what`: HIDDEN or STRUCK_OUT."""
        self.unseen += passages
        if passages:
            are = "1 passage is" if passages == 1 else f"{passages:,} passages are"
            self.notes.append(f"{are} {what} and {'was' if passages == 1 else 'were'} not read")

    def pages_taken(self, count: int) -> None:
        """Count pages. Raises OversizedDocumentError beyond `limits.pages`."""
        self.pages += count
        if self.pages > self.limits.pages:
            raise OversizedDocumentError(
                f"{self.name}: has more than {self.limits.pages:,} pages. Split it into smaller documents."
            )

    def child(self, name: str) -> "Draft":
        """A draft for a part of this one, held to what this one's limits leave."""
        left = replace(
            self.limits,
            text_characters=max(self.limits.text_characters - self.length, 0),
            pages=max(self.limits.pages - self.pages, 0),
        )
        return Draft(name, left, self.depth + 1)

    def absorb(self, child: "Draft", part: str) -> None:
        """Append a part's draft; its places are within `part`, or within the part's own parts."""
        offset = self.length
        self.write(child.text)
        for region in child.regions:
            within = f"{part} > {region.part}" if region.part else part
            self.regions.append(
                replace(region, start=region.start + offset, end=region.end + offset, part=within)
            )
        self.notes.extend(f"{part}: {note}" for note in child.notes)
        self.pages_taken(child.pages)
        self.ocr_pages += child.ocr_pages
        self.unseen += child.unseen
