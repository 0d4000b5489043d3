"""Pictures of text → lines of words, by OCR models that ship inside the wheel: nothing is downloaded."""

import threading
from functools import cache
from typing import TYPE_CHECKING, Any

from thresher.app.documents.lines import Word

if TYPE_CHECKING:
    from PIL.Image import Image

#: The longer side to which a picture is brought, in pixels. Beyond it the OCR gains nothing but seconds.
LONGEST_SIDE = 2000
#: The longer side at which lines of text are looked for (they are read at the picture's own scale).
DETECTION_SIDE = 1280

_in_use = threading.Lock()  # one engine, one picture at a time: it uses every core by itself


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",  # its chatter on stderr would run into ours
            "Global.max_side_len": LONGEST_SIDE,
            "Global.use_cls": False,
            "Det.limit_type": "max",
            "Det.limit_side_len": DETECTION_SIDE,
        }
    )


def words_of(image: "Image", scale: float = 1.0) -> list[Word]:
    """The lines of text in a picture, each a Word with its box in pixels times `scale`, in no order."""
    import numpy as np

    pixels = np.asarray(image.convert("RGB"))[:, :, ::-1]
    with _in_use:
        found = _engine()(pixels)
    if not found.txts:
        return []
    words = []
    for text, corners, score in zip(found.txts, found.boxes, found.scores, strict=True):
        xs, ys = corners[:, 0] * scale, corners[:, 1] * scale
        box = (float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max()))
        words.append(Word(text, box, baseline=(box[1] + box[3]) / 2, confidence=round(float(score), 4)))
    return words
