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
        # Behind a phone's photograph (an MPO in a .jpg) stands the same again: smaller, or its brightness.
        frames = 1 if opened.format == "MPO" else getattr(opened, "n_frames", 1)
    draft.pages_taken(frames)
    for number in range(1, frames + 1):
        frame, scale = _frame(opened, number - 1, draft)
        if number > 1:
            draft.write("\n")
        words = words_of(_on_paper(frame), draft.name, scale)
        draft.ocr_pages += 1
        if not words:
            draft.notes.append(f"page {number} holds no text that the OCR can see")
        write_lines(draft, lines_of(words), number)


def _frame(opened: "Image", index: int, draft: Draft) -> tuple["Image", float]:
    """A frame as a person holds it, no larger than the OCR needs, and how many of its pixels one covers."""
    from PIL import ImageOps

    with warnings.catch_warnings(), parsing(draft.name, "image"):
        warnings.simplefilter("ignore")
        opened.seek(index)
        width, height = opened.size
        if width * height > draft.limits.image_pixels:
            raise _too_large(draft)
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG: decode at a fraction of the size, for speed
        opened.load()
        return ImageOps.exif_transpose(opened), max(width, height) / max(opened.size)


def _on_paper(picture: "Image") -> "Image":
    """The picture in 8-bit colours, on white where it is see-through."""
    import numpy as np
    from PIL import Image

    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        sheet = Image.new("RGBA", picture.size, "white")
        sheet.alpha_composite(picture.convert("RGBA"))
        return sheet.convert("RGB")
    if picture.mode.startswith(("I", "F")):
        # 16 and 32 bit grey, stretched to 8: a plain conversion would clip it to white.
        grey = np.nan_to_num(np.asarray(picture, dtype=np.float64))
        span = np.ptp(grey) or 1.0
        return Image.fromarray(((grey - grey.min()) / span * 255).astype(np.uint8)).convert("RGB")
    return picture.convert("RGB")


def _too_large(draft: Draft) -> OversizedDocumentError:
    return OversizedDocumentError(
        f"{draft.name}: the image has more than {draft.limits.image_pixels // 10**6} million pixels. "
        "Save it at a lower resolution (300 dots an inch are plenty)."
    )
