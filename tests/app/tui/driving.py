"""Driving the screens in a test: keys, waits, and what is said."""

from textual.pilot import Pilot
from textual.widgets import Static

from thresher.app.tui.app import ThresherApp


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
    return str(app.screen.query_one(selector, Static).content)
