"""What to extract: the record types, the fields that are added to them, and who is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from thresher.adapters.fields import Field
from thresher.app.task import Task
from thresher.app.tui.adapter_dialog import AdapterDialog
from thresher.app.tui.fields_dialog import FieldsDialog
from thresher.app.tui.home_text import adapter_words, record_type_card, unseen_words
from thresher.app.tui.messages import Problem
from thresher.app.tui.model_dialog import ModelDialog
from thresher.app.tui.no_model import NoModelDialog
from thresher.app.tui.ports import SessionPort
from thresher.app.tui.record_type_list import Choice, RecordTypeList
from thresher.app.tui.scroll_text import ScrollText
from thresher.app.tui.unseen_dialog import UnseenDialog
from thresher.app.wording import Colours


class Answering(NamedTuple):
    """The adapter that would be asked, None for the model alone; `problem` where it cannot be used."""

    adapter: str | None
    problem: str = ""


#: Domain, record type, model, and who answers.
_Asked = tuple[str | None, str | None, str | None, Answering]


class TaskPane(Vertical):
    """All that makes a task. Posts `Changed` where another one would come of it."""

    BORDER_TITLE = "Extract"

    @dataclass
    class Changed(Message):
        """Another record type, model, adapter, or set of fields. `problem` where the models are not known."""

        problem: Problem | None = None

    def __init__(self, session: SessionPort, colours: Colours, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._session = session
        self._colours = colours
        found = session.found_packs()
        self._packs, self.pack_errors = found.packs, found.errors
        self._models: list[str] = []
        self._model: str | None = None  # chosen here; else the settings' one
        # Chosen here, by domain and record type; else the live one.
        self._adapters: dict[tuple[str | None, str | None], str] = {}
        # Asked here, of who answers for a record type: the share of right values among those that go unseen.
        self._accept_at: dict[_Asked, float] = {}
        # By domain, record type and model.
        self._answering: dict[tuple[str | None, str | None, str], Answering] = {}
        self.fields: tuple[Field, ...] = ()

    def compose(self) -> ComposeResult:
        """The list, a card on what is highlighted, who answers, and what goes unseen."""
        yield RecordTypeList(self._packs, self._colours, id="record-types")
        yield ScrollText(id="card")
        yield Static(id="adapter", markup=False)
        yield Static(id="unseen", markup=False)

    @property
    def choice(self) -> Choice:
        """The record type in hand."""
        return self.query_one(RecordTypeList).choice

    @property
    def model(self) -> str | None:
        """Which model will be asked: the one chosen, else the settings' where it is installed."""
        wanted = self._model or self._session.settings.model
        return wanted if wanted in self._models else next(iter(self._models), None)

    @property
    def answering(self) -> Answering:
        """The adapter for the record type in hand: the one chosen, else the live one."""
        domain, record_type, model = self.choice.domain, self.choice.record_type, self.model
        if model is None:
            return Answering(None)
        key = domain, record_type, model
        if key not in self._answering:
            try:
                chosen = self._adapters.get((domain, record_type))
                found = Answering(self._session.answering(domain, model, chosen, record_type))
            except Exception as error:
                found = Answering(None, Problem.of(error).message)
            self._answering[key] = found
        return self._answering[key]

    @property
    def accept_at(self) -> float | None:
        """The share of right values that is asked of those that go unseen; None where none do.

        What is known of another's confidences is another thing: so too where another was made live outside.
        """
        return self._accept_at.get(self._in_hand)

    @property
    def has_fields(self) -> bool:
        """Whether there is anything to ask: some record types have only the fields that one adds."""
        choice = self.choice
        if self.fields or choice.domain is None or choice.record_type is None:
            return bool(self.fields)
        return bool(self._packs[choice.domain].record_types[choice.record_type].fields)

    def asked(self) -> Task:
        """What to ask. Raises ThresherError where it does not fit."""
        choice = self.choice
        adapter = self._adapters.get((choice.domain, choice.record_type))
        return self._session.task(choice.domain, choice.record_type, self.fields, self.model, adapter)

    def look_for_models(self) -> bool:
        """Whether a model is installed; where none is, says how to get one."""
        problem = None
        try:
            self._models = [model.name for model in self._session.models()]
        except Exception as error:
            self._models, problem = [], Problem.of(error)
        self._answering.clear()  # it may have changed outside
        if not self._models and problem is None:
            self.ask_for_model()
        self._change(problem)
        return bool(self._models)

    def ask_for_model(self) -> None:
        """Opens the words on how to get a model."""

        def take(look_again: bool | None) -> None:
            if look_again:
                self.look_for_models()

        self.app.push_screen(NoModelDialog(), take)

    def choose_model(self) -> None:
        """Opens the list of models."""
        if not self.look_for_models():
            return

        def take(name: str | None) -> None:
            if name is not None:
                self._model = name
                self._change()

        self.app.push_screen(ModelDialog(self._models, self.model or ""), take)

    def choose_adapter(self) -> None:
        """Opens the adapters for the record type in hand."""
        if not self.look_for_models() or self.model is None:
            return
        domain, title = self.choice.domain, self.choice.title
        key = domain, self.choice.record_type

        def take(name: str | None) -> None:
            if name is None:
                return
            self._adapters.pop(key, None)
            if name:
                self._adapters[key] = name
            self._answering.clear()
            self._change()

        if domain is not None:
            title = f"{self._packs[domain].title}: {title}"
        chosen = self._adapters.get(key)
        self.app.push_screen(
            AdapterDialog(self._session, *key, title, self.model, chosen, self._colours), take
        )

    def choose_unseen(self) -> None:
        """Opens the shares of right values that can be asked of what goes unseen."""
        if not self.look_for_models():
            return
        try:
            asked = self.asked()
            judge = self._session.judge(asked)
        except Exception as error:
            self.notify(Problem.of(error).message, severity="warning", markup=False)
            return
        key = self._in_hand
        if judge.calibration is None:
            self._accept_at.pop(key, None)
            self._change()
            self.notify(
                "It is not known how often this answer is right, so every value wants a look. "
                "`thresher calibrate` finds out, from labelled documents.",
                severity="warning",
                markup=False,
            )
            return

        def take(share: float | None) -> None:
            if share is None:
                return
            self._accept_at.pop(key, None)
            if share:
                self._accept_at[key] = share
            self._change()

        dialog = UnseenDialog(self.choice.title, judge, asked.fields, self.accept_at or 0.0, self._colours)
        self.app.push_screen(dialog, take)

    def edit_fields(self) -> None:
        """Opens the fields given at run time."""

        def take(fields: Sequence[Field] | None) -> None:
            if fields is not None:
                self.fields = tuple(fields)
                self._change()

        self.app.push_screen(FieldsDialog(self.fields), take)

    def redraw(self) -> None:
        """Everything in the theme's colours."""
        self.query_one(RecordTypeList).redraw()
        self._change()

    def on_click(self, event: events.Click) -> None:
        """A click on a line below the list does what its key does."""
        match event.widget.id if event.widget else None:
            case "adapter":
                self.choose_adapter()
            case "unseen":
                self.choose_unseen()

    def on_record_type_list_chosen(self, event: RecordTypeList.Chosen) -> None:
        """Another record type."""
        event.stop()
        self._change()

    @property
    def _in_hand(self) -> _Asked:
        return self.choice.domain, self.choice.record_type, self.model, self.answering

    def _change(self, problem: Problem | None = None) -> None:
        pack = self._packs.get(self.choice.domain or "")
        card = record_type_card(pack, self.choice, self.fields, self._colours)
        self.query_one("#card", ScrollText).update(card)
        answering = self.answering
        words = adapter_words(answering.adapter, bool(answering.problem), self._colours)
        self.query_one("#adapter", Static).update(words)
        self.query_one("#unseen", Static).update(unseen_words(self.accept_at, self._colours))
        self.post_message(self.Changed(problem))
