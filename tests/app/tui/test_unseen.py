"""What goes unseen: asked for at home, marked in the queue, gone through in the records."""

import threading
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import OptionList

from thresher.adapters.fields import Field
from thresher.app.events import RecordReady
from thresher.app.tui.app import ThresherApp
from thresher.app.tui.home import HomeScreen
from thresher.app.tui.record_screen import RecordScreen
from thresher.app.tui.task_pane import TaskPane
from thresher.app.tui.unseen_dialog import UnseenDialog

from .driving import press, said, settled

SIZE = (80, 24)


def in_hand(app: ThresherApp) -> tuple[int, str]:
    """The record on screen, from 0, and the field under the cursor."""
    screen = app.screen
    assert isinstance(screen, RecordScreen)
    assert screen.row is not None
    return screen._index, screen.row.field


@pytest.mark.usefixtures("calibration")
async def test_what_is_not_sure_enough_is_marked_and_gone_through(app: ThresherApp, folder: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app.post_message(events.Paste(f"'{folder}/bakery.txt' '{folder}/second bakery.txt'"))
        await settled(pilot)
        assert said(app, "#unseen") == "u nothing goes unseen"
        await press(pilot, "u")
        assert isinstance(app.screen, UnseenDialog)
        shares = app.screen.query_one("#shares", OptionList)
        assert [str(shares.get_option_at_index(at).prompt) for at in range(shares.option_count)] == [
            "nothing: no value is marked",
            "if 90% shall be right   100% of stated, no absent values",
            "if 95% shall be right   50% of stated, no absent values",
            "if 98% shall be right   50% of stated, no absent values",
            "if 99% shall be right   no stated, no absent values",
        ]
        await press(pilot, "down")
        assert said(app, "#share-detail").splitlines() == [
            "at 0.9 stated values are accepted from a confidence of 0.600: 100% of those labelled, "
            "560 of 600 right",
            "at 0.9 no absent values are accepted: 20 labelled ones cannot promise it, which takes 29 at "
            "the least",
        ]
        await press(pilot, "enter")
        assert said(app, "#unseen") == "u unseen if 90% right"

        await press(pilot, "s")
        assert "◆ 8 values to look at" in said(app, "#progress-words")
        await press(pilot, "enter")
        seen = [in_hand(app)]
        for _ in range(9):
            await press(pilot, "l")
            seen.append(in_hand(app))
        fields = ["total", "category", "items", "vat_id"]
        # The first is where the record opens; after the last one it stays.
        assert seen == [
            (0, "company"), *((0, name) for name in fields), *((1, name) for name in fields), (1, "vat_id")
        ]  # fmt: skip


@pytest.mark.usefixtures("calibration")
async def test_what_was_corrected_is_no_more_counted_in_the_queue(app: ThresherApp, folder: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app.post_message(events.Paste(f"'{folder}/bakery.txt' '{folder}/second bakery.txt'"))
        await settled(pilot)
        await press(pilot, "u", "down", "enter", "s")
        assert "◆ 8 values to look at" in said(app, "#progress-words")
        await press(pilot, "enter", "l", "e", "ctrl+s", "escape")
        assert "◆ 7 values to look at" in said(app, "#progress-words")
        # So it is after those of a past run, which is this one.
        await press(pilot, "r", "enter", "l", "e", "ctrl+s", "escape", "escape")
        assert "◆ 6 values to look at" in said(app, "#progress-words")


@pytest.mark.usefixtures("calibration")
async def test_what_has_been_stored_since_is_looked_at_too(
    app: ThresherApp, session: Any, folder: Path
) -> None:
    session.gate = threading.Event()
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.post_message(events.Paste(f"'{folder}/locked.pdf' '{folder}/bakery.txt'"))
        await settled(pilot)
        await press(pilot, "u", "down", "enter")
        begun = threading.Event()
        extract = session.extract

        def one_by_one(*args: Any, **options: Any) -> Any:
            for event in extract(*args, **options):
                yield event
                if isinstance(event, RecordReady) and not begun.is_set():
                    session.gate.clear()
                    begun.set()

        session.extract = one_by_one
        session.gate.set()
        await pilot.press("s")
        while not begun.is_set():
            await pilot.pause()
        await pilot.pause()
        # Of the first document nothing could be read: no value wants a look, and yet there is the key.
        await pilot.press("enter")
        while "1 of 1" not in said(app, "#record-title"):
            await pilot.pause()
        assert any(binding.binding.action == "look" for binding in app.screen.active_bindings.values())
        session.gate.set()
        await settled(pilot)
        seen = []
        for _ in range(5):
            await press(pilot, "l")
            seen.append(in_hand(app))
        assert seen == [*((1, name) for name in ("total", "category", "items", "vat_id")), (1, "vat_id")]
        assert [told.message for told in app._notifications] == ["No value after this one wants a look."]


@pytest.mark.usefixtures("calibration")
async def test_a_field_of_ones_own_is_said_to_want_a_look_always(app: ThresherApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        pane = app.screen.query_one(TaskPane)
        pane.chosen.fields = (Field(name="tax", type="number"),)
        await press(pilot, "u", "down")
        assert said(app, "#share-detail").splitlines()[-1] == (
            "of tax none are accepted: no label tells of them as they are asked here"
        )


@pytest.mark.usefixtures("calibration", "adapters")
async def test_what_was_asked_of_one_adapter_is_not_asked_of_another(app: ThresherApp, folder: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert await pilot.click("#unseen")
        await press(pilot, "down", "enter")
        assert said(app, "#unseen") == "u unseen if 90% right"
        await press(pilot, "u")
        assert isinstance(app.screen, UnseenDialog)
        assert app.screen.query_one("#shares", OptionList).highlighted == 1
        await press(pilot, "escape", "A", "up", "enter")
        assert said(app, "#unseen") == "u nothing goes unseen"
        # By record type: another has none.
        await press(pilot, "u", "down", "enter", "down")
        assert said(app, "#unseen") == "u nothing goes unseen"
        await press(pilot, "up", "u", "up", "enter")
        assert said(app, "#unseen") == "u nothing goes unseen"


@pytest.mark.usefixtures("calibration", "adapters")
async def test_what_was_asked_of_one_adapter_ends_where_another_is_made_live_elsewhere(
    app: ThresherApp, session: Any, folder: Path
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app.post_message(events.Paste(str(folder / "bakery.txt")))
        await settled(pilot)
        await press(pilot, "u", "down", "enter")
        assert said(app, "#unseen") == "u unseen if 90% right"
        session.promote("expenses-1", "expenses")
        await press(pilot, "s")
        assert said(app, "#unseen") == "u nothing goes unseen"
        assert "to look at" not in said(app, "#progress-words")
        assert session.asked[-1][0].adapter == "expenses-1"
        # Also where it is noticed by the dialog on adapters.
        await press(pilot, "u", "down", "enter")
        session.promote("expenses-2", "expenses")
        await press(pilot, "A", "enter")
        assert said(app, "#unseen") == "u nothing goes unseen"


@pytest.mark.usefixtures("calibration")
async def test_without_its_calibration_nothing_goes_unseen_any_more(app: ThresherApp, session: Any) -> None:
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await press(pilot, "u", "down", "enter")
        assert said(app, "#unseen") == "u unseen if 90% right"
        session.calibration = None
        await press(pilot, "u")
        assert said(app, "#unseen") == "u nothing goes unseen"
        assert any("thresher calibrate" in told.message for told in app._notifications)


async def test_without_a_calibration_every_value_wants_a_look(app: ThresherApp, folder: Path) -> None:
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "u")
        assert isinstance(app.screen, HomeScreen)
        (told,) = app._notifications
        assert "thresher calibrate" in told.message
        app.post_message(events.Paste(str(folder / "bakery.txt")))
        await settled(pilot)
        await press(pilot, "s", "enter")
        assert isinstance(app.screen, RecordScreen)
        # No key is offered that could find nothing.
        assert not any(binding.binding.action == "look" for binding in app.screen.active_bindings.values())
        await press(pilot, "l")
        assert in_hand(app) == (0, "company")


def test_the_dialog(app: ThresherApp, calibration: None, snap_compare: Any) -> None:
    async def opened(pilot: Pilot[None]) -> None:
        await press(pilot, "u", "down", "down")

    assert snap_compare(app, terminal_size=SIZE, run_before=opened)
