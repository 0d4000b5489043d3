"""The dialog that adds documents: what is marked in its tree and what is typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from thresher.app.tui.app import ThresherApp
from thresher.app.tui.browser import FileTree

from .driving import home, said, settled

SIZE = (80, 24)


async def test_the_browser_adds_marked_and_typed(app: ThresherApp, folder: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("a")
        tree = app.screen.query_one("#tree")
        while len(tree.root.children) < 3:  # type: ignore[attr-defined]
            await pilot.pause()
        await pilot.press("down", "space", "shift+tab")
        await pilot.press(*"sec", "right")
        assert app.screen.query_one("#path", Input).value == "second bakery.txt"
        await pilot.press("enter")
        while not len(home(app).queue):
            await pilot.pause()
        assert [entry.name for entry in home(app).queue] == ["bakery.txt", "second bakery.txt"]
        await pilot.press("d")
        await pilot.pause()
        assert [entry.name for entry in home(app).queue] == ["second bakery.txt"]


@pytest.mark.parametrize(
    ("typed", "queued"),
    [
        ("~$report.docx", 1),
        (" ".join(f"/home/ana/scans/invoice-{number:04}.pdf" for number in range(140)), 140),
    ],
    ids=["no such home", "longer than a path may be"],
)
async def test_the_browser_takes_any_text(app: ThresherApp, folder: Path, typed: str, queued: int) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("a", "shift+tab")
        app.screen.query_one("#path", Input).value = typed
        await pilot.press("enter")
        await settled(pilot)
        assert len(home(app).queue) == queued


async def test_a_folder_that_may_not_be_read_is_named(
    app: ThresherApp, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = folder / "a locked one"
    locked.mkdir()
    listed = Path.iterdir

    def refuse(path: Path) -> Iterator[Path]:
        if path == locked:
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("a")
        tree = app.screen.query_one("#tree", FileTree)
        while len(tree.root.children) < 4:
            await pilot.pause()
        await pilot.press("down", "enter")
        while not said(app, ".problem"):
            await pilot.pause()
        assert said(app, ".problem").startswith(f"{locked}: may not be opened. Change its permissions")


async def test_what_is_typed_or_pasted_in_the_tree_goes_to_the_line(app: ThresherApp, folder: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("a", "s", "e")
        line = app.screen.query_one("#path", Input)
        assert line.value == "se"
        await pilot.press("c", "right")
        assert line.value == "second bakery.txt"
        app.screen.query_one("#tree").focus()
        line.value = ""
        app.post_message(events.Paste(str(folder / "bakery.txt")))
        while not line.value:
            await pilot.pause()
        await pilot.press("enter")
        while not len(home(app).queue):
            await pilot.pause()
        assert [entry.name for entry in home(app).queue] == ["bakery.txt"]
