"""Words on a page → lines of text in reading order, with columns kept apart.

Shared by the PDF's text layer and the OCR. Coordinates grow to the right and downwards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from thresher.app.documents.document import Box
from thresher.app.documents.draft import COLUMN_GAP, Draft

#: A gap wider than this share of the text's height parts two columns; a narrower one, two words.
COLUMN = 1.0
#: Two words share a line where their baselines differ by less than this share of the taller one's height.
SAME_LINE = 0.42


@dataclass(frozen=True, slots=True)
class Word:
    """Text at one place. `baseline` is what the letters stand on, in the box's coordinates.

    `spaced` where a white space of the source precedes it.
    """

    text: str
    box: Box
    baseline: float
    confidence: float | None = None

    @property
    def height(self) -> float:
        """Of the letters."""
        return self.box[3] - self.box[1]


def lines_of(words: Iterable[Word]) -> list[list[Word]]:
    """The words as lines, top to bottom, each left to right."""
    lines: list[list[Word]] = []
    leaders: list[Word] = []  # the tallest word of each line: small print joins it, not the reverse
    for word in sorted(words, key=lambda w: (w.baseline, w.box[0])):
        for at in range(len(lines) - 1, max(len(lines) - 4, -1), -1):
            leader = leaders[at]
            if abs(word.baseline - leader.baseline) <= SAME_LINE * max(word.height, leader.height):
                lines[at].append(word)
                if word.height > leader.height:
                    leaders[at] = word
                break
        else:
            lines.append([word])
            leaders.append(word)
    for line in lines:
        line.sort(key=lambda w: w.box[0])
    return lines


def write_lines(draft: Draft, lines: Sequence[Sequence[Word]], page: int) -> None:
    """Append lines to the draft, a region a word; a wide gap between words is a column's."""
    for line in lines:
        previous: Word | None = None
        for word in line:
            if previous is not None:
                gap = word.box[0] - previous.box[2]
                wide = gap > COLUMN * min(word.height, previous.height)
                draft.write(COLUMN_GAP if wide else " ")
            draft.place(word.text, page=page, box=word.box, confidence=word.confidence)
            previous = word
        draft.write("\n")
