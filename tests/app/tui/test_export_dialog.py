"""What is written is of the format that the file's ending says."""

from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input, OptionList

from thresher.app.tui.app import ThresherApp
from thresher.app.tui.export_dialog import FORMATS

from .driving import press, settled


@pytest.mark.parametrize(
    ("name", "format_name", "start"),
    [
        ("out.csv", "csv", "record.id,"),
        ("out.NDJSON", "jsonl", "{"),
        ("out.md", "markdown", "#"),
        ("out", "jsonl", "{"),
    ],
)
async def test_an_ending_that_is_typed_chooses_its_format(
    app: ThresherApp, folder: Path, name: str, format_name: str, start: str
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(events.Paste(str(folder / "bakery.txt")))
        await settled(pilot)
        await press(pilot, "s", "x")
        box = app.screen.query_one("#export-path", Input)
        box.clear()
        box.focus()
        await pilot.press(*name)
        await pilot.pause()
        chosen = app.screen.query_one("#formats", OptionList).highlighted
        assert chosen is not None
        assert FORMATS[chosen][0] == format_name
        assert box.value == name
        await press(pilot, "enter")
        assert (folder / name).read_text("utf-8-sig").startswith(start)
