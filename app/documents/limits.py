"""How much of a document is taken in. Beyond any of these a document is refused, never cut."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file, attachments counted in. A person's document is far below each."""

    file_bytes: int = 200 * 2**20
    expanded_bytes: int = 500 * 2**20  # of an archive's parts (DOCX, XLSX), taken together
    pages: int = 5_000  # of a PDF, or frames of an image
    text_characters: int = 10_000_000
    image_pixels: int = 80_000_000  # of one page: A4 at 600 dpi has 35 million
    cells: int = 5_000_000  # of a workbook's grid, empty ones counted in
    depth: int = 4  # a message in a message in a message …
    parts: int = 200  # attachments of a message
