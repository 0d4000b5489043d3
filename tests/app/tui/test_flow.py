"""The main job by keyboard at 80 × 24: choose, add, start, look, correct, export."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input, Static

from thresher.adapters.errors import NoModelError, PackError
from thresher.app.record import Outcome, Record, RecordError, Value
from thresher.app.tui.app import ThresherApp
from thresher.app.tui.export_dialog import ExportDialog
from thresher.app.tui.fields_dialog import FieldsDialog
from thresher.app.tui.help import HelpDialog
from thresher.app.tui.home import HomeScreen
from thresher.app.tui.no_model import NoModelDialog
from thresher.app.tui.queue import Stage
from thresher.app.tui.record_screen import RecordScreen
from thresher.app.tui.runs_screen import RunsScreen
from thresher.app.tui.source_view import SourceView
from thresher.app.tui.stretch_table import StretchTable

from .driving import home, paste, press, record_of, said, settled

SIZE = (80, 24)
HOSTILE = "[red]x[/red] [/] \x1b[31m"


async def test_from_a_drop_to_an_export(app: ThresherApp, session: Any, folder: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, f"'{folder}/bakery.txt' {folder}/second\\ bakery.txt file://{folder}/locked.pdf")
        assert [entry.name for entry in home(app).queue] == ["bakery.txt", "second bakery.txt", "locked.pdf"]
        await press(pilot, "s")
        assert [entry.stage for entry in home(app).queue] == [Stage.OK, Stage.OK, Stage.FAILED]
        assert [(task.domain, task.record_type) for task, _ in session.asked] == [("expenses", "receipt")]

        await press(pilot, "down", "down")
        assert "Remove its password" in said(app, "#entry-detail")

        await press(pilot, "up", "up", "enter")
        source = app.screen.query_one(SourceView)
        assert [span.text for span in source.current] == ["CORNER BAKERY LTD"]
        assert source.scroll_offset.y == 0
        await press(pilot, "down", "down")
        assert [span.text for span in source.current] == ["6.50"]
        assert source.scroll_offset.y > 50  # the end of the text has come into sight
        assert "page 2" in said(app, "#value-detail")

        await press(pilot, "e")
        app.screen.query_one("#typed", Input).value = "six"
        await press(pilot, "enter")
        assert "Type a number" in said(app, ".problem")
        app.screen.query_one("#typed", Input).value = "2.30"
        await press(pilot, "enter")
        stored = session.store.records(1)[0]
        assert stored.record.values["total"].value == 2.3
        assert stored.corrected == {"total"}
        assert [span.text for span in source.current] == ["2.30"]  # found where the text says so

        await press(pilot, "x")
        assert isinstance(app.screen, ExportDialog)
        target = app.screen.query_one("#export-path", Input)
        target.value = str(folder / "out.jsonl")
        (folder / "out.jsonl").write_text("mine", "utf-8")
        target.focus()
        await press(pilot, "enter")
        assert (folder / "out.jsonl").read_text("utf-8") == "mine"  # asked first
        await press(pilot, "enter")
        lines = [json.loads(line) for line in (folder / "out.jsonl").read_text("utf-8").splitlines()]
        assert [line["fields"].get("total", {}).get("value") for line in lines] == [2.3, 6.5, None]


async def test_next_and_previous_record(app: ThresherApp, folder: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await record_of(pilot, folder / "bakery.txt", folder / "locked.pdf")
        assert "bakery.txt   1 of 2" in said(app, "#record-title")
        await press(pilot, "n")
        assert "locked.pdf   2 of 2" in said(app, "#record-title")
        assert "encrypted" in said(app, ".problem")
        await press(pilot, "n", "p")
        assert "bakery.txt   1 of 2" in said(app, "#record-title")
        assert not app.screen.query_one(".problem").has_class("-shown")


async def test_what_could_not_be_read_says_that_it_cannot_be_corrected(
    app: ThresherApp, session: Any, folder: Path
) -> None:
    task = session.task("expenses", "receipt")
    values = {field.name: Value(None, Outcome.FAILED, None) for field in task.fields}
    error = RecordError("encrypted", "locked.pdf: asks for a password. Save it without.")
    unread = Record(
        "locked", "locked.pdf", None, "expenses", "receipt", "starter", None, "failed", error, values, 0.1
    )
    run = session.store.start_run(task, "settings", 1)
    session.store.save_record(run, unread, "settings", None)
    session.store.finish_run(run, cancelled=False)
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "r", "enter")
        assert isinstance(app.screen, RecordScreen)
        await press(pilot, "enter")
        assert isinstance(app.screen, RecordScreen)  # no dialog
        assert [told.message for told in app._notifications] == [
            "Its file could not be read: there is nothing to correct."
        ]


async def test_a_long_value_is_shown_whole_and_its_row_stays_in_sight(app: ThresherApp, folder: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await record_of(pilot, folder / "bakery.txt")
        detail = app.screen.query_one("#value-detail")
        short = detail.size.height
        await press(pilot, "end", "e")
        app.screen.query_one("#typed", Input).value = "a long name " * 26
        await press(pilot, "enter")
        table = app.screen.query_one(StretchTable)
        assert detail.size.height > short
        assert app.screen.query_one("#value-detail").max_scroll_y <= 1  # the name: in the table too
        assert table.cursor_row == table.row_count - 1
        assert table.scroll_offset.y >= table.row_count + 1 - table.size.height


async def test_another_record_type_by_keyboard(app: ThresherApp, session: Any, folder: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "down", "down")
        await paste(pilot, str(folder / "bakery.txt"))
        await press(pilot, "s")
        assert session.asked[0][0].record_type == "contract"


async def test_a_start_that_comes_with_the_arrow_asks_what_is_highlighted(
    app: ThresherApp, session: Any, folder: Path
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        app.screen.query_one("#record-types").focus()
        await pilot.pause()
        for key, character in (("down", None), ("s", "s")):  # all at once
            app.post_message(events.Key(key, character))
        await settled(pilot)
        assert session.asked[0][0].record_type == "nda"


async def test_a_run_started_from_the_record_types_opens_by_keyboard(app: ThresherApp, folder: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        app.screen.query_one("#record-types").focus()
        await press(pilot, "s", "enter")
        assert isinstance(app.screen, RecordScreen)


async def test_who_scrolls_the_card_is_left_there_when_a_run_starts(app: ThresherApp, folder: Path) -> None:
    async with app.run_test(size=(120, 16)) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        card = app.screen.query_one("#card")
        card.focus()
        await press(pilot, "s", "down")
        assert app.screen.focused is card
        assert card.scroll_y == 1


@pytest.mark.parametrize("key", ["d", "D"])
async def test_keys_go_on_to_the_record_types_when_the_queue_is_empty(
    app: ThresherApp, folder: Path, key: str
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        before = said(app, "#home-title")
        await press(pilot, key, "down")
        assert said(app, "#home-title") != before


async def test_no_model_says_how_to_get_one(app: ThresherApp, session: Any, folder: Path) -> None:
    session.installed = []
    async with app.run_test(size=SIZE) as pilot:
        assert isinstance(app.screen, NoModelDialog)
        assert "thresher models pull starter" in said(app, "#command")
        await press(pilot, "r")
        assert isinstance(app.screen, NoModelDialog)
        session.installed = ["starter"]
        await press(pilot, "r")
        assert isinstance(app.screen, HomeScreen)
        session.crash = NoModelError("The model is gone. Run `thresher models pull starter`.")
        await paste(pilot, str(folder / "bakery.txt"))
        await press(pilot, "s")
        assert isinstance(app.screen, NoModelDialog)


async def test_a_pack_that_is_left_out_is_told(session: Any) -> None:
    session.pack_errors = (PackError("mine/pack.yaml: title: is missing"),)
    app = ThresherApp(session)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert "mine/pack.yaml: title: is missing" in said(app, "#home-problem")


async def test_fields_given_at_run_time(app: ThresherApp, session: Any, folder: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        await press(pilot, "f")
        assert isinstance(app.screen, FieldsDialog)
        box = app.screen.query_one("#field-spec", Input)
        box.value = "note:nope"
        await press(pilot, "enter")
        assert "is not a field" in said(app, ".problem")
        box.value = "note:string:[b]Anything[/b] else"
        await press(pilot, "enter", "enter")
        assert "+ 1 field" in said(app, "#home-title")
        await press(pilot, "s", "enter", "end")
        assert session.asked[0][0].fields[-1].name == "note"
        # Text of a document is shown as it is, and its escape characters never reach the terminal.
        assert "[red]x[/red] [/] ␛[31m" in said(app, "#value-detail")
        assert [span.text for span in app.screen.query_one(SourceView).current] == [HOSTILE]


async def test_the_export_dialog_takes_any_text(
    app: ThresherApp, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stat = os.stat

    def locked(path: Any, **options: Any) -> os.stat_result:
        if Path(path).parent.name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, **options)

    (folder / "locked").mkdir()
    monkeypatch.setattr(os, "stat", locked)
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        await press(pilot, "s", "x")
        dialog = app.screen
        for typed, told in (
            ("~nobody-at-all/r.csv", "no folder"),
            (str(folder / "locked" / "r.csv"), f"{folder / 'locked'}: may not be opened. Change its perm"),
        ):
            box = dialog.query_one("#export-path", Input)
            box.value = typed
            box.focus()
            await press(pilot, "enter")
            assert told in said(app, ".problem")
        dialog.query_one("#export-path", Input).value = str(folder / ("x" * 300 + ".csv"))
        await press(pilot, "enter")
        assert "too long" in said(app, ".problem")


async def test_past_runs_open_with_the_mouse(app: ThresherApp, folder: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        await press(pilot, "s", "r")
        assert isinstance(app.screen, RunsScreen)
        await pilot.click("#runs", offset=(5, 1))
        await settled(pilot)
        assert isinstance(app.screen, RecordScreen)
        await pilot.click("#values", offset=(5, 2))
        await settled(pilot)
        assert [span.text for span in app.screen.query_one(SourceView).current] == ["2024-03-09"]
        await press(pilot, "escape", "escape")
        assert isinstance(app.screen, HomeScreen)


async def test_help_on_every_screen(app: ThresherApp, folder: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await record_of(pilot, folder / "bakery.txt")
        opened = [(), ("escape",), ("r",), ("escape", "f"), ("escape", "m"), ("escape", "x"), ("escape", "a")]
        seen = set()
        for keys in opened:
            await pilot.press(*keys)
            await pilot.pause()
            below = type(app.screen)
            await pilot.press("f1")
            assert isinstance(app.screen, HelpDialog), below
            shown = str(app.screen._keys)
            assert "esc" in shown or below is HomeScreen
            # Help on the help does not pile up.
            await pilot.press("f1", "escape")
            assert type(app.screen) is below
            seen.add(below)
        assert len(seen) == len(opened)


async def test_only_what_the_help_tells_can_be_opened(app: ThresherApp, folder: Path) -> None:
    """Textual's palette would open over a dialog, too, and one of its themes ends the app."""
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        for below in ((), ("f",)):
            await press(pilot, *below)
            before = list(app.screen_stack)
            await press(pilot, "ctrl+p")
            assert app.screen_stack == before


async def test_the_theme_turns_and_colours_follow(app: ThresherApp, folder: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        dark = app.screen.query_one("#home-title", Static).content
        await press(pilot, "t")
        light = app.screen.query_one("#home-title", Static).content
        assert str(dark) == str(light)
        assert dark != light
