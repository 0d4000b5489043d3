"""How far a run is: a bar while it goes on, and words."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import ProgressBar, Static

from thresher.app.tui.home_text import progress_words
from thresher.app.tui.queue import Queue
from thresher.app.wording import Colours


class ProgressRow(Horizontal):
    """One line on the state of a queue."""

    def __init__(self, colours: Colours, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._colours = colours

    def compose(self) -> ComposeResult:
        """The bar, then the words."""
        yield ProgressBar(id="progress", show_eta=False, show_percentage=False, total=1)
        yield Static(id="progress-words", markup=False)

    def show(self, queue: Queue, finding: bool) -> None:
        """The state of the run over `queue`, and whether more documents are looked for."""
        bar = self.query_one("#progress", ProgressBar)
        bar.display = queue.running
        bar.update(total=max(queue.total, 1), progress=queue.done)
        self.query_one("#progress-words", Static).update(progress_words(queue, finding, self._colours))
