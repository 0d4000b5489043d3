"""A document: its text, and for any character the place that it came from."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256 as hash_of
from pathlib import Path

from thresher.app.documents.directions import leftward

#: left, top, right, bottom from the page's top left corner: points in a PDF, pixels in an image.
Box = tuple[float, float, float, float]

#: OCR's mistakes come together: so many characters are right or wrong as one. Of 68 values of photographs
#: whose texts had been trained on, 71 % were right. Confidences said 86 % without OCR's part, 72 % with two
#: characters as one, 65 % with each by itself; their log loss was 0.53, 0.41 and 0.44.
MISREAD_TOGETHER = 2


@dataclass(frozen=True, slots=True)
class Region:
    """The characters [start, end) of the text come from this place.

    A region is a word, a line, a cell or a paragraph: as fine as the format tells.
    """

    start: int
    end: int
    page: int | None = None  # from 1
    box: Box | None = None
    sheet: str | None = None
    cell: str | None = None  # A1 notation
    part: str | None = None  # of a message: "body", or an attachment's name
    confidence: float | None = None  # of the OCR, 0 to 1; None where the text is exact


@dataclass(frozen=True, slots=True)
class Place:
    """Where a span of text stands. `box` covers the span's part on its first page."""

    page: int | None = None
    box: Box | None = None
    sheet: str | None = None
    cell: str | None = None
    part: str | None = None

    def __str__(self) -> str:
        """In words, as a person would look it up: 'offer.pdf, page 2', 'Sheet1!B4'."""
        cell = f"{self.sheet}!{self.cell}" if self.sheet and self.cell else self.sheet or self.cell
        page = f"page {self.page}" if self.page is not None else None
        return ", ".join(word for word in (self.part, cell, page) if word)


def sha256_of_text(text: str) -> str:
    """What stands for the hash of a file's bytes where a text came without a file."""
    return hash_of(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Document:
    """What was read of one file. `text` is laid out: lines, and three spaces or tabs between columns."""

    name: str
    sha256: str  # of the file's bytes
    kind: str  # "pdf", "image", "docx", "xlsx", "csv", "html", "email", "text", "record"
    text: str
    path: Path | None = None
    regions: Sequence[Region] = ()  # in order of start, not overlapping; gaps are layout
    pages: int = 0  # of a PDF or an image, attachments counted in; 0 where the format has none
    ocr_pages: int = 0  # how many of them were read by OCR
    notes: tuple[str, ...] = field(default=())  # what a reader should know: "page 3 holds no text"

    def regions_of(self, start: int, end: int) -> Sequence[Region]:
        """The regions that share a character with [start, end)."""
        first = max(bisect_right(self.regions, start, key=lambda r: r.start) - 1, 0)
        found = []
        for region in self.regions[first:]:
            if region.start >= end:
                break
            if region.end > start:
                found.append(region)
        return found

    def ocr_confidence(self, start: int, end: int) -> float | None:
        """How surely OCR read [start, end): a mean over characters, 0 to 1; None where the text is exact."""
        mean, characters = self._ocr(start, end)
        return mean if characters else None

    def ocr_probability(self, start: int, end: int) -> float | None:
        """Of OCR having read all of [start, end) right; None where the text is exact."""
        mean, characters = self._ocr(start, end)
        return float(mean ** (characters / MISREAD_TOGETHER)) if characters else None

    def _ocr(self, start: int, end: int) -> tuple[float, int]:
        """How surely OCR read the characters of [start, end) in the mean, and how many it read."""
        read, characters = 0.0, 0
        for region in self.regions_of(start, end) if self.ocr_pages else ():
            if region.confidence is not None:
                own = min(end, region.end) - max(start, region.start)
                read += own * region.confidence
                characters += own
        return (read / characters if characters else 0.0), characters

    def place(self, start: int, end: int) -> Place:
        """Where [start, end) stands. A box is narrowed to the span's share of its region's width."""
        regions = self.regions_of(start, end)
        if not regions:
            return Place()
        first = regions[0]
        boxes = [
            _narrowed(r, start, end, leftward(self.text[r.start : r.end], otherwise=False))
            for r in regions
            if r.box and (r.page, r.part) == (first.page, first.part)
        ]
        box = None
        if boxes:
            lefts, tops, rights, bottoms = zip(*boxes, strict=True)
            box = (min(lefts), min(tops), max(rights), max(bottoms))
        return Place(first.page, box, first.sheet, first.cell, first.part)


def _narrowed(region: Region, start: int, end: int, from_the_right: bool) -> Box:
    assert region.box is not None
    left, top, right, bottom = region.box
    width = (right - left) / max(region.end - region.start, 1)
    first = width * (max(start, region.start) - region.start)
    last = width * (min(end, region.end) - region.start)
    if from_the_right:
        return right - last, top, right - first, bottom
    return left + first, top, left + last, bottom
