"""The source text beside a record: plain, scrolled to the value in hand, its spans highlighted.

Draws row by row, so that a document of any length costs only what is on screen.
"""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from thresher.app.record import Span
from thresher.app.tui.source_text import SourceText


class SourceView(ScrollView, can_focus=True):
    """Text with spans. `show` sets the text, `mark` the spans."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"source--text", "source--span", "source--current"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", "Up", show=False),
        Binding("down", "scroll_down", "Down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("home", "scroll_home", "Top", show=False),
        Binding("end", "scroll_end", "Bottom", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = ""
        self._rows = SourceText.wrapped("", 80)
        self._spans: list[Span] = []
        self._current: list[Span] = []

    @property
    def current(self) -> list[Span]:
        """The spans of the value in hand."""
        return self._current

    def show(self, text: str) -> None:
        """Another document: from its top, with no spans."""
        self._text, self._spans, self._current = text, [], []
        self._wrap()
        self.scroll_home(animate=False)

    def mark(self, spans: Sequence[Span], current: Sequence[Span]) -> None:
        """Underlines `spans`, highlights `current` and scrolls to the first of these."""
        self._spans, self._current = list(spans), list(current)
        self._reveal()
        self.refresh()

    def on_resize(self) -> None:
        """Wraps anew and keeps the value in hand in sight."""
        self._wrap()
        self._reveal()

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        width = self.scrollable_content_region.width
        row = y + self.scroll_offset.y
        base = self.get_component_rich_style("source--text")
        if row >= len(self._rows):
            return Strip.blank(width, base)
        text = Text(self._rows.row_text(row), end="", no_wrap=True)
        text.stylize(base)
        for spans, name in ((self._spans, "source--span"), (self._current, "source--current")):
            self._paint(text, row, spans, self.get_component_rich_style(name))
        segments = [Segment(s.text, s.style) for s in text.render(self.app.console) if s.text]
        return Strip(segments).adjust_cell_length(width, base)

    def _paint(self, text: Text, row: int, spans: Sequence[Span], style: Style) -> None:
        start, end = self._rows.starts[row], self._rows.ends[row]
        for span in spans:
            if span.start < end and span.end > start:
                text.stylize(style, self._rows.cell_of(row, span.start), self._rows.cell_of(row, span.end))

    def _wrap(self) -> None:
        width = self.scrollable_content_region.width or 80
        if (self._rows.text, self._rows.width) != (self._text, width):
            self._rows = SourceText.wrapped(self._text, width)
        self.virtual_size = Size(width, len(self._rows))
        self.refresh()

    def _reveal(self) -> None:
        if not self._current:
            return
        first = min(self._current, key=lambda span: span.start)
        top = self._rows.row_of(first.start)
        bottom = self._rows.row_of(max(first.end - 1, first.start))
        # A few rows of context above and below, where there is room.
        room = max(self.size.height - (bottom - top + 1), 0) // 3
        region = Region(0, max(top - room, 0), 1, bottom - top + 1 + 2 * room)
        self.scroll_to_region(region, animate=False, force=True)
