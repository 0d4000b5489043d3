"""What is pasted on the first screen becomes documents where it names some."""

from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from thresher.app.tui.app import ThresherApp
from thresher.app.tui.home import HomeScreen

from .driving import settled


async def pasted(pilot: Pilot[None], text: str) -> list[str]:
    """The queue after a paste."""
    pilot.app.post_message(events.Paste(text))
    await settled(pilot)
    home = pilot.app.screen
    assert isinstance(home, HomeScreen)
    return [entry.name for entry in home.queue]


@pytest.mark.parametrize(
    ("text", "names", "told"),
    [
        ("hello world, meeting at 5/6", [], ["There is no path in what was pasted."]),
        (" \n ", [], ["There is no path in what was pasted."]),
        ("bakery.txt", ["bakery.txt"], []),
        ("second bakery.txt", ["second bakery.txt"], []),
        ("look at *.pdf", ["locked.pdf"], ["2 words left out: the name of nothing here."]),
        ("/none/such.pdf", ["such.pdf"], []),  # is told of when it is read
        ("~/none such.pdf", ["none such.pdf"], []),
    ],
)
async def test_words_that_name_nothing_are_no_documents(
    app: ThresherApp, folder: Path, text: str, names: list[str], told: list[str]
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        assert await pasted(pilot, text) == names
        assert [notification.message for notification in app._notifications] == told
