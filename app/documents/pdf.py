"""PDF: the text layer as lines of words; a page that is a picture is rendered and read by OCR.

What a form was filled in with, and a note on the page, is text of the page like any other.
Boxes are in points from the top left corner of the page as it is shown.
"""

import math
import threading
from typing import TYPE_CHECKING, Any

from thresher.app.documents.document import Box
from thresher.app.documents.draft import Draft
from thresher.app.documents.errors import EncryptedDocumentError, OversizedDocumentError
from thresher.app.documents.glyphs import as_shown, words_of_page
from thresher.app.documents.lines import Word, lines_of, write_lines
from thresher.app.documents.ocr import LONGEST_SIDE, words_of
from thresher.app.documents.parsing import parsing
from thresher.app.documents.pictures import LARGE, note_of_picture

if TYPE_CHECKING:
    from PIL.Image import Image

#: Pixels a point of a rendered page: 180 dots an inch.
RENDER_SCALE = 2.5
#: Pixels of a rendered page's longer side, at most: the OCR would only shrink it again.
LARGEST_SIDE = 2 * LONGEST_SIDE
#: A page with fewer characters than this, most of it covered by pictures, is a scan with a stamp on it.
STAMP = 200
MOSTLY = 0.5
_PASSWORD = 4  # FPDF_ERR_PASSWORD

_in_use = threading.Lock()  # PDFium is not made for two threads


def read_pdf(data: bytes, draft: Draft) -> None:
    """Append the text of each page. Raises DocumentError."""
    with _in_use:
        pdf = _opened(data, draft)
        try:
            with parsing(draft.name, "PDF"):
                pages = len(pdf)
            draft.pages_taken(pages)
            for index in range(pages):
                if index:
                    draft.write("\n")
                _read_page(pdf, index, draft)
        finally:
            pdf.close()


def _opened(data: bytes, draft: Draft) -> Any:
    import pypdfium2 as pdfium

    with parsing(draft.name, "PDF"):
        try:
            pdf = pdfium.PdfDocument(data)
            pdf.init_forms()  # draws the values that the program which filled them in did not
            return pdf
        except pdfium.PdfiumError as error:
            if error.err_code == _PASSWORD:
                raise EncryptedDocumentError(
                    f"{draft.name}: asks for a password. Open it, enter the password, "
                    "print or save it as a PDF without one, and add that."
                ) from error
            raise


def _read_page(pdf: Any, index: int, draft: Draft) -> None:
    number = index + 1
    with parsing(draft.name, "PDF"):
        page = pdf[index]
    try:
        words = words_of_page(page, draft.name)
        # Asked of the page by itself: what was filled into a scan is no text layer of its print.
        pictures = _pictures(page, draft.name)
        is_picture = _is_picture(page, sum(len(word.text) for word in words), pictures, draft.name)
        if _flattened(page, draft.name):
            with parsing(draft.name, "PDF"):
                page.close()
                page = pdf[index]
            words = words_of_page(page, draft.name)
        if is_picture:
            picture, scale = _rendered(page, draft)
            draft.ocr_pages += 1
            # What the text layer holds (a stamp) is in the picture too.
            words = words_of(picture, draft.name, scale) or words
        if not words:
            draft.notes.append(f"page {number} holds no text")
        elif not is_picture and _has_unread(pictures, words):
            draft.notes.append(note_of_picture(f"page {number}"))
        write_lines(draft, lines_of(words), number)
    finally:
        page.close()


def _flattened(page: Any, name: str) -> bool:
    """Make what lies on the page part of it: fields, notes, stamps. True where it is to be taken anew."""
    import pypdfium2.raw as raw

    shown = undrawn = False
    with parsing(name, "PDF"):
        for index in range(raw.FPDFPage_GetAnnotCount(page)):
            annotation = raw.FPDFPage_GetAnnot(page, index)
            kind, flags = raw.FPDFAnnot_GetSubtype(annotation), raw.FPDFAnnot_GetFlags(annotation)
            # What a page shows goes by two flags, and flattening by others.
            if flags & (raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW):
                raw.FPDFAnnot_SetFlags(annotation, raw.FPDF_ANNOT_FLAG_HIDDEN)
            elif kind not in (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP):
                raw.FPDFAnnot_SetFlags(annotation, raw.FPDF_ANNOT_FLAG_NONE)
                shown = True
                undrawn |= kind == raw.FPDF_ANNOT_FREETEXT and not raw.FPDFAnnot_HasKey(annotation, b"AP")
            raw.FPDFPage_CloseAnnot(annotation)
        if undrawn:
            page.render(scale=1e-6)  # for a picture of the page, be it of one pixel, PDFium draws such notes
        if shown:
            bounds = page.get_bbox()
            raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
            # A page may have its size from the file as a whole: flattening then gives it another.
            page.set_mediabox(*bounds)
            page.set_cropbox(*bounds)
    return shown


def _pictures(page: Any, name: str) -> list[tuple[Box, float]]:
    """The page's pictures, as it is shown, each with the share of the page that it covers."""
    import pypdfium2.raw as raw

    with parsing(name, "PDF"):
        left, bottom, right, top = page.get_bbox()
        turn = page.get_rotation() // 90
        items = page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3)
        bounds = [item.get_bounds() for item in items]
    area = max((right - left) * (top - bottom), 1.0)
    pictures = []
    for x0, y0, x1, y1 in bounds:
        covered = max(min(x1, right) - max(x0, left), 0) * max(min(y1, top) - max(y0, bottom), 0)
        pictures.append((as_shown((x0, y0, x1, y1), turn, (left, bottom, right, top)), covered / area))
    return pictures


def _is_picture(page: Any, characters: int, pictures: list[tuple[Box, float]], name: str) -> bool:
    """Whether the page's text stands in pictures or drawings, not in its text layer."""
    if characters >= STAMP:
        return False
    if sum(share for _, share in pictures) > MOSTLY:
        return True
    with parsing(name, "PDF"):
        return characters == 0 and next(iter(page.get_objects(max_depth=1)), None) is not None


def _has_unread(pictures: list[tuple[Box, float]], words: list[Word]) -> bool:
    """Whether a large picture has no word on it, on a page that is no scan with a text layer.

    Such a scan may be stored in strips, of which one is blank.
    """
    blank = [share for box, share in pictures if _has_no_word(box, words)]
    is_scan = len(blank) < len(pictures) and sum(share for _, share in pictures) > MOSTLY
    return not is_scan and any(share > LARGE for share in blank)


def _has_no_word(picture: Box, words: list[Word]) -> bool:
    left, top, right, bottom = picture
    return not any(
        left <= (word.box[0] + word.box[2]) / 2 <= right and top <= (word.box[1] + word.box[3]) / 2 <= bottom
        for word in words
    )


def _rendered(page: Any, draft: Draft) -> tuple["Image", float]:
    """The page as a picture, and the points that one of its pixels covers."""
    with parsing(draft.name, "PDF"):
        width, height = page.get_size()
    area = width * height
    if not 1 <= area <= draft.limits.image_pixels:
        raise OversizedDocumentError(
            f"{draft.name}: a page measures {width:g} by {height:g} points. Print it to a page of usual size."
        )
    scale = min(RENDER_SCALE, math.sqrt(draft.limits.image_pixels / area), LARGEST_SIDE / max(width, height))
    with parsing(draft.name, "PDF"):
        return page.render(scale=scale).to_pil(), 1 / scale
