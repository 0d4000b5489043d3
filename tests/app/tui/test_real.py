"""The whole way with nothing injected: a real session, the starter model, a document, its record."""

from pathlib import Path

from textual import events

from thresher.adapters.fields import parse_field
from thresher.app.locations import Locations
from thresher.app.session import Session
from thresher.app.tui.app import ThresherApp
from thresher.app.tui.home import HomeScreen
from thresher.app.tui.problem_line import ProblemLine
from thresher.app.tui.record_screen import RecordScreen
from thresher.app.tui.record_type_list import RecordTypeList
from thresher.app.tui.source_view import SourceView
from thresher.app.tui.task_pane import TaskPane


async def test_a_document_becomes_a_record_on_screen(home_with_starter: Locations, tmp_path: Path) -> None:
    paper = tmp_path / "note.txt"
    paper.write_text("Invoice\nCompany: Corner Bakery Ltd\n", "utf-8")
    with Session(home_with_starter) as session:
        app = ThresherApp(session)
        async with app.run_test(size=(80, 24)) as pilot:
            home = app.screen
            assert isinstance(home, HomeScreen)
            app.post_message(events.Paste(f"'{paper}'"))
            await pilot.pause()
            await app.workers.wait_for_complete()
            types = home.query_one(RecordTypeList)
            types.highlighted = types.option_count - 1  # own fields alone: a short question, a quick answer
            home.query_one(TaskPane).chosen.fields = (parse_field("company:string:Name of the company"),)
            await pilot.pause()
            await pilot.press("s")
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert home.queue.finished is not None, home.query_one(ProblemLine).content
            assert home.queue.finished.ok == 1
            await pilot.press("enter")
            await pilot.pause()
            await app.workers.wait_for_complete()
            await pilot.pause()
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert isinstance(app.screen, RecordScreen)
            assert app.screen.stored is not None
            value = app.screen.stored.record.values["company"]
            assert [span.text for span in app.screen.query_one(SourceView).current] == [
                span.text for span in value.spans if span
            ]
            assert all(span.text in paper.read_text("utf-8") for span in value.spans if span)
