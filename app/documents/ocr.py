"""Pictures of text → lines of words, by OCR models that ship inside the wheel: nothing is downloaded."""

import threading
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from thresher.app.documents.document import Box
from thresher.app.documents.lines import Word, turned_back
from thresher.app.documents.parsing import parsing

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

#: The longer side to which a picture is brought, in pixels. Beyond it the OCR gains nothing but seconds.
LONGEST_SIDE = 2000
#: The longer side at which lines of text are looked for (they are read at the picture's own scale).
DETECTION_SIDE = 1280
#: The shorter side, in pixels, from which letters can be read: in a strip of 5 "12.50" came out as "250", in
#: one of 6 as itself.
LEGIBLE_SIDE = 6
#: The engine brings the sides of a large picture to multiples of 32: of one below this nothing would be left.
VANISHING_SIDE = 17
#: Below this confidence of the middle line a picture may stand on its head.
DOUBTFUL = 0.8

#: So many times as likely as the recogniser says is a space between two words: it was trained to read Chinese
#: too, and loses many. On twenty photographs of receipts 92.3 % of the words came out whole (88.0 % without);
#: at 2 it is 90.6 %, at 30 92.8 %, but more words fall apart.
SPACE_WEIGHT = 5.0

_in_use = threading.Lock()  # one engine, one picture at a time: it uses every core by itself


@cache
def _engine() -> Any:
    import rapidocr

    # Named here, so that nothing is fetched where a file is missing from the wheel or altered.
    models = Path(rapidocr.__file__).parent / "models"
    (detection,), (recognition,) = models.glob("*_det_*.onnx"), models.glob("*_rec_*.onnx")
    engine: Any = rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",  # its chatter on stderr would run into ours
            "Global.max_side_len": LONGEST_SIDE,
            "Global.use_cls": False,  # upside-down pages are told by how badly they read
            "Det.model_path": str(detection),
            "Det.limit_type": "max",
            "Det.limit_side_len": DETECTION_SIDE,
            "Rec.model_path": str(recognition),
        }
    )
    recogniser = engine._load_rec_model()
    recogniser.postprocess_op = _SpacesWeighed(recogniser.postprocess_op)
    return engine


class _SpacesWeighed:
    """Reads characters out of the recogniser's probabilities, with another prior for the space.

    The posterior is corrected for it as by Saerens, Latinne and Decaestecker (2002).
    """

    def __init__(self, decode: Any) -> None:
        self._decode = decode
        self._space: int = decode.dict[" "]

    def __call__(self, chances: "np.ndarray[Any, Any]", *told: Any, **more: Any) -> Any:
        """`chances`: float32 of shape (lines, columns, characters), each column of sum 1."""
        space = chances[..., self._space]
        whole = 1 + (SPACE_WEIGHT - 1) * space
        space *= SPACE_WEIGHT
        chances /= whole[..., None]
        return self._decode(chances, *told, **more)


def words_of(image: "Image", name: str, scale: float = 1.0) -> list[Word]:
    """The lines of text in a picture, each a Word with its box in pixels times `scale`, in no order.

    A picture that lies on its side or its head is turned until it reads best. Raises CorruptDocumentError,
    with the document's `name`, where the OCR fails.
    """
    import numpy as np

    shrunk = min(LONGEST_SIDE / max(image.size), 1.0)
    thin = min(image.size) * shrunk
    if thin < LEGIBLE_SIDE:
        return []
    if thin < VANISHING_SIDE:
        image = image.resize((round(image.width * shrunk), round(image.height * shrunk)))
        scale /= shrunk
    pixels = np.asarray(image.convert("RGB"))[:, :, ::-1]
    best, turn = _read(pixels, name), 0
    turns = _turns_to_try(best)
    if turns:
        tried = {
            turn: _read(np.ascontiguousarray(np.rot90(pixels, turn)), name) if turn else best
            for turn in turns
        }
        turn = max(turns, key=lambda turn: _legible(tried[turn]))
        best = tried[turn]
    words = []
    for text, upright, score in best:
        box = _as_held(upright, turn, image.width, image.height)
        left, top, right, bottom = (side * scale for side in box)
        level = turned_back((left, top, right, bottom), turn)
        words.append(
            Word(text, (left, top, right, bottom), level, (level[1] + level[3]) / 2, turn, round(score, 4))
        )
    return words


def _read(pixels: "np.ndarray[Any, Any]", name: str) -> list[tuple[str, Box, float]]:
    with _in_use:
        engine = _engine()
        with parsing(name, "picture"):
            found = engine(pixels)
    if not found.txts:
        return []
    lines = []
    for text, corners, score in zip(found.txts, found.boxes, found.scores, strict=True):
        (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        lines.append((text, (left, top, right, bottom), float(score)))
    return lines


def _turns_to_try(lines: list[tuple[str, Box, float]]) -> tuple[int, ...]:
    """Quarter turns of which one is right, where that is not plain: most lines are tall, or read badly."""
    tall = sum(bottom - top > 1.5 * (right - left) for _, (left, top, right, bottom), _ in lines)
    if tall > len(lines) / 2:
        return 1, 3
    return (0, 2) if lines and median(score for _, _, score in lines) < DOUBTFUL else ()


def _legible(lines: list[tuple[str, Box, float]]) -> float:
    """How much was read, and how surely."""
    return sum(len(text) * score**4 for text, _, score in lines)


def _as_held(upright: Box, turn: int, width: int, height: int) -> Box:
    """A box of the picture that was turned anticlockwise by quarter turns, in the picture as it is."""
    left, top, right, bottom = upright
    match turn:
        case 1:
            return width - bottom, left, width - top, right
        case 2:
            return width - right, height - bottom, width - left, height - top
        case 3:
            return top, height - right, bottom, height - left
        case _:
            return upright
