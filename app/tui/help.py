"""The keys of the screen one stands on: read from its bindings, so that the help is never out of date."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.dom import DOMNode
from textual.keys import format_key
from textual.screen import Screen
from textual.widgets import Footer, Static

from thresher.app.tui.modal import Dialog
from thresher.app.wording import (
    DOUBTED,
    DOUBTED_MEANING,
    DOUBTED_ROLE,
    MARKS,
    MEANINGS,
    PERCENTAGES,
    Colours,
)

Keys = list[tuple[str, str]]  # key, what it does


class HelpDialog(Dialog[None]):
    """Lists keys, then what the outcomes mean."""

    def __init__(self, about: str, keys: Keys, colours: Colours) -> None:
        super().__init__()
        self._about = about
        self._keys = keys
        self._colours = colours

    def compose(self) -> ComposeResult:
        """One scroll."""
        with Vertical(classes="dialog"):
            yield Static("Help", classes="dialog-title", markup=False)
            with VerticalScroll(id="help-scroll"):
                if self._about:
                    yield Static(f"{self._about}\n", markup=False)
                yield Static(self._key_table(), id="help-keys")
                yield Static(self._outcome_table(), id="help-outcomes")
        yield Footer()

    def _key_table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for key, does in self._keys:
            table.add_row(Text(key, style=f"bold {self._colours['accent']}", no_wrap=True), Text(does))
        return table

    def _outcome_table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_row(Text(""), Text(""))
        table.add_row(Text("Outcomes", style="bold"), Text("of a value"))
        for outcome, (mark, role) in MARKS.items():
            label = Text(f"{mark} {outcome.value}", style=self._colours[role], no_wrap=True)
            table.add_row(label, Text(MEANINGS[outcome]))
        doubted = Text(DOUBTED, style=self._colours[DOUBTED_ROLE], no_wrap=True)
        table.add_row(doubted, Text(DOUBTED_MEANING))
        for percentage, meaning in PERCENTAGES.items():
            table.add_row(Text(percentage), Text(meaning))
        return table


def keys_of(screen: Screen[object]) -> Keys:
    """The keys that work now on `screen`, its own first; those that every list has are said in one line."""
    found: dict[str, list[str]] = {}
    for node, binding, enabled, _ in sorted(
        screen.active_bindings.values(), key=lambda a: a.node is not screen
    ):
        if enabled and binding.description and binding.key in _own_keys(type(node)):
            keys = found.setdefault(binding.description, [])
            if (shown := format_key(binding.key)) not in keys:
                keys.append(shown)
    return [
        *_joined(found.items()),
        ("tab", "Next pane or control"),
        ("↑ ↓ enter", "Move in a list, open or choose"),
    ]


def _own_keys(kind: type[DOMNode]) -> set[str]:
    """The keys that our own classes bind, not those that a library's widget brings."""
    ours = [c for c in kind.__mro__ if c.__module__.startswith("thresher.")]
    bound = [b for c in ours for b in c.__dict__.get("BINDINGS", ()) if isinstance(b, Binding)]
    return {key for binding in bound for key in binding.key.split(",")}


def _joined(found: Iterable[tuple[str, list[str]]]) -> Keys:
    return [(", ".join(keys), description) for description, keys in found]
