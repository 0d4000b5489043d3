"""A text that takes the room that it needs, up to its `max-height`; a longer one scrolls."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static


class ScrollText(VerticalScroll):
    """For any text: none is read as markup. Tab stops at it only while there is something to scroll to."""

    def __init__(self, text: str | Text = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._text = Static(text, markup=False)

    def compose(self) -> ComposeResult:
        """The text: a Static alone is cut, whatever its `overflow-y`."""
        yield self._text

    @property
    def content(self) -> str:
        """What it says."""
        return str(self._text.content)

    def update(self, text: str | Text) -> None:
        """Another text, from its beginning."""
        self._text.update(text)
        self.scroll_home(animate=False)

    def allow_focus(self) -> bool:
        """Where it scrolls."""
        return self.max_scroll_y > 0
