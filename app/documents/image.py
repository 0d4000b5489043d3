"""JPEG, PNG, TIFF, BMP and WebP: every frame is a page, read by OCR. Boxes are in the picture's pixels."""

import io
import warnings
from typing import TYPE_CHECKING

from thresher.app.documents.draft import Draft
from thresher.app.documents.errors import OversizedDocumentError
from thresher.app.documents.lines import lines_of, write_lines
from thresher.app.documents.ocr import LONGEST_SIDE, words_of
from thresher.app.documents.parsing import parsing

if TYPE_CHECKING:
    from PIL.Image import Image


def read_image(data: bytes, draft: Draft) -> None:
    """Append the text of each frame. Raises DocumentError."""
    from PIL import Image

    with warnings.catch_warnings(), parsing(draft.name, "image"):
        # Pillow warns of bombs by its own measure, and of odd metadata; ours is checked before a pixel is.
        warnings.simplefilter("ignore")
        try:
            opened = Image.open(io.BytesIO(data))
        except Image.DecompressionBombError as error:
            raise _too_large(draft) from error
        frames = getattr(opened, "n_frames", 1)
    draft.pages_taken(frames)
    for number in range(1, frames + 1):
        with warnings.catch_warnings(), parsing(draft.name, "image"):
            warnings.simplefilter("ignore")
            opened.seek(number - 1)
            picture, scale = _upright(opened, draft)
        if number > 1:
            draft.write("\n")
        words = words_of(picture, scale)
        draft.ocr_pages += 1
        if not words:
            draft.notes.append(f"page {number} holds no text that the OCR can see")
        write_lines(draft, lines_of(words), number)


def _upright(opened: "Image", draft: Draft) -> tuple["Image", float]:
    """The frame as a person holds it, no larger than the OCR needs, and how many of its pixels one covers."""
    from PIL import Image, ImageOps

    width, height = opened.size
    if width * height > draft.limits.image_pixels:
        raise _too_large(draft)
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG: decode at a fraction of the size, for speed
    scale = max(width, height) / max(opened.size)
    picture = ImageOps.exif_transpose(opened)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        # Where a picture is see-through, paper is white.
        sheet = Image.new("RGBA", picture.size, "white")
        sheet.alpha_composite(picture.convert("RGBA"))
        picture = sheet
    elif picture.mode.startswith(("I", "F")):
        picture = _eight_bits(picture)
    return picture.convert("RGB"), scale


def _eight_bits(picture: "Image") -> "Image":
    """16 and 32 bit grey, stretched to 8: a plain conversion would clip it to white."""
    from PIL import Image

    low, high = picture.convert("F").getextrema()
    assert isinstance(low, float)
    assert isinstance(high, float)
    span = (high - low) or 1.0
    return Image.eval(picture.convert("F").point(lambda v: v * (255 / span) - low * 255 / span), int).convert(
        "L"
    )


def _too_large(draft: Draft) -> OversizedDocumentError:
    return OversizedDocumentError(
        f"{draft.name}: the image has more than {draft.limits.image_pixels // 10**6} million pixels. "
        "Save it at a lower resolution (300 dots an inch are plenty)."
    )
