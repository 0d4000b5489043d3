"""Every run that is kept is listed, as it stands by then."""

import threading
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from thresher.app.locations import Locations
from thresher.app.store.store import Store
from thresher.app.task import Task
from thresher.app.tui.app import ThresherApp
from thresher.app.tui.record_screen import RecordScreen
from thresher.app.tui.runs_screen import RunsScreen
from thresher.app.tui.stretch_table import StretchTable

from .driving import paste, press


async def test_all_runs_are_listed_the_newest_first(app: ThresherApp, session: Any) -> None:
    task = Task("expenses", "receipt", "Extract.", (), "hash", "starter")
    numbers = [session.store.start_run(task, "settings", 1) for _ in range(120)]
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "r")
        table = app.screen.query_one(StretchTable)
        assert table.row_keys == [str(number) for number in reversed(numbers)]


async def opened_while_it_goes_on(app: ThresherApp, session: Any, pilot: Pilot[None], folder: Path) -> None:
    """The past runs, of which one waits before its first record."""
    session.gate = threading.Event()
    await paste(pilot, str(folder / "bakery.txt"))
    await pilot.press("s")
    while not session.store.runs():
        await pilot.pause(0.01)
    await pilot.press("r")
    while not counts(app):
        await pilot.pause(0.01)


def counts(app: ThresherApp) -> str:
    table = app.screen.query_one("#runs", StretchTable)
    return str(table.get_row_at(0)[-1]) if table.row_count else ""


def told(app: ThresherApp) -> list[str]:
    return [one.message for one in app._notifications]


async def test_a_run_that_goes_on_has_no_records_yet_and_opens_once_it_has(
    app: ThresherApp, session: Any, folder: Path
) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened_while_it_goes_on(app, session, pilot, folder)
        assert counts(app) == "✓ 0  · 1"
        await pilot.press("enter")
        while not told(app):
            await pilot.pause(0.01)
        assert told(app) == ["This run has no records yet."]
        session.gate.set()
        while not session.store.runs()[0].finished:
            await pilot.pause(0.01)
        await press(pilot, "enter")
        assert isinstance(app.screen, RecordScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, RunsScreen)
        assert counts(app) == "✓ 1"


async def test_only_of_a_run_that_is_finished_it_is_said_that_it_was_stopped(
    app: ThresherApp, session: Any
) -> None:
    task = Task("expenses", "receipt", "Extract.", (), "hash", "starter")
    session.store.finish_run(session.store.start_run(task, "settings", 1), cancelled=True)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await press(pilot, "r", "enter")
        assert told(app) == ["This run has no records: it was stopped before the first."]


async def test_of_a_run_that_was_killed_before_its_first_record_it_is_said_so(
    app: ThresherApp, session: Any, tmp_path: Path
) -> None:
    task = Task("expenses", "receipt", "Extract.", (), "hash", "starter")
    with Store.open(Locations(tmp_path / "home")) as killed:
        killed.start_run(task, "settings", 1)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await press(pilot, "r", "enter")
        (words,) = told(app)
        assert words.startswith("This run has no records: it was broken off before the first. Start it again")
