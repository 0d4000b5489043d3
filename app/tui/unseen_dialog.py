"""How many in a hundred shall be right of the values that go unseen; the others are marked."""

from collections.abc import Sequence
from dataclasses import replace

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from thresher.adapters.fields import Field
from thresher.adapters.visible import one_line
from thresher.app.calibration.acceptance_lines import acceptance_lines
from thresher.app.calibration.judge import Judge
from thresher.app.tui.modal import Dialog
from thresher.app.tui.scroll_text import ScrollText
from thresher.app.wording import LOOK, Colours

#: The shares that are offered; 0 lets nothing go unseen.
SHARES = (0.0, 0.9, 0.95, 0.98, 0.99)


class UnseenDialog(Dialog[float]):
    """Returns the share of right values that is asked of those that go unseen, or 0.0 where none do.

    `judge` has a calibration, `fields` are those that are asked.
    """

    HELP = (
        "Where so many in a hundred are right, values go unseen; the others have a ◆ from the next start on, "
        "and l in a record goes from one to the next. Beside each stands how many of the labelled values "
        "would go unseen, by the calibration of what answers; thresher calibrate makes one from your labels."
    )

    def __init__(
        self, title: str, judge: Judge, fields: Sequence[Field], chosen: float, colours: Colours
    ) -> None:
        super().__init__()
        self._title = title
        self._judge = judge
        self._fields = fields
        self._chosen = chosen
        self._colours = colours

    def compose(self) -> ComposeResult:
        """The shares, and what the one in hand comes to."""
        with Vertical(classes="dialog"):
            yield Static(f"What goes unseen: {one_line(self._title)}", classes="dialog-title", markup=False)
            yield OptionList(*map(self._option, SHARES), id="shares", markup=False)
            yield ScrollText(id="share-detail")
        yield Footer()

    def on_mount(self) -> None:
        """Starts at the one in use."""
        listing = self.query_one("#shares", OptionList)
        listing.highlighted = SHARES.index(self._chosen)
        listing.focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Says what it rests on."""
        event.stop()
        self.query_one("#share-detail", ScrollText).update(self._detail(SHARES[event.option_index]))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click chooses."""
        event.stop()
        self.dismiss(SHARES[event.option_index])

    def _option(self, share: float) -> Option:
        if not share:
            return Option("nothing: no value is marked")
        calibration, floors = self._judge.calibration, replace(self._judge, wanted=share).floors
        groups = (calibration.stated, calibration.absent) if calibration else (None, None)
        parts = [
            f"{group.share(floor):.0%} of {what}" if group and floor else f"no {what}"
            for what, group, floor in zip(("stated", "absent"), groups, floors, strict=True)
        ]
        return Option(
            Text.assemble(
                (f"if {share:.0%} shall be right", "bold"),
                (f"   {', '.join(parts)} values", self._colours["muted"]),
            )
        )

    def _detail(self, share: float) -> str:
        if not share:
            return f"Every value is shown alike, none with a {LOOK}."
        return "\n".join(acceptance_lines(replace(self._judge, wanted=share), self._fields))
