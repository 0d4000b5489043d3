"""The main screens as pictures, small and large. After a change that is meant: pytest --snapshot-update."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from thresher.app.tui.app import ThresherApp

from .driving import settled

SIZES = pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=["80x24", "200x60"])
Steps = Callable[[Pilot[None]], Awaitable[None]]


def steps(folder: Path | None, *keys: str) -> Steps:
    """Pastes the papers in the folder, presses keys, and lets every worker end."""

    async def run(pilot: Pilot[None]) -> None:
        if folder:
            pilot.app.post_message(events.Paste("\n".join(map(str, sorted(folder.iterdir())))))
            await settled(pilot)
        for key in keys:
            await pilot.press(key)
            await settled(pilot)
        for box in pilot.app.screen.query(Input):
            box.cursor_blink = False
            if box.id == "export-path":
                box.value = "/home/ana/receipts.jsonl"
        await pilot.pause()

    return run


@SIZES
def test_home_empty(app: ThresherApp, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size)


@SIZES
def test_home_done(app: ThresherApp, folder: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=steps(folder, "s", "down"))


@SIZES
def test_record(app: ThresherApp, folder: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=steps(folder, "s", "enter", "down", "down"))


def test_record_light(app: ThresherApp, folder: Path, snap_compare: Any) -> None:
    assert snap_compare(app, terminal_size=(110, 30), run_before=steps(folder, "t", "s", "enter", "down"))


def test_correct(app: ThresherApp, folder: Path, snap_compare: Any) -> None:
    keys = ("s", "enter", "down", "down", "down", "e")
    assert snap_compare(app, terminal_size=(80, 24), run_before=steps(folder, *keys))


def test_export(app: ThresherApp, folder: Path, snap_compare: Any) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=steps(folder, "s", "down", "x"))


def test_fields(app: ThresherApp, snap_compare: Any) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=steps(None, "f"))


@SIZES
def test_help(app: ThresherApp, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=steps(None, "f1"))


def test_no_model(app: ThresherApp, session: Any, snap_compare: Any) -> None:
    session.installed = []
    assert snap_compare(app, terminal_size=(80, 24))


@SIZES
def test_adapters(
    app: ThresherApp, adapters: None, session: Any, snap_compare: Any, size: tuple[int, int]
) -> None:
    session.promoted = ["expenses-2"]
    assert snap_compare(app, terminal_size=size, run_before=steps(None, "A", "end"))
