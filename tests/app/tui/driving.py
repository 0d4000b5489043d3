"""Driving the screens in a test: keys, waits, and what is said."""

from pathlib import Path

from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from thresher.app.tui.app import ThresherApp
from thresher.app.tui.home import HomeScreen
from thresher.app.tui.record_screen import RecordScreen
from thresher.app.tui.scroll_text import ScrollText


async def settled(pilot: Pilot[None]) -> None:
    """All workers done, and what they posted handled; twice, for a worker that a handler started."""
    for _ in range(2):
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


async def press(pilot: Pilot[None], *keys: str) -> None:
    """One key after the other, each handled before the next."""
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


def said(app: ThresherApp, selector: str) -> str:
    """The text of a widget on the screen in front."""
    widget = app.screen.query_one(selector)
    assert isinstance(widget, Static | ScrollText)
    return str(widget.content)


async def paste(pilot: Pilot[None], text: str) -> None:
    """What a terminal sends for a paste, or for files that are dropped on it."""
    pilot.app.post_message(events.Paste(text))
    await settled(pilot)


async def record_of(pilot: Pilot[None], *paths: Path) -> RecordScreen:
    """The first record of a run over these files."""
    await paste(pilot, "\n".join(map(str, paths)))
    await press(pilot, "s", "enter")
    assert isinstance(pilot.app.screen, RecordScreen)
    return pilot.app.screen


def home(app: ThresherApp) -> HomeScreen:
    """The screen below all others."""
    screen = app.screen_stack[1]
    assert isinstance(screen, HomeScreen)
    return screen
