"""The domains with their record types: what is highlighted is what will be asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.text import Text
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from thresher.adapters.visible import one_line
from thresher.app.tui.ports import PackPort
from thresher.app.wording import Colours


@dataclass(frozen=True)
class Choice:
    """A record type of a domain; None and None where only fields of one's own are asked."""

    domain: str | None
    record_type: str | None
    title: str


OWN_FIELDS = Choice(None, None, "Own fields")


class RecordTypeList(OptionList):
    """A heading a domain, its record types below, and last the choice of own fields alone."""

    class Chosen(Message):
        """Another record type is highlighted."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, packs: Mapping[str, PackPort], colours: Colours, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False, compact=True)
        self._choices: dict[str, Choice] = {}
        self._packs = packs
        self._colours = colours

    def on_mount(self) -> None:
        """Lists, and stands on the first record type."""
        self.redraw()
        self.highlighted = 1

    def redraw(self) -> None:
        """The list in the theme's colours, the highlight where it was."""
        at = self.highlighted
        self.clear_options()
        for domain, pack in self._packs.items():
            heading = Text(one_line(pack.title), style=f"bold {self._colours['muted']}", no_wrap=True)
            self.add_option(Option(heading, disabled=True))
            for name, record_type in pack.record_types.items():
                self._add(Choice(domain, name, record_type.title))
        self.add_option(Option(Text("No domain", style=f"bold {self._colours['muted']}"), disabled=True))
        self._add(OWN_FIELDS)
        if at is not None:
            self.highlighted = at

    def on_resize(self) -> None:
        """A longer card makes the list shorter: what is highlighted stays in sight."""
        self.scroll_to_highlight()

    @property
    def choice(self) -> Choice:
        """What is highlighted."""
        option = self.highlighted_option
        return self._choices.get(option.id or "", OWN_FIELDS) if option else OWN_FIELDS

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Tells the screen."""
        event.stop()
        self.post_message(self.Chosen(self.choice))

    def _add(self, choice: Choice) -> None:
        key = f"{choice.domain}/{choice.record_type}"
        self._choices[key] = choice
        self.add_option(
            Option(Text(f"  {one_line(choice.title)}", no_wrap=True, overflow="ellipsis"), id=key)
        )
