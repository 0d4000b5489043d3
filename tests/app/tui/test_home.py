"""What is pasted on the first screen becomes documents where it names some."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from thresher.app.tui.app import ThresherApp
from thresher.app.tui.finding import start_finding
from thresher.app.tui.home import HomeScreen

from .driving import home, said, settled


async def pasted(pilot: Pilot[None], text: str) -> list[str]:
    """The queue after a paste."""
    pilot.app.post_message(events.Paste(text))
    await settled(pilot)
    assert isinstance(pilot.app.screen, HomeScreen)
    return [entry.name for entry in pilot.app.screen.queue]


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


@pytest.mark.parametrize("key", ["c", "q"])
async def test_a_search_says_so_and_can_be_stopped(
    app: ThresherApp, folder: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    ended = threading.Event()

    def endless(*_: object, **__: object) -> Iterator[tuple[str, list[str], list[str]]]:
        try:
            while True:
                time.sleep(0.001)  # a folder of a slow disk
                yield str(folder), [], []
        finally:
            ended.set()

    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        monkeypatch.setattr(os, "walk", endless)
        app.post_message(events.Paste(str(folder)))
        while "looking for documents" not in said(app, "#progress-words"):
            await pilot.pause()
        await pilot.press(key)
        if key == "c":
            await settled(pilot)
            assert said(app, "#progress-words") == ""
    assert ended.wait(30)
    assert app._exception is None


async def test_a_search_that_is_stopped_before_it_began_is_over(app: ThresherApp, folder: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        start_finding(home(app), [str(folder)])
        home(app).action_cancel()
        await settled(pilot)
        assert said(app, "#progress-words") == ""
