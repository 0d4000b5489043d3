"""Which adapter answers for a record type: chosen for this window, or promoted for good, and rolled back."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Footer, OptionList, Static
from textual.widgets.option_list import Option

from thresher.adapters.visible import one_line
from thresher.app.registry.folders import NONE
from thresher.app.tui.messages import OffersLoaded, Problem
from thresher.app.tui.modal import Dialog
from thresher.app.tui.ports import OfferPort, SessionPort
from thresher.app.tui.problem_line import ProblemLine
from thresher.app.tui.scroll_text import ScrollText
from thresher.app.wording import Colours

_WAITS = "One moment: what was asked before is not done yet."


class AdapterDialog(Dialog[str]):
    """Returns the adapter's name, "none" for the model alone, or "" for whichever is live."""

    HELP = (
        "Enter asks an adapter while this window is open. Promote lets it answer for this record type from "
        "now on, here and in commands; roll back undoes the last promotion. One that does not fit says why, "
        "and is not used."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "promote", "Promote"),
        Binding("b", "roll_back", "Roll back"),
    ]

    def __init__(
        self,
        session: SessionPort,
        domain: str | None,
        record_type: str | None,
        title: str,
        model: str,
        chosen: str | None,
        colours: Colours,
    ) -> None:
        super().__init__()
        self._session = session
        self._domain, self._record_type = domain, record_type
        self._title = title
        self._model = model
        self._chosen = chosen
        self._colours = colours
        self._changed = False  # whether something else is live than when it was opened
        self._acting = False  # whether a promotion, or a roll-back, is on its way
        self._leaving: str | None = None  # what to return once it is done
        self._offers: dict[str, OfferPort] = {}

    def compose(self) -> ComposeResult:
        """The list, what there is to say of the one in hand, three buttons."""
        with Vertical(classes="dialog"):
            heading = f"Adapter for {one_line(self._title)} on {one_line(self._model)}"
            yield Static(heading, classes="dialog-title", markup=False)
            yield OptionList(id="adapters", markup=False)
            yield ScrollText(id="adapter-detail")
            yield ProblemLine()
            with Horizontal(classes="buttons"):
                yield Button("Use", variant="primary", id="use")
                yield Button("Promote", id="promote")
                yield Button("Roll back", id="roll-back")
        yield Footer()

    def on_mount(self) -> None:
        """Loads the list."""
        self.query_one("#adapters").focus()
        self._work("", lambda: None)

    def on_offers_loaded(self, message: OffersLoaded) -> None:
        """Lists them, on the one that is asked."""
        self._offers = {offer.name: offer for offer in message.offers}
        if self._acting and not message.acted:
            return  # how things stood before
        self._acting = False
        self.query_one(ProblemLine).say(message.problem.message if message.problem else "")
        if message.done:
            self._changed, self._chosen = True, None
            self.notify(message.done, markup=False)
        leaving, self._leaving = self._leaving, None
        if leaving is not None and not message.problem:
            self.dismiss(leaving)
            return
        live = self._live
        listing = self.query_one("#adapters", OptionList)
        listing.clear_options()
        names = [name for name, offer in self._offers.items() if not offer.problem]
        names += [NONE, *(name for name in self._offers if name not in names)]
        listing.add_options(Option(self._line(name, live), id=name) for name in names)
        listing.highlighted = names.index(self._chosen if self._chosen in names else live)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Says all of the one in hand."""
        event.stop()
        offer = self._offers.get(event.option.id or "")
        words = (offer.problem or offer.about) if offer else "The model answers alone."
        self.query_one("#adapter-detail", ScrollText).update(one_line(words))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click uses it."""
        event.stop()
        self._use(event.option.id or NONE)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The same by mouse."""
        event.stop()
        match event.button.id:
            case "use":
                self._use(self._in_hand)
            case "promote":
                self.action_promote()
            case "roll-back":
                self.action_roll_back()

    def action_promote(self) -> None:
        """Lets the one in hand answer from now on."""
        name = self._in_hand
        if self._refused(name):
            return
        words = "The model answers alone" if name == NONE else f"{name} answers"
        asked = self._domain, self._model, self._record_type
        self._act(f"{words} from now on.", lambda: self._session.promote(name, *asked))

    def action_roll_back(self) -> None:
        """What was live before answers again."""
        asked = self._domain, self._model, self._record_type
        self._act("Rolled back.", lambda: self._session.roll_back(*asked))

    def action_give_up(self) -> None:
        """Closes; where something was promoted, or is being promoted, that is what answers."""
        if self._acting:
            self._leave("")
        else:
            self.dismiss("" if self._changed else None)

    @property
    def _in_hand(self) -> str:
        option = self.query_one("#adapters", OptionList).highlighted_option
        return (option.id if option else None) or NONE

    @property
    def _live(self) -> str:
        return next((name for name, offer in self._offers.items() if offer.live), NONE)

    def _use(self, name: str) -> None:
        if not self._refused(name):
            self._leave("" if name == self._live else name)

    def _leave(self, name: str) -> None:
        """Returns the name; where something is being promoted, once that is done: home shows it."""
        if self._acting:
            self._leaving = name
            self.query_one("#adapter-detail", ScrollText).update(_WAITS)
        else:
            self.dismiss(name)

    def _act(self, done: str, act: Callable[[], object]) -> None:
        """One thing at a time: the next one is chosen by how things stand then."""
        if self._acting:
            self.query_one("#adapter-detail", ScrollText).update(_WAITS)
            return
        self._acting = True
        self._work(done, act, acted=True)

    def _refused(self, name: str) -> bool:
        """Whether it cannot be used; says so."""
        offer = self._offers.get(name)
        if offer is None or not offer.problem:
            return False
        self.notify(f"{name} is not used: {one_line(offer.problem)}", severity="warning", markup=False)
        return True

    @work(thread=True, exclusive=True)
    def _work(self, done: str, act: Callable[[], object], *, acted: bool = False) -> None:
        """Acts, then looks how things stand. Promoting reads every byte of an adapter."""
        problem = None
        offers: Sequence[OfferPort] = ()
        try:
            act()
        except Exception as error:
            done, problem = "", Problem.of(error)
        try:
            offers = self._session.offers(self._domain, self._model, self._record_type)
        except Exception as error:
            problem = problem or Problem.of(error)
        self.post_message(OffersLoaded(offers, done, problem, acted))

    def _line(self, name: str, live: str) -> Text:
        offer = self._offers.get(name)
        colours = self._colours
        is_unfit, is_live = bool(offer and offer.problem), name == live
        mark = ("✗ ", colours["error"]) if is_unfit else ("● " if is_live else "  ", colours["success"])
        about = (offer.problem or offer.about) if offer else "the model alone"
        return Text.assemble(
            mark,
            (one_line(name), colours["muted"] if is_unfit else "bold"),
            ("  live" if is_live else "", colours["success"]),
            (f"  {one_line(about)}", colours["muted"]),
            no_wrap=True,
            overflow="ellipsis",
        )
