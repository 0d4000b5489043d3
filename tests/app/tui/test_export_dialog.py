"""What is written is of the format that the file's ending says."""

from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input, OptionList

from thresher.app.tui.app import ThresherApp
from thresher.app.tui.export_dialog import FORMATS

from .driving import press, said, settled


@pytest.mark.parametrize(
    ("name", "format_name", "start"),
    [
        ("out.csv", "csv", "record.id,"),
        ("out.NDJSON", "jsonl", "{"),
        ("out.md", "markdown", "#"),
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


@pytest.mark.parametrize(
    ("name", "downs", "written", "start"),
    [
        ("out", 0, "out.jsonl", b"{"),
        ("out", 2, "out.xlsx", b"PK"),
        ("out.v2", 1, "out.v2.csv", b"record.id,"),
    ],
)
async def test_a_path_without_an_ending_gets_that_of_the_format(
    app: ThresherApp, folder: Path, name: str, downs: int, written: str, start: bytes
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(events.Paste(str(folder / "bakery.txt")))
        await settled(pilot)
        await press(pilot, "s", "x")
        app.screen.query_one("#formats").focus()
        await press(pilot, *["down"] * downs)
        box = app.screen.query_one("#export-path", Input)
        box.value = name
        box.focus()
        (folder / written).write_text("another's")
        await press(pilot, "enter")
        assert said(app, ".problem").startswith(f"{written} is there already.")
        await press(pilot, "enter")
        assert (folder / written).read_bytes().startswith(start)
        assert not (folder / name).exists()
