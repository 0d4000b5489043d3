"""Fields given at run time: a list of `NAME:TYPE:DESCRIPTION`, added to a pack's or standing alone."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field, parse_field, unique
from thresher.adapters.visible import one_line
from thresher.app.tui.modal import AnswerButtons, AnswerDialog
from thresher.app.tui.problem_line import ProblemLine
from thresher.app.tui.typed_text import WholeInput


class FieldsDialog(AnswerDialog[tuple[Field, ...]]):
    """Returns the fields."""

    HELP = (
        "Fields that you add are asked of every document, beside those of the record type. Enter adds "
        "what is typed; with nothing typed, it uses those of the list. Ctrl+S uses them and what is typed."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "accept", "Use these"),
        Binding("delete,backspace", "remove", "Remove"),
    ]

    def __init__(self, fields: Sequence[Field]) -> None:
        super().__init__()
        self._fields = list(fields)
        self._before = list(fields)
        self._warned = False  # whether the user knows that the list, as it is, is not used yet

    def compose(self) -> ComposeResult:
        """One input, the list, two buttons."""
        with Vertical(classes="dialog"):
            yield Static("Extra fields", classes="dialog-title", markup=False)
            yield Static(
                "NAME:TYPE:DESCRIPTION and Enter.  Types: string, person, date, number, integer, "
                "boolean, enum(a|b), list[string]",
                classes="hint",
                markup=False,
            )
            yield WholeInput(placeholder="revenue:number:Total revenue of the year", id="field-spec")
            yield ProblemLine()
            yield OptionList(id="field-list", markup=False)
            yield AnswerButtons("Use these")
        yield Footer()

    def on_mount(self) -> None:
        """Shows what is there."""
        self._list()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter adds what is typed, so that more can be; where nothing is, it accepts."""
        event.stop()
        event.prevent_default()
        if not self._typed:
            self.action_accept()
        elif self._add():
            self.query_one("#field-spec", Input).clear()

    def action_accept(self) -> None:
        """Returns the fields, with the one that is typed; or says what is wrong with that."""
        if self._add():
            self.dismiss(tuple(self._fields))

    def action_give_up(self) -> None:
        """Closes; a list that was changed is only thrown away on a second yes."""
        if self._fields != self._before and not self._warned:
            self._warned = True
            uses = "ctrl+s uses it"
            try:
                self._with_typed()
            except UsageError:
                uses += ", once what is typed is put right or cleared"
            self.problem(f"The list is changed and not used yet. {uses}; Esc again throws the change away.")
            return
        super().action_give_up()

    def action_remove(self) -> None:
        """Takes the highlighted field away."""
        listing = self.query_one("#field-list", OptionList)
        if listing.has_focus and listing.highlighted is not None and self._fields:
            del self._fields[listing.highlighted]
            self._list()

    @property
    def _typed(self) -> str:
        return self.query_one("#field-spec", Input).value.strip()

    def _with_typed(self) -> list[Field]:
        """The fields, and the one that is typed. Raises UsageError where that is none, or there already."""
        if not self._typed:
            return self._fields
        return list(unique([*self._fields, parse_field(self._typed)], "extra fields"))

    def _add(self) -> bool:
        """Adds what is typed, if anything; whether it could be. Says what is wrong with it."""
        try:
            self._fields = self._with_typed()
        except UsageError as error:
            self._warned = False  # these words stand in the place of the warning
            self.problem(str(error))
            return False
        self.problem("")
        self._list()
        return True

    def _list(self) -> None:
        self._warned = False
        listing = self.query_one("#field-list", OptionList)
        listing.clear_options()
        for field in self._fields:
            kind = f"{field.type}({'|'.join(field.values)})" if field.values else field.type
            about = f"  {one_line(field.description)}" if field.description else ""
            listing.add_option(
                Option(
                    Text.assemble((one_line(field.name), "bold"), f"  {kind}", (about, "dim"), no_wrap=True)
                )
            )
        if not self._fields:
            listing.add_option(Option("None yet.", disabled=True))
