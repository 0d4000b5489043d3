"""The line in which a screen or a dialog says what went wrong; it takes no room while there is nothing."""

from rich.text import Text

from thresher.adapters.visible import visible
from thresher.app.tui.scroll_text import ScrollText


class ProblemLine(ScrollText):
    """A line that is there while it has words."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="problem")

    def say(self, words: str | Text) -> None:
        """Shows the words, control characters made visible: names are in them. "" takes the line away."""
        shown = Text(words) if isinstance(words, str) else words.copy()
        shown.plain = visible(shown.plain)
        self.update(shown)
        self.set_class(bool(words), "-shown")
