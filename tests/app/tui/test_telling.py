"""How work behind a screen ended is told wherever the user stands by then."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from thresher.adapters.errors import StoreError
from thresher.app.tui.app import ThresherApp
from thresher.app.tui.quit_dialog import QuitDialog
from thresher.app.tui.record_screen import RecordScreen

from .driving import home, paste, press, record_of, said, settled

SIZE = (100, 30)
LOCKED = "thresher.db: another program keeps the database [locked]. Close it."


Hold = Callable[..., threading.Event]


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch, session: Any) -> Hold:
    """Has a method of the store wait for the event that is returned, and then fail with the error, if any."""

    def held_back(name: str, error: Exception | None = None) -> threading.Event:
        let_go = threading.Event()
        call = getattr(session.store, name)

        def waiting(*args: Any, **options: Any) -> Any:
            let_go.wait()
            if error is not None:
                raise error
            return call(*args, **options)

        monkeypatch.setattr(session.store, name, waiting)
        return let_go

    return held_back


async def test_what_makes_the_model_slow_is_told_when_a_run_starts(
    app: ThresherApp, session: Any, folder: Path
) -> None:
    session.slow = "no fast BLAS [slow]. Install OpenBLAS."
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        await press(pilot, "s")
        [told] = app._notifications
        assert (told.message, told.severity) == (session.slow, "warning")


async def correcting(
    pilot: Pilot[None], folder: Path, hold: Hold, error: Exception | None = None
) -> threading.Event:
    """A correction of the bakery's first value to "Corner Bakery"; the store is held back in it."""
    await record_of(pilot, folder / "bakery.txt")
    let_go = hold("correct", error)
    await press(pilot, "e")
    pilot.app.screen.query_one("#typed", Input).value = "Corner Bakery"
    await pilot.press("enter")
    await pilot.pause()
    return let_go


async def exporting(
    pilot: Pilot[None], folder: Path, hold: Hold, error: Exception | None = None
) -> threading.Event:
    """An export of the bakery's record to out.jsonl; the store is held back in it."""
    await record_of(pilot, folder / "bakery.txt")
    await press(pilot, "x")
    pilot.app.screen.query_one("#export-path", Input).value = "out.jsonl"
    pilot.app.screen.query_one("#export-path").focus()
    let_go = hold("records", error)
    await pilot.press("enter")
    return let_go


def told(app: ThresherApp) -> list[tuple[str, str, str]]:
    """The notifications: title, words, severity."""
    return [(one.title, one.message, one.severity) for one in app._notifications]


async def told_at_last(pilot: Pilot[None], app: ThresherApp) -> tuple[str, str, str]:
    """What is told by the worker of a screen that is gone: nobody else waits for it."""
    for _ in range(1000):
        if told(app):
            break
        await pilot.pause(0.01)
    return told(app)[0]


async def test_a_correction_that_is_not_stored_is_told_where_its_record_was_left(
    app: ThresherApp, folder: Path, hold: Hold
) -> None:
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        let_go = await correcting(pilot, folder, hold, StoreError(LOCKED))
        await pilot.press("escape")
        assert app.screen is home(app)
        let_go.set()
        assert await told_at_last(pilot, app) == ("company is not corrected", LOCKED, "error")


async def test_it_is_told_on_the_record_itself_also_beneath_a_dialog(
    app: ThresherApp, folder: Path, hold: Hold
) -> None:
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        let_go = await correcting(pilot, folder, hold, StoreError(LOCKED))
        await pilot.press("question_mark")
        await pilot.pause()
        assert not isinstance(app.screen, RecordScreen)
        let_go.set()
        await press(pilot, "escape")
        assert LOCKED in said(app, ".problem")
        assert told(app) == []


async def test_one_that_is_stored_is_shown_where_its_record_was_left_and_opened_again(
    app: ThresherApp, folder: Path, hold: Hold
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        let_go = await correcting(pilot, folder, hold)
        await pilot.press("escape")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, RecordScreen)
        let_go.set()
        await settled(pilot)
        assert app.screen.row is not None
        assert app.screen.row.value == "Corner Bakery"


async def test_one_that_is_stored_when_its_record_was_left_is_in_the_queue(
    app: ThresherApp, folder: Path, hold: Hold
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        let_go = await correcting(pilot, folder, hold)
        await pilot.press("escape")
        await pilot.pause(0.1)  # the queue has been read again by now
        let_go.set()
        await settled(pilot)
        (entry,) = home(app).queue
        assert entry.record is not None
        assert entry.record.values["company"].value == "Corner Bakery"


@pytest.mark.parametrize(
    ("error", "title", "words", "severity"),
    [
        (None, "", "Written: ", "information"),
        (StoreError(LOCKED), "out.jsonl is not written", LOCKED, "error"),
    ],
)
async def test_how_an_export_ended_is_told_where_its_record_was_left(
    app: ThresherApp,
    folder: Path,
    hold: Hold,
    error: Exception | None,
    title: str,
    words: str,
    severity: str,
) -> None:
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        let_go = await exporting(pilot, folder, hold, error)
        await pilot.press("escape")
        assert app.screen is home(app)
        let_go.set()
        said_title, said_words, said_severity = await told_at_last(pilot, app)
        assert (said_title, said_severity) == (title, severity)
        assert said_words.startswith(words)
        assert (folder / "out.jsonl").is_file() == (error is None)


async def test_quitting_waits_for_a_correction_and_says_so(
    app: ThresherApp, session: Any, folder: Path, hold: Hold
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        let_go = await correcting(pilot, folder, hold)
        await pilot.press("q")
        await pilot.pause()
        assert isinstance(app.screen, QuitDialog)
        assert said(app, "#quit-words") == "Waiting until the correction is stored."
        assert app.return_code is None
        let_go.set()
        while app.return_code is None:
            await pilot.pause(0.01)
    assert not app.leaves_work
    (run,) = session.store.runs()
    assert session.store.records(run.id)[0].corrected == {"company"}


async def test_quitting_waits_for_an_export(app: ThresherApp, folder: Path, hold: Hold) -> None:
    async with app.run_test(size=SIZE) as pilot:
        let_go = await exporting(pilot, folder, hold)
        await pilot.press("q")
        await pilot.pause()
        assert said(app, "#quit-words") == "Waiting until the file is written."
        let_go.set()
        while app.return_code is None:
            await pilot.pause(0.01)
    assert (folder / "out.jsonl").is_file()


async def test_quitting_is_called_off_where_a_correction_is_not_stored(
    app: ThresherApp, folder: Path, hold: Hold
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        let_go = await correcting(pilot, folder, hold, StoreError(LOCKED))
        await pilot.press("q")
        await pilot.pause()
        let_go.set()
        while not isinstance(app.screen, RecordScreen):
            await pilot.pause(0.01)
        await settled(pilot)
        assert LOCKED in said(app, ".problem")
        assert app.return_code is None


async def test_quitting_twice_gives_a_correction_up(app: ThresherApp, folder: Path, hold: Hold) -> None:
    async with app.run_test(size=SIZE) as pilot:
        let_go = await correcting(pilot, folder, hold)
        await pilot.press("q", "q")
        assert app.return_code == 0
        assert app.leaves_work
        let_go.set()
