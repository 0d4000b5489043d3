"""A text that takes the room that it needs, up to its `max-height`; a longer one scrolls."""

from itertools import takewhile

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
        """Another text, from its beginning; the same stays where it is, for whoever reads it."""
        is_same = str(text) == self.content
        self._text.update(text)
        if not is_same:
            self.scroll_home(animate=False)

    def allow_focus(self) -> bool:
        """Where it scrolls."""
        return self.max_scroll_y > 0

    def watch_show_vertical_scrollbar(self, shows: bool) -> None:
        """There is nothing to scroll to any more."""
        if not shows:
            self._pass_focus_on()

    def on_hide(self) -> None:
        """Nor here. Before Textual's own, which takes the focus away and gives it to nobody."""
        self._pass_focus_on()

    def _pass_focus_on(self) -> None:
        """Keys go on to what stands before it, where Tab came from; else to the first that takes them."""
        if not self.is_attached or self.screen.focused is not self:
            return
        chain = [one for one in self.screen.focus_chain if one is not self]
        before = [one for one in takewhile(lambda one: one is not self, self.screen.query()) if one in chain]
        self.screen.set_focus((before[-1:] + chain)[0] if chain else None)
