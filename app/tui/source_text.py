"""A document's text cut into rows of a given width, with the way from characters to rows and back.

Pure: knows no widget. Characters keep their order; what a terminal cannot show is replaced one for one.
"""

from bisect import bisect_right
from dataclasses import dataclass, field

from rich.cells import cell_len, get_character_cell_size

from thresher.adapters.visible import visible

#: Cells that a tab takes: the width of the gap between columns in a laid-out text.
TAB = 4


@dataclass(frozen=True)
class SourceText:
    """Rows of `text` at a width: row i shows the characters [starts[i], ends[i])."""

    text: str
    width: int
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    @classmethod
    def wrapped(cls, text: str, width: int) -> "SourceText":
        """The text in rows of at most `width` cells, broken at spaces where there are any."""
        rows = cls(text, max(width, 2))
        start = 0
        while True:
            end = text.find("\n", start)
            rows._wrap_line(start, len(text) if end < 0 else end)
            if end < 0:
                return rows
            start = end + 1

    def __len__(self) -> int:
        return len(self.starts)

    def row_of(self, offset: int) -> int:
        """The row that shows the character at `offset`."""
        return max(bisect_right(self.starts, offset) - 1, 0)

    def row_text(self, row: int) -> str:
        """What a row shows, a character for a character except that a tab is spaces."""
        return visible(self.text[self.starts[row] : self.ends[row]]).replace("\t", " " * TAB)

    def cell_of(self, row: int, offset: int) -> int:
        """The index into `row_text(row)` of the character at `offset`, clamped to the row."""
        start = self.starts[row]
        stop = min(max(offset, start), self.ends[row])
        return stop - start + (TAB - 1) * self.text.count("\t", start, stop)

    def _wrap_line(self, start: int, end: int) -> None:
        line = self.text[start:end]
        if line.isascii() and len(line) + (TAB - 1) * line.count("\t") <= self.width:
            self._row(start, end)
            return
        shown = visible(line)
        if cell_len(shown) + TAB * line.count("\t") <= self.width:
            self._row(start, end)
            return
        at = 0
        while at < len(shown):
            cells, stop, space = 0, at, -1
            while stop < len(shown):
                size = TAB if shown[stop] == "\t" else get_character_cell_size(shown[stop])
                if cells + size > self.width:
                    break
                cells += size
                stop += 1
                if shown[stop - 1] in " \t":
                    space = stop
            if stop < len(shown) and space > at:
                stop = space
            stop = max(stop, at + 1)
            self._row(start + at, start + stop)
            at = stop

    def _row(self, start: int, end: int) -> None:
        self.starts.append(start)
        self.ends.append(end)
