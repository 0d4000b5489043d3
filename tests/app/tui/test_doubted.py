"""What was too doubtful to state: seen beside what is stated, found in the text, and taken up."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from thresher.app.extraction.signals import Signals, Sureness
from thresher.app.record import Value
from thresher.app.sources import Source
from thresher.app.tui.app import ThresherApp
from thresher.app.tui.record_screen import RecordScreen
from thresher.app.tui.stretch_table import StretchTable

from .conftest import FakeSession, read
from .driving import press, said, settled

SIZE = (80, 24)
SAID = Signals(Sureness(-0.5, -0.25, 3), 1.0, "exact", None, absent=False)


def judged(value: Value, *confidences: float) -> Value:
    listed = confidences if isinstance(value.value, list) else ()
    mean = sum(confidences) / len(confidences)
    signals = (SAID,) * len(confidences)
    return replace(value, confidence=mean, confidences=listed, calibrated=True, signals=signals)


def doubting(session: FakeSession, folder: Path) -> int:
    """A stored record of which the company and two of the three goods are too doubtful to state."""
    task = session.task("expenses", "receipt")
    record, document = read(Source("bakery.txt", folder / "bakery.txt"), task)
    values = record.values | {
        "company": judged(record.values["company"], 0.18),
        "items": judged(record.values["items"], 0.9, 0.1, 0.2),
    }
    run = session.store.start_run(task, "settings", 1)
    return session.store.save_record(run, replace(record, values=values), "settings", document)


async def test_what_is_doubtful_is_no_value_until_it_is_taken_up(
    app: ThresherApp, session: FakeSession, folder: Path
) -> None:
    number = doubting(session, folder)

    def stated(field: str) -> Any:
        return session.store.record(number).record.values[field].value

    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "r", "enter")
        assert (stated("company"), stated("items")) == (None, ["Rye bread"])
        assert said(app, "#value-detail").startswith("company\n")
        # It has its place in the text like any other.
        assert "page" in said(app, "#value-detail")
        assert "≈ doubtful" in said(app, "#value-detail")

        await press(pilot, "e")
        assert app.screen.query_one("#typed", Input).value == "CORNER BAKERY LTD"
        await press(pilot, "ctrl+s")
        assert stated("company") == "CORNER BAKERY LTD"

        app.screen.query_one(StretchTable).go_to(5)
        await settled(pilot)
        assert isinstance(app.screen, RecordScreen)
        assert app.screen.row is not None
        assert (app.screen.row.value, app.screen.row.doubted) == ("Tea", True)
        await press(pilot, "e")
        assert app.screen.query_one("#typed-lines", TextArea).text == "Rye bread\nTea"
        await press(pilot, "ctrl+s")
        assert stated("items") == ["Rye bread", "Tea"]


def test_the_record(app: ThresherApp, session: FakeSession, folder: Path, snap_compare: Any) -> None:
    doubting(session, folder)

    async def opened(pilot: Pilot[None]) -> None:
        await press(pilot, "r", "enter", "down", "down", "down", "down", "down")

    assert snap_compare(app, terminal_size=SIZE, run_before=opened)
