"""Which of the installed models is asked."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from thresher.adapters.visible import one_line
from thresher.app.tui.modal import Dialog


class ModelDialog(Dialog[str]):
    """Returns the model's name."""

    HELP = "`thresher models pull` fetches another model."

    def __init__(self, models: Sequence[str], current: str) -> None:
        super().__init__()
        self._models = list(models)
        self._current = current

    def compose(self) -> ComposeResult:
        """The list."""
        with Vertical(classes="dialog"):
            yield Static("Model", classes="dialog-title", markup=False)
            yield OptionList(*(Option(one_line(name)) for name in self._models), id="models", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Starts at the one in use."""
        listing = self.query_one("#models", OptionList)
        listing.highlighted = self._models.index(self._current) if self._current in self._models else 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter chooses."""
        event.stop()
        self.dismiss(self._models[event.option_index])
