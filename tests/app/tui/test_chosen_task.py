"""What the first screen will ask, record type by record type."""

from typing import Any

import pytest

from thresher.app.tui.chosen_task import ChosenTask
from thresher.app.tui.record_type_list import OWN_FIELDS, Choice

RECEIPT = Choice("expenses", "receipt", "Receipt")


class InHand:
    """What is highlighted."""

    def __init__(self) -> None:
        self.choice = RECEIPT

    def __call__(self) -> Choice:
        return self.choice


@pytest.fixture
def in_hand() -> InHand:
    return InHand()


@pytest.fixture
def chosen(session: Any, in_hand: InHand) -> ChosenTask:
    chosen = ChosenTask(session, session.found_packs().packs, in_hand)
    chosen.look_for_models()
    return chosen


def test_a_model_that_is_not_installed_is_not_asked(session: Any, chosen: ChosenTask) -> None:
    chosen.model = "large"
    assert chosen.model == "starter"
    session.installed = ["starter", "large"]
    chosen.look_for_models()
    assert chosen.model == "large"


def kept(chosen: ChosenTask) -> tuple[str | None, str | None, float | None]:
    """The adapter that was chosen, the one that answers, and what goes unseen."""
    return chosen.adapter, chosen.answering.adapter, chosen.accept_at


@pytest.mark.usefixtures("adapters")
def test_each_record_type_keeps_its_adapter_and_what_goes_unseen(chosen: ChosenTask, in_hand: InHand) -> None:
    chosen.adapter, chosen.accept_at = "expenses-2", 0.9
    in_hand.choice = OWN_FIELDS
    assert kept(chosen) == (None, None, None)
    in_hand.choice = RECEIPT
    assert kept(chosen) == ("expenses-2", "expenses-2", 0.9)
    assert chosen.task().adapter == "expenses-2"
    chosen.adapter = "expenses-1"  # what is known of one's confidences is not known of another's
    assert kept(chosen) == ("expenses-1", "expenses-1", None)
    chosen.adapter = ""
    assert kept(chosen) == (None, None, None)


@pytest.mark.usefixtures("adapters")
def test_an_adapter_that_cannot_be_used_is_told_and_asked_about_once(chosen: ChosenTask) -> None:
    chosen.adapter = "old"
    assert "cannot be used" in chosen.answering.problem
    assert chosen.answering is chosen.answering


def test_own_fields_alone_are_something_to_ask_once_there_is_one(
    chosen: ChosenTask, in_hand: InHand, session: Any
) -> None:
    assert chosen.has_fields
    in_hand.choice = OWN_FIELDS
    assert not chosen.has_fields
    in_hand.choice = RECEIPT
    chosen.fields = (session.found_packs().packs["expenses"].record_types["receipt"].fields[0],)
    in_hand.choice = OWN_FIELDS
    assert chosen.has_fields
