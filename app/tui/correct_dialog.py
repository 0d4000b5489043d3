"""One value, corrected by hand: typed, or chosen where the field has choices."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Footer, Input, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.adapters.visible import one_line
from thresher.app.tui.modal import AnswerButtons, AnswerDialog
from thresher.app.tui.problem_line import ProblemLine
from thresher.app.tui.scroll_text import ScrollText
from thresher.app.tui.typed_text import VisibleTextArea, WholeInput
from thresher.app.tui.typed_value import form_of, parse_typed
from thresher.app.wording import shown

_NOTHING = "not in the document"
#: What stands for a line's end in an item of a list, of which each has a line; and all that ends a line.
_BREAK = "⏎"
_BREAKS = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True)
class NewValue:
    """What the analyst says instead: None, or an empty list, is 'not in the document'."""

    value: Any


class CorrectDialog(AnswerDialog[NewValue]):
    """Returns the new value."""

    HELP = "Type what the document says, or leave it empty where it says nothing."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "accept", "Save")]

    def __init__(self, field: Field, value: Any) -> None:
        super().__init__()
        self._field = field
        self._value = value
        self._choices = ("yes", "no") if field.type == "boolean" else field.values
        items = value or () if field.is_list else ()
        self._is_broken = any(_BREAKS.search(item) for item in items)  # else ⏎ is a sign like any other

    def compose(self) -> ComposeResult:
        """The field, what it asks, and the way to answer that fits its type."""
        with Vertical(classes="dialog"):
            yield Static(one_line(self._field.name), classes="dialog-title", markup=False)
            about = self._field.description or "What does the document say?"
            yield ScrollText(one_line(about), classes="hint")
            yield ScrollText(self._hint(), classes="hint")
            if self._choices:
                yield OptionList(
                    *(Option(one_line(choice)) for choice in self._choices),
                    _NOTHING,
                    id="choices",
                    markup=False,
                )
            elif self._field.is_list:
                text = "\n".join(_line(item) for item in self._value or ())
                yield VisibleTextArea(text, id="typed-lines", soft_wrap=True, tab_behavior="focus")
            else:
                yield WholeInput(shown(self._value), id="typed", select_on_focus=True)
            yield ProblemLine()
            yield AnswerButtons("Save")
        yield Footer()

    def on_mount(self) -> None:
        """Starts at the answer. The choice that stands now is highlighted; none where what stands is none."""
        self.query_one("#choices, #typed-lines, #typed").focus()
        if self._choices:
            self.query_one("#choices", OptionList).highlighted = self._standing

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A choice saves."""
        event.stop()
        self.action_accept()

    def action_accept(self) -> None:
        """Returns the value, or says what is wrong with it."""
        if self._choices and self.query_one("#choices", OptionList).highlighted is None:
            self.problem(f'Choose one of these, or "{_NOTHING}".')
            return
        try:
            value = parse_typed(self._field, self._typed())
        except UsageError as error:
            self.problem(str(error))
            return
        if self._field.is_list:  # an item whose line was left alone is what it was, line ends and all
            before: dict[str, list[str]] = {}
            for item in self._value or ():
                before.setdefault(_line(item), []).append(item)
            lines = [line for line in self._typed().split("\n") if line.strip()]
            items = [
                before[line].pop(0) if before.get(line) else self._changed(item)
                for line, item in zip(lines, value, strict=True)
            ]
            value = [item for item in items if item]
        self.dismiss(NewValue(value))

    @property
    def _standing(self) -> int | None:
        """The number of the choice that stands now, of which 'not in the document' is the last."""
        if self._value is None:
            return len(self._choices)
        current = shown(self._value)
        return self._choices.index(current) if current in self._choices else None

    def _hint(self) -> str:
        if not self._choices:
            words = f"Type {form_of(self._field)}; empty: {_NOTHING}."
            return f"{words} {_BREAK} is a line's end within an item." if self._is_broken else words
        if self._standing is None:
            return f"Choose, and Enter. What stands now is none of these: {one_line(shown(self._value))}"
        return "Choose, and Enter."

    def _changed(self, item: str) -> str:
        """An item that was typed: it is one line, so that a line's end within it is a blank."""
        return item.replace(_BREAK, " ").strip() if self._is_broken else item

    def _typed(self) -> str:
        if self._choices:
            at = self.query_one("#choices", OptionList).highlighted
            return self._choices[at] if at is not None and at < len(self._choices) else ""
        if self._field.is_list:
            return self.query_one("#typed-lines", TextArea).text
        return self.query_one("#typed", Input).value


def _line(item: str) -> str:
    """An item of a list on one line, its white space as it is: that too may be put right."""
    return _BREAKS.sub(_BREAK, item)
