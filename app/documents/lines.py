"""Words on a page → lines of text in reading order, with columns kept apart.

Shared by the PDF's text layer and the OCR. Coordinates grow to the right and downwards. Which way a line is
read is the directions' business.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from thresher.app.documents.directions import SPACE, as_read, leftward, mostly_leftward, runs_left
from thresher.app.documents.document import Box
from thresher.app.documents.draft import COLUMN_GAP, Draft

#: A gap wider than this share of the text's height parts two columns; a narrower one, two words.
COLUMN = 1.0
#: A gap wider than this share of the glyphs' height ends a word, space or none.
GAP = 0.13
#: Two words share a line where their baselines differ by less than this share of the taller one's height.
SAME_LINE = 0.42


@dataclass(frozen=True, slots=True)
class Word:
    """Text at one place of a page.

    `turn` is how many quarter turns, clockwise, the letters stand off upright. `level` is the box as it is
    when the page is turned back by them, and `baseline` what the letters stand on in those coordinates.
    """

    text: str
    box: Box
    level: Box
    baseline: float
    turn: int = 0
    confidence: float | None = None

    @property
    def height(self) -> float:
        """Of the letters."""
        return self.level[3] - self.level[1]


def turned_back(box: Box, turn: int) -> Box:
    """The box when the page is turned anticlockwise by quarter turns about its top left corner."""
    left, top, right, bottom = box
    match turn % 4:
        case 1:
            return top, -right, bottom, -left
        case 2:
            return -right, -bottom, -left, -top
        case 3:
            return -bottom, left, -top, right
        case _:
            return box


def lines_of(words: Iterable[Word]) -> list[list[Word]]:
    """The words as lines, top to bottom, each left to right; upright text first, then what lies sideways."""
    lines: list[list[Word]] = []
    leaders: list[Word] = []  # the tallest word of each line: small print joins it, not the reverse
    for word in sorted(words, key=lambda w: (w.turn, w.baseline, w.level[0])):
        for at in range(len(lines) - 1, max(len(lines) - 4, -1), -1):
            leader = leaders[at]
            apart = abs(word.baseline - leader.baseline)
            if word.turn == leader.turn and apart <= SAME_LINE * max(word.height, leader.height):
                lines[at].append(word)
                if word.height > leader.height:
                    leaders[at] = word
                break
        else:
            lines.append([word])
            leaders.append(word)
    for line in lines:
        line.sort(key=lambda w: w.level[0])
    return lines


def write_lines(draft: Draft, lines: Sequence[Sequence[Word]], page: int) -> None:
    """Append a page's lines to the draft, a region a word; a wide gap between words is a column's.

    Columns, and the words in each, stand in the order in which they are read.
    """
    page_leftward = mostly_leftward(word.text for line in lines for word in line)
    for line in lines:
        columns = _columns(line)
        if leftward((word.text for word in line), page_leftward):
            columns.reverse()
        for number, column in enumerate(columns):
            if number:
                draft.write(COLUMN_GAP)
            pieces = list(_with_spaces(column))
            texts = [piece.text if piece else SPACE for piece in pieces]
            for at, text in as_read(texts, page_leftward):
                word = pieces[at]
                if word is None:
                    draft.write(SPACE)
                else:
                    draft.place(text, page=page, box=word.box, confidence=word.confidence)
        draft.write("\n")


def _columns(line: Sequence[Word]) -> list[list[Word]]:
    columns: list[list[Word]] = []
    for word in line:
        previous = columns[-1][-1] if columns else None
        if previous and _gap(previous, word) <= COLUMN * min(word.height, previous.height):
            columns[-1].append(word)
        else:
            columns.append([word])
    return columns


def _with_spaces(column: Sequence[Word]) -> Iterator[Word | None]:
    """The words, and None for each space between them."""
    turning = any(map(runs_left, (word.text[:1] for word in column)))
    previous: Word | None = None
    for word in column:
        # Where directions meet, one word may stand in several pieces.
        if previous and not (turning and _gap(previous, word) <= GAP * max(word.height, previous.height)):
            yield None
        yield word
        previous = word


def _gap(previous: Word, word: Word) -> float:
    return word.level[0] - previous.level[2]
