"""Fields given at run time: a list of `NAME:TYPE:DESCRIPTION`, added to a pack's or standing alone."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field, parse_field, unique
from thresher.app.tui.modal import Dialog, problem_line
from thresher.app.wording import one_line


class FieldsDialog(Dialog[tuple[Field, ...]]):
    """Returns the fields."""

    HELP = "Fields that you add are asked of every document, beside those of the record type."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "accept", "Use these", priority=True),
        Binding("delete,backspace", "remove", "Remove"),
    ]

    def __init__(self, fields: Sequence[Field]) -> None:
        super().__init__()
        self._fields = list(fields)

    def compose(self) -> ComposeResult:
        """One input, the list, two buttons."""
        with Vertical(classes="dialog"):
            yield Static("Extra fields", classes="dialog-title", markup=False)
            yield Static(
                "NAME:TYPE:DESCRIPTION and Enter.  Types: string, date, number, integer, boolean, "
                "enum(a|b), list[string]",
                classes="hint",
                markup=False,
            )
            yield Input(placeholder="revenue:number:Total revenue of the year", id="field-spec")
            yield problem_line()
            yield OptionList(id="field-list", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Use these", variant="primary", id="accept")
                yield Button("Cancel", id="give-up")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Shows what is there."""
        self._list()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Adds the typed field, or says what is wrong with it."""
        event.stop()
        if not event.value.strip():
            self.action_accept()
            return
        try:
            self._fields = list(unique([*self._fields, parse_field(event.value.strip())], "extra fields"))
        except UsageError as error:
            self.problem(str(error))
            return
        event.input.clear()
        self.problem("")
        self._list()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The two ways out."""
        event.stop()
        if event.button.id == "accept":
            self.action_accept()
        else:
            self.action_give_up()

    def action_accept(self) -> None:
        """Returns the fields; a typed one that was not added yet is added first."""
        box = self.query_one("#field-spec", Input)
        if box.value.strip():
            self.post_message(Input.Submitted(box, box.value))
            return
        self.dismiss(tuple(self._fields))

    def action_remove(self) -> None:
        """Takes the highlighted field away."""
        listing = self.query_one("#field-list", OptionList)
        if listing.has_focus and listing.highlighted is not None and self._fields:
            del self._fields[listing.highlighted]
            self._list()

    def _list(self) -> None:
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
