"""What to extract: the record types, the fields that are added to them, and who is asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from thresher.adapters.fields import Field
from thresher.app.tui.adapter_dialog import AdapterDialog
from thresher.app.tui.chosen_task import ChosenTask
from thresher.app.tui.fields_dialog import FieldsDialog
from thresher.app.tui.home_text import adapter_words, record_type_card, unseen_words
from thresher.app.tui.messages import Problem
from thresher.app.tui.model_dialog import ModelDialog
from thresher.app.tui.no_model import NoModelDialog
from thresher.app.tui.ports import SessionPort
from thresher.app.tui.record_type_list import RecordTypeList
from thresher.app.tui.scroll_text import ScrollText
from thresher.app.tui.unseen_dialog import UnseenDialog
from thresher.app.wording import Colours


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
        self.chosen = ChosenTask(session, found.packs, lambda: self.query_one(RecordTypeList).choice)

    def compose(self) -> ComposeResult:
        """The list, a card on what is highlighted, who answers, and what goes unseen."""
        yield RecordTypeList(self._packs, self._colours, id="record-types")
        yield ScrollText(id="card")
        yield Static(id="adapter", markup=False)
        yield Static(id="unseen", markup=False)

    def look_for_models(self) -> bool:
        """Whether a model is installed; where none is, says how to get one."""
        problem = None
        try:
            self.chosen.look_for_models()
        except Exception as error:
            problem = Problem.of(error)
        if not self.chosen.models and problem is None:
            self.ask_for_model()
        self._change(problem)
        return bool(self.chosen.models)

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
                self.chosen.model = name
                self._change()

        self.app.push_screen(ModelDialog(self.chosen.models, self.chosen.model or ""), take)

    def choose_adapter(self) -> None:
        """Opens the adapters for the record type in hand."""
        chosen = self.chosen
        if not self.look_for_models() or chosen.model is None:
            return

        def take(name: str | None) -> None:
            if name is not None:
                chosen.adapter = name
                self._change()

        choice = chosen.choice
        domain = f"{self._packs[choice.domain].title}: " if choice.domain is not None else ""
        asked = choice.domain, choice.record_type, f"{domain}{choice.title}", chosen.model, chosen.adapter
        self.app.push_screen(AdapterDialog(self._session, *asked, self._colours), take)

    def choose_unseen(self) -> None:
        """Opens the shares of right values that can be asked of what goes unseen."""
        chosen = self.chosen
        if not self.look_for_models():
            return
        try:
            task = chosen.task()
            judge = self._session.judge(task)
        except Exception as error:
            self.notify(Problem.of(error).message, severity="warning", markup=False)
            return
        if judge.calibration is None:
            chosen.accept_at = None
            self._change()
            self.notify(
                "It is not known how often this answer is right, so every value wants a look. "
                "`thresher calibrate` finds out, from labelled documents.",
                severity="warning",
                markup=False,
            )
            return

        def take(share: float | None) -> None:
            if share is not None:
                chosen.accept_at = share
                self._change()

        title, asked = chosen.choice.title, chosen.accept_at or 0.0
        self.app.push_screen(UnseenDialog(title, judge, task.fields, asked, self._colours), take)

    def edit_fields(self) -> None:
        """Opens the fields given at run time."""

        def take(fields: Sequence[Field] | None) -> None:
            if fields is not None:
                self.chosen.fields = tuple(fields)
                self._change()

        self.app.push_screen(FieldsDialog(self.chosen.fields), take)

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

    def _change(self, problem: Problem | None = None) -> None:
        chosen = self.chosen
        pack = self._packs.get(chosen.choice.domain or "")
        card = record_type_card(pack, chosen.choice, chosen.fields, self._colours)
        self.query_one("#card", ScrollText).update(card)
        answering = chosen.answering
        words = adapter_words(answering.adapter, bool(answering.problem), self._colours)
        self.query_one("#adapter", Static).update(words)
        self.query_one("#unseen", Static).update(unseen_words(chosen.accept_at, self._colours))
        self.post_message(self.Changed(problem))
