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
from thresher.app.tui.record_screen import RecordScreen

from .driving import paste, press, said, settled

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


def refused(*_: object) -> None:
    """What a folder of the home does that may not be read."""
    raise PermissionError(13, "Permission denied", "/home/ana/thresher/it")


REFUSED = "/home/ana/thresher/it: may not be read or written (Permission denied). Change its permissions"


async def test_models_that_may_not_be_read_are_told_and_are_there_when_they_may(
    app: ThresherApp, session: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as locked:
        locked.setattr(session, "models", refused)
        async with app.run_test(size=SIZE) as pilot:
            await settled(pilot)
            assert REFUSED in said(app, "#home-problem")
            await paste(pilot, str(folder / "bakery.txt"))
            await press(pilot, "s")
            assert REFUSED in said(app, "#home-problem")
            locked.undo()
            await press(pilot, "s", "enter")
            assert isinstance(app.screen, RecordScreen)


@pytest.mark.parametrize(("name", "key"), [("answering", "s"), ("judge", "u")])
async def test_adapters_and_calibrations_that_may_not_be_read_are_told(
    app: ThresherApp, session: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, key: str
) -> None:
    monkeypatch.setattr(session, name, refused)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        await press(pilot, key)
        told = [one.message for one in app._notifications]
        assert any(REFUSED in words for words in [*told, said(app, "#home-problem")])


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
