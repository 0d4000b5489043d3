"""The main job by keyboard at 80 × 24: choose, add, start, look, correct, export, cancel."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
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
from thresher.app.tui.quit_dialog import QuitDialog
from thresher.app.tui.record_screen import RecordScreen
from thresher.app.tui.runs_screen import RunsScreen
from thresher.app.tui.source_view import SourceView
from thresher.app.tui.stretch_table import StretchTable

from .driving import press, said, settled

SIZE = (80, 24)
HOSTILE = "[red]x[/red] [/] \x1b[31m"


async def paste(pilot: Pilot[None], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await settled(pilot)


def home(app: ThresherApp) -> HomeScreen:
    screen = app.screen_stack[1]
    assert isinstance(screen, HomeScreen)
    return screen


async def record_of(pilot: Pilot[None], *paths: Path) -> RecordScreen:
    await paste(pilot, "\n".join(map(str, paths)))
    await press(pilot, "s", "enter")
    assert isinstance(pilot.app.screen, RecordScreen)
    return pilot.app.screen


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
        assert detail.size.height == detail.get_content_height(detail.size, detail.size, detail.size.width)
        assert detail.size.height > short
        assert table.cursor_row == table.row_count - 1
        assert table.scroll_offset.y >= table.row_count + 1 - table.size.height


async def test_another_record_type_by_keyboard(app: ThresherApp, session: Any, folder: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "down", "down")
        await paste(pilot, str(folder / "bakery.txt"))
        await press(pilot, "s")
        assert session.asked[0][0].record_type == "contract"


async def test_cancel_works_at_once_and_keeps_what_is_done(
    app: ThresherApp, session: Any, folder: Path
) -> None:
    session.gate = threading.Event()
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, f"{folder}/bakery.txt\n{folder}/second bakery.txt")
        await pilot.press("s")
        while Stage.READING not in [entry.stage for entry in home(app).queue]:
            await pilot.pause()
        assert "0 of 2" in said(app, "#progress-words")
        await press(pilot, "escape")
        finished = home(app).queue.finished
        assert finished is not None
        assert finished.cancelled
        assert [entry.stage for entry in home(app).queue] == [Stage.OK, Stage.WAITING]
        assert "Cancelled" in said(app, "#progress-words")


async def test_quitting_waits_for_the_load_and_says_so(app: ThresherApp, session: Any, folder: Path) -> None:
    session.loaded = threading.Event()
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        await pilot.press("s")
        while not home(app).queue.loading:
            await pilot.pause()
        await pilot.press("q")
        await pilot.pause()
        assert isinstance(app.screen, QuitDialog)
        assert said(app, "#quit-words") == "Waiting until the model has loaded."
        await pilot.press("escape")
        await pilot.pause()
        assert "cancelling once the model has loaded" in said(app, "#progress-words")
        await pilot.press("q")
        await pilot.pause()
        assert app.return_code is None
        session.loaded.set()
        while app.return_code is None:
            await pilot.pause(0.01)
    assert not app.leaves_a_run
    assert session.store.runs()[0].cancelled


async def test_quitting_twice_waits_for_nothing(app: ThresherApp, session: Any, folder: Path) -> None:
    session.loaded = threading.Event()
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        await pilot.press("s")
        while not home(app).queue.loading:
            await pilot.pause()
        await pilot.press("q", "q")
        assert app.return_code == 0
        assert app.leaves_a_run
        session.loaded.set()


async def test_a_crash_is_shown_and_the_app_lives_on(app: ThresherApp, session: Any, folder: Path) -> None:
    session.crash = RuntimeError("boom [/] [red]")
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        await press(pilot, "s")
        assert "RuntimeError: boom [/] [red]" in said(app, "#home-problem")
        session.crash = None
        await press(pilot, "s")
        assert [entry.stage for entry in home(app).queue] == [Stage.OK]
        assert not app.screen.query_one("#home-problem").has_class("-shown")


async def test_a_run_started_before_the_last_one_let_go_stays_marked(
    app: ThresherApp, session: Any, folder: Path
) -> None:
    let_go = threading.Event()
    extract = session.extract

    def slow_to_end(*args: Any, **options: Any) -> Any:
        yield from extract(*args, **options)
        let_go.wait()

    session.extract = slow_to_end
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        await pilot.press("s")
        while home(app).queue.finished is None:
            await pilot.pause()
        session.extract, session.gate = extract, threading.Event()
        await pilot.press("s")
        first = next(worker for worker in app.workers if worker.group == "run")
        let_go.set()
        await app.workers.wait_for_complete([first])
        await pilot.pause()
        assert home(app).queue.running
        session.gate.set()
        await settled(pilot)
        assert [entry.stage for entry in home(app).queue] == [Stage.OK]


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


async def test_the_export_dialog_takes_any_text(
    app: ThresherApp, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_dir = Path.is_dir

    def locked(path: Path) -> bool:
        if path.parent.name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return is_dir(path)

    monkeypatch.setattr(Path, "is_dir", locked)
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        await press(pilot, "s", "x")
        dialog = app.screen
        for typed, told in (
            ("~nobody-at-all/r.csv", "no folder"),
            (str(folder / "locked" / "r.csv"), "no folder"),
        ):
            box = dialog.query_one("#export-path", Input)
            box.value = typed
            box.focus()
            await press(pilot, "enter")
            assert told in said(app, ".problem")
        dialog.query_one("#export-path", Input).value = str(folder / ("x" * 300 + ".csv"))
        await press(pilot, "enter")
        assert "too long" in said(app, ".problem")


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


async def test_the_theme_turns_and_colours_follow(app: ThresherApp, folder: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        dark = app.screen.query_one("#home-title", Static).content
        await press(pilot, "t")
        light = app.screen.query_one("#home-title", Static).content
        assert str(dark) == str(light)
        assert dark != light
