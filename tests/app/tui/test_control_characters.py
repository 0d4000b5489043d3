"""No name, message or text of a document reaches the terminal with characters that steer it."""

from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input, TextArea

from thresher.adapters.fields import Field
from thresher.app.tui.app import ThresherApp
from thresher.app.tui.correct_dialog import CorrectDialog
from thresher.app.tui.path_suggester import complete_path

from .driving import press, said, settled

SIZE = (100, 30)
NAME = "a\x1b[31mred\x1b]0;PWNED\x07.pdf"


def steers(app: ThresherApp) -> bool:
    return "\x1b" in app.export_screenshot()


async def test_the_name_of_a_file_that_cannot_be_read(app: ThresherApp, folder: Path) -> None:
    (folder / NAME).write_bytes(b"broken")
    async with app.run_test(size=SIZE) as pilot:
        app.post_message(events.Paste(str(folder / NAME)))
        await settled(pilot)
        await press(pilot, "s")
        assert not steers(app)
        await press(pilot, "enter")
        assert "a␛[31mred␛]0;PWNED" in said(app, ".problem")
        assert not steers(app)


async def test_the_error_of_a_run_and_a_notification(app: ThresherApp, session: Any, folder: Path) -> None:
    session.crash = RuntimeError(NAME)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.post_message(events.Paste(str(folder / "bakery.txt")))
        await settled(pilot)
        await press(pilot, "s")
        assert "a␛[31mred" in said(app, "#home-problem")
        app.screen.notify(f"Written: {NAME}", markup=False)
        await pilot.pause()
        assert "Written" in app.export_screenshot()
        assert not steers(app)


async def test_a_value_that_is_corrected_shows_signs_and_keeps_its_characters(
    app: ThresherApp, session: Any, folder: Path
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app.post_message(events.Paste(str(folder / "bakery.txt")))
        await settled(pilot)
        await press(pilot, "s")
        session.store.correct(1, "company", "Bak\x1b[31mery")
        session.store.correct(1, "items", ["Rye\x1b[31m", "Tea"])
        await press(pilot, "enter", "e")
        assert app.screen.query_one("#typed", Input).value == "Bak\x1b[31mery"
        assert not steers(app)
        await press(pilot, "escape", "end", "up", "e")
        assert app.screen.query_one("#typed-lines", TextArea).text == "Rye\x1b[31m\nTea"
        assert not steers(app)


async def test_a_line_of_input_is_drawn_on_one_line_and_keeps_its_characters(app: ThresherApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(CorrectDialog(Field(name="site", type="string"), "12 Mill\n\tLane"))
        await settled(pilot)
        box = app.screen.query_one("#typed", Input)
        assert box.render_line(0).text.strip() == "12 Mill⏎ Lane"
        assert box.value == "12 Mill\n\tLane"


@pytest.mark.parametrize("name", [NAME, "a\nb.txt", "a\tb.txt"])
def test_a_name_with_control_characters_is_not_completed(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"broken")
    assert complete_path(f"{folder}/a") is None
