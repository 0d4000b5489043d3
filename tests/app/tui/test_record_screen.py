"""What is on screen stays in hand while records come in, and the next record is the next one of the queue."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from thresher.app.tui.app import ThresherApp

from .driving import press, said, settled

SIZE = (80, 24)


async def opened(pilot: Pilot[None], *paths: Path) -> None:
    """A run over `paths`, and the record of the first."""
    pilot.app.post_message(events.Paste("\n".join(map(str, paths))))
    await settled(pilot)
    await press(pilot, "s", "enter")


async def test_a_step_made_while_a_correction_is_stored_stands(
    app: ThresherApp, session: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, folder / "bakery.txt", folder / "second bakery.txt")
        began, held = threading.Event(), threading.Event()
        load = session.store.records

        def slowly(run: int) -> Any:
            began.set()
            held.wait(30)
            return load(run)

        monkeypatch.setattr(session.store, "records", slowly)
        await press(pilot, "e")
        app.screen.query_one("#typed", Input).value = "Corner Bakery"
        await pilot.press("enter")
        while not began.is_set():
            await pilot.pause()
        await pilot.press("n")
        held.set()
        await settled(pilot)
        assert "second bakery.txt   2 of 2" in said(app, "#record-title")
        await press(pilot, "p")
        assert "you corrected this" in said(app, "#value-detail")


async def test_no_other_documents_name_stands_above_a_text_that_is_not_there_yet(
    app: ThresherApp, session: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, folder / "bakery.txt", folder / "second bakery.txt")
        source = app.screen.query_one("#source-pane")
        assert source.border_title == "bakery.txt"
        held = threading.Event()
        load = session.store.document_of

        def slowly(record_id: int) -> Any:
            held.wait(30)
            return load(record_id)

        monkeypatch.setattr(session.store, "document_of", slowly)
        await pilot.press("n")
        await pilot.pause()
        assert source.border_title == "Source"
        held.set()
        await settled(pilot)
        assert source.border_title == "second bakery.txt"


async def test_the_next_record_is_the_next_one_of_the_queue_whichever_was_done_first(
    app: ThresherApp, session: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract = session.extract
    monkeypatch.setattr(session, "extract", lambda sources, *args, **kw: extract(sources[::-1], *args, **kw))
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, folder / "bakery.txt", folder / "locked.pdf", folder / "second bakery.txt")
        assert "bakery.txt   1 of 3" in said(app, "#record-title")
        await press(pilot, "n")
        assert "locked.pdf   2 of 3" in said(app, "#record-title")
        await press(pilot, "n")
        assert "second bakery.txt   3 of 3" in said(app, "#record-title")


async def test_what_of_a_document_was_not_read_is_told_with_its_record(
    app: ThresherApp, session: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, note = session.store.records, "sheet '[b]' is hidden and was not read"

    def noted(run: int) -> Any:
        first, *others = load(run)
        return [replace(first, record=replace(first.record, notes=(note,))), *others]

    monkeypatch.setattr(session.store, "records", noted)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, folder / "bakery.txt", folder / "second bakery.txt")
        assert said(app, "#record-notes") == f"! {note}"
        await press(pilot, "n")
        assert not app.screen.query_one("#record-notes").display
        await press(pilot, "escape")
        assert f"! {note}" in said(app, "#entry-detail")
