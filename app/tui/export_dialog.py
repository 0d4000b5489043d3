"""Where to export records to, and in what format. A file that is there is only replaced on a second yes."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Button, Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from thresher.app.endings import ENDINGS, format_of_ending
from thresher.app.paths import absolute, exists, is_folder, locked_folder
from thresher.app.tui.modal import AnswerButtons, AnswerDialog
from thresher.app.tui.problem_line import ProblemLine
from thresher.app.tui.typed_text import WholeInput
from thresher.app.wording import counted

if TYPE_CHECKING:
    from thresher.app.export import Format

#: Format, what it is good for.
FORMATS: tuple[tuple["Format", str], ...] = (
    ("jsonl", "JSON lines: everything, for scripts"),
    ("csv", "CSV: one row a record"),
    ("xlsx", "Excel: values, outcomes and places"),
    ("markdown", "Markdown: to read and to share"),
)


@dataclass(frozen=True)
class ExportChoice:
    """A format and a file; `replace` where the user said that one that is there may go."""

    format: "Format"
    path: Path
    replace: bool


class ExportDialog(AnswerDialog[ExportChoice]):
    """Returns the choice."""

    HELP = (
        "Writes the records of the run, corrections in place. An ending that stands for a format chooses it; "
        "a format that is chosen gives the path its ending."
    )

    def __init__(self, records: int, stem: str, folder: Path) -> None:
        super().__init__()
        self._records = records
        self._start = folder / f"{stem}{ENDINGS[FORMATS[0][0]][0]}"
        self._confirmed: Path | None = None

    def compose(self) -> ComposeResult:
        """The formats, the path, the buttons."""
        with Vertical(classes="dialog"):
            yield Static(f"Export {counted(self._records, 'record')}", classes="dialog-title", markup=False)
            yield OptionList(*(Option(about, id=name) for name, about in FORMATS), id="formats", markup=False)
            yield WholeInput(str(self._start), id="export-path", select_on_focus=False)
            yield ProblemLine()
            yield AnswerButtons("Export")
        yield Footer()

    def on_mount(self) -> None:
        """The first format is the start."""
        self.query_one("#formats", OptionList).highlighted = 0

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """The path's ending follows the format."""
        event.stop()
        box = self.query_one("#export-path", Input)
        path = Path(box.value)
        if _format_of(path) not in (None, event.option_index):
            box.value = str(path.with_suffix(ENDINGS[FORMATS[event.option_index][0]][0]))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """On to the path."""
        event.stop()
        self.query_one("#export-path", Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """The format follows the path's ending; another path needs its own yes."""
        event.stop()
        if (at := _format_of(Path(event.value))) is not None:
            self.query_one("#formats", OptionList).highlighted = at
        self._ask_again()

    def action_accept(self) -> None:
        """Returns the choice; a file that is there needs a second yes."""
        typed = self.query_one("#export-path", Input).value.strip()
        if not typed:
            self.problem("Type the path of the file to write.")
            return
        path = absolute(Path(typed))
        format_name = FORMATS[self.query_one("#formats", OptionList).highlighted or 0][0]
        if format_of_ending(path) is None and not is_folder(path):
            path = path.with_name(path.name + ENDINGS[format_name][0])
        if is_folder(path):
            self.problem(f"{path} is a folder. Add a file name.")
        elif locked := locked_folder(path):
            self.locked(locked)
        elif not is_folder(path.parent):
            self.problem(f"There is no folder {path.parent}. Type a path in a folder that is there.")
        elif exists(path) and self._confirmed != path:
            self._confirmed = path
            self.problem(f"{path.name} is there already. Press Enter again to replace it.")
            self.query_one("#accept", Button).label = "Replace"
            self.query_one("#accept", Button).variant = "error"
        else:
            self.dismiss(ExportChoice(format_name, path, self._confirmed == path))

    def _ask_again(self) -> None:
        self._confirmed = None
        self.problem("")
        self.query_one("#accept", Button).label = "Export"
        self.query_one("#accept", Button).variant = "primary"


def _format_of(path: Path) -> int | None:
    """The number of the format that the ending stands for, as on the command line."""
    found = format_of_ending(path)
    return next((at for at, (name, _) in enumerate(FORMATS) if name == found), None)
