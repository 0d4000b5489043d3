"""How a run and the app end: cancelled, quit, crashed."""

import threading
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from thresher.app.tui.app import ThresherApp
from thresher.app.tui.queue import Stage
from thresher.app.tui.quit_dialog import QuitDialog

from .driving import home, paste, press, said, settled

SIZE = (80, 24)


async def start_loading(app: ThresherApp, pilot: Pilot[None], folder: Path) -> None:
    """A run of one document that waits for its model."""
    await paste(pilot, str(folder / "bakery.txt"))
    await pilot.press("s")
    while not home(app).queue.loading:
        await pilot.pause()


async def test_cancel_works_at_once_and_keeps_what_is_done(
    app: ThresherApp, session: Any, folder: Path
) -> None:
    session.gate = threading.Event()
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, f"{folder}/bakery.txt\n{folder}/second bakery.txt")
        await pilot.press("s")
        while Stage.READING not in [entry.stage for entry in home(app).queue]:
            await pilot.pause()
        assert "0 of 2" in said(app, "#progress-words")
        await press(pilot, "escape")
        finished = home(app).queue.finished
        assert finished is not None
        assert finished.cancelled
        assert [entry.stage for entry in home(app).queue] == [Stage.OK, Stage.WAITING]
        assert "Cancelled" in said(app, "#progress-words")


async def test_quitting_waits_for_the_load_and_says_so(app: ThresherApp, session: Any, folder: Path) -> None:
    session.loaded = threading.Event()
    async with app.run_test(size=SIZE) as pilot:
        await start_loading(app, pilot, folder)
        await pilot.press("q")
        await pilot.pause()
        assert isinstance(app.screen, QuitDialog)
        assert said(app, "#quit-words") == "Waiting until the model has loaded."
        await pilot.press("escape")
        await pilot.pause()
        assert "cancelling once the model has loaded" in said(app, "#progress-words")
        await pilot.press("q")
        await pilot.pause()
        assert app.return_code is None
        session.loaded.set()
        while app.return_code is None:
            await pilot.pause(0.01)
    assert not app.leaves_work
    assert session.store.runs()[0].cancelled


async def test_quitting_twice_waits_for_nothing(app: ThresherApp, session: Any, folder: Path) -> None:
    session.loaded = threading.Event()
    async with app.run_test(size=SIZE) as pilot:
        await start_loading(app, pilot, folder)
        await pilot.press("q", "q")
        assert app.return_code == 0
        assert app.leaves_work
        session.loaded.set()


async def test_a_crash_is_shown_and_the_app_lives_on(app: ThresherApp, session: Any, folder: Path) -> None:
    session.crash = RuntimeError("boom [/] [red]")
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        await press(pilot, "s")
        assert "RuntimeError: boom [/] [red]" in said(app, "#home-problem")
        session.crash = None
        await press(pilot, "s")
        assert [entry.stage for entry in home(app).queue] == [Stage.OK]
        assert not app.screen.query_one("#home-problem").has_class("-shown")


async def test_a_run_started_before_the_last_one_let_go_stays_marked(
    app: ThresherApp, session: Any, folder: Path
) -> None:
    let_go = threading.Event()
    extract = session.extract

    def slow_to_end(*args: Any, **options: Any) -> Any:
        yield from extract(*args, **options)
        let_go.wait()

    session.extract = slow_to_end
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        await pilot.press("s")
        while home(app).queue.finished is None:
            await pilot.pause()
        session.extract, session.gate = extract, threading.Event()
        await pilot.press("s")
        first = next(worker for worker in app.workers if worker.group == "run")
        let_go.set()
        await app.workers.wait_for_complete([first])
        await pilot.pause()
        assert home(app).queue.running
        session.gate.set()
        await settled(pilot)
        assert [entry.stage for entry in home(app).queue] == [Stage.OK]
