"""The line in which a screen or a dialog says what went wrong; it takes no room while there is nothing."""

from rich.text import Text
from textual.widgets import Static

from thresher.adapters.visible import visible


class ProblemLine(Static):
    """A line that is there while it has words."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="problem", markup=False)

    def say(self, words: str | Text) -> None:
        """Shows the words, control characters made visible: names are in them. "" takes the line away."""
        shown = Text(words) if isinstance(words, str) else words.copy()
        shown.plain = visible(shown.plain)
        self.update(shown)
        self.set_class(bool(words), "-shown")
