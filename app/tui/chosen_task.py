"""What the first screen will ask: the record type in hand, the fields added to it, and who answers.

Knows no widget.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from thresher.adapters.fields import Field
from thresher.app.task import Task
from thresher.app.tui.messages import Problem
from thresher.app.tui.ports import PackPort, SessionPort
from thresher.app.tui.record_type_list import Choice


class Answering(NamedTuple):
    """The adapter that would be asked, None for the model alone; `problem` where it cannot be used."""

    adapter: str | None
    problem: str = ""


#: Domain, record type, model, and who answers.
_Asked = tuple[str | None, str | None, str | None, Answering]


class ChosenTask:
    """Each record type keeps the adapter that was chosen for it, and what of its values goes unseen.

    `in_hand` gives the record type that is highlighted: asked each time, for a key may come before any word
    of another one.
    """

    def __init__(
        self, session: SessionPort, packs: Mapping[str, PackPort], in_hand: Callable[[], Choice]
    ) -> None:
        self.fields: tuple[Field, ...] = ()
        self.models: list[str] = []  # that are installed
        self._session = session
        self._packs = packs
        self._in_hand = in_hand
        self._model: str | None = None  # chosen here; else the settings' one
        # Chosen here, by domain and record type; else the live one.
        self._adapters: dict[tuple[str | None, str | None], str] = {}
        # Asked here, of who answers for a record type: the share of right values among those that go unseen.
        self._accept_at: dict[_Asked, float] = {}
        # By domain, record type and model.
        self._answering: dict[tuple[str | None, str | None, str], Answering] = {}

    def look_for_models(self) -> None:
        """Looks anew which are installed, and who answers. What the session raises leaves none."""
        self.models = []
        self._answering.clear()  # it may have changed outside
        self.models = [model.name for model in self._session.models()]

    @property
    def choice(self) -> Choice:
        """The record type in hand."""
        return self._in_hand()

    @property
    def model(self) -> str | None:
        """Which model will be asked: the one chosen, else the settings' where it is installed."""
        wanted = self._model or self._session.settings.model
        return wanted if wanted in self.models else next(iter(self.models), None)

    @model.setter
    def model(self, name: str) -> None:
        self._model = name

    @property
    def adapter(self) -> str | None:
        """The adapter chosen for the record type in hand; None where the live one answers."""
        return self._adapters.get((self.choice.domain, self.choice.record_type))

    @adapter.setter
    def adapter(self, name: str | None) -> None:
        key = self.choice.domain, self.choice.record_type
        self._adapters.pop(key, None)
        if name:
            self._adapters[key] = name
        self._answering.clear()

    @property
    def answering(self) -> Answering:
        """The adapter for the record type in hand: the one chosen, else the live one."""
        domain, record_type, model = self.choice.domain, self.choice.record_type, self.model
        if model is None:
            return Answering(None)
        key = domain, record_type, model
        if key not in self._answering:
            try:
                found = Answering(self._session.answering(domain, model, self.adapter, record_type))
            except Exception as error:
                found = Answering(None, Problem.of(error).message)
            self._answering[key] = found
        return self._answering[key]

    @property
    def accept_at(self) -> float | None:
        """The share of right values that is asked of those that go unseen; None where none do.

        What is known of another's confidences is another thing: so too where another was made live outside.
        """
        return self._accept_at.get(self._asked)

    @accept_at.setter
    def accept_at(self, share: float | None) -> None:
        self._accept_at.pop(self._asked, None)
        if share:
            self._accept_at[self._asked] = share

    @property
    def has_fields(self) -> bool:
        """Whether there is anything to ask: some record types have only the fields that one adds."""
        choice = self.choice
        if self.fields or choice.domain is None or choice.record_type is None:
            return bool(self.fields)
        return bool(self._packs[choice.domain].record_types[choice.record_type].fields)

    def task(self) -> Task:
        """What to ask. Raises ThresherError where it does not fit."""
        choice = self.choice
        return self._session.task(choice.domain, choice.record_type, self.fields, self.model, self.adapter)

    @property
    def _asked(self) -> _Asked:
        return self.choice.domain, self.choice.record_type, self.model, self.answering
