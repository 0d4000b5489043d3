"""What goes wrong outside a window that is open, or in it, costs no run and is told."""

import threading
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from thresher.app.locations import Locations
from thresher.app.tui.app import ThresherApp, run
from thresher.app.tui.browser import BrowserDialog, FileTree
from thresher.app.tui.export_dialog import ExportDialog

from .driving import press, settled

SIZE = (80, 24)


async def test_a_working_folder_that_is_gone_is_the_home_folder(
    app: ThresherApp, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    gone = tmp_path / "gone"
    own.mkdir()
    gone.mkdir()
    monkeypatch.setenv("HOME", str(own))
    monkeypatch.setenv("USERPROFILE", str(own))
    async with app.run_test(size=SIZE) as pilot:
        app.post_message(events.Paste(str(folder / "bakery.txt")))
        await settled(pilot)
        monkeypatch.chdir(gone)
        gone.rmdir()
        await press(pilot, "s", "x")
        assert isinstance(app.screen, ExportDialog)
        box = app.screen.query_one("#export-path", Input)
        assert Path(box.value).parent == own
        box.value = "records.jsonl"
        box.focus()
        await press(pilot, "enter")
        assert (own / "records.jsonl").is_file()
        app.post_message(events.Paste("no such paper.txt"))
        await settled(pilot)
        await pilot.press("a")
        await pilot.pause()
        assert isinstance(app.screen, BrowserDialog)
        assert app.screen.query_one(FileTree).path == own


def test_screens_that_break_down_stop_the_run_and_tell_of_it(
    session: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.gate = threading.Event()

    def defect() -> None:
        raise RuntimeError("no such widget")

    async def breaks_down(pilot: Pilot[None]) -> None:
        pilot.app.post_message(events.Paste(f"{folder}/bakery.txt\n{folder}/second bakery.txt"))
        await settled(pilot)
        await pilot.press("s")
        while not session.asked:
            await pilot.pause()
        pilot.app.screen.call_later(defect)
        await pilot.pause()

    monkeypatch.setattr("thresher.app.session.Session", lambda locations: session)
    headless = partialmethod(App.run_async, headless=True, size=SIZE, auto_pilot=breaks_down)
    monkeypatch.setattr(ThresherApp, "run_async", headless)
    monkeypatch.setattr(session, "close", lambda: None)
    with pytest.raises(RuntimeError, match="no such widget"):
        run(Locations(folder))
    assert session.store.runs()[0].cancelled
