"""Who answers: shown at home, chosen for the window, promoted and rolled back, by keyboard and by mouse."""

import threading
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widgets import OptionList

from thresher.app.locations import Locations
from thresher.app.session import Session
from thresher.app.tui.adapter_dialog import AdapterDialog
from thresher.app.tui.app import ThresherApp
from thresher.app.tui.problem_line import ProblemLine

from ..conftest import AddAdapter
from .conftest import Adapter
from .driving import press, said, settled

SIZE = (80, 24)


async def click(pilot: Pilot[None], selector: str) -> None:
    assert await pilot.click(selector)
    await settled(pilot)


def listed(app: ThresherApp) -> list[str]:
    listing = app.screen.query_one("#adapters", OptionList)
    return [str(listing.get_option_at_index(n).prompt) for n in range(listing.option_count)]


@pytest.mark.usefixtures("adapters")
async def test_one_is_chosen_for_this_window_by_keyboard(
    app: ThresherApp, session: Any, folder: Path
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert said(app, "#adapter") == "A no adapter"
        await press(pilot, "A")
        assert isinstance(app.screen, AdapterDialog)
        assert listed(app)[:4] == [
            "  cut  imported",
            "  expenses-1  trained, receipt F1 0.83",
            "  expenses-2  trained, receipt F1 0.91",
            "● none  live  the model alone",
        ]
        assert listed(app)[4].startswith("✗ old  it was made for the pack expenses")
        assert said(app, "#adapter-detail") == "The model answers alone."
        await press(pilot, "up", "enter")
        assert said(app, "#adapter") == "A adapter expenses-2"
        assert "starter + expenses-2" in said(app, "#home-title")
        app.post_message(events.Paste(str(folder / "bakery.txt")))
        await settled(pilot)
        await press(pilot, "s")
        assert session.asked[0][0].adapter == "expenses-2"
        assert session.promoted == []
        # It is that of the domain: another domain has its own.
        app.screen.query_one("#record-types", OptionList).highlighted = 4
        await settled(pilot)
        assert said(app, "#adapter") == "A no adapter"
        await press(pilot, "A")
        assert listed(app) == ["● none  live  the model alone"]


@pytest.mark.usefixtures("adapters")
async def test_one_that_does_not_fit_says_why_and_is_not_used(app: ThresherApp, session: Any) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "A", "end")
        assert said(app, "#adapter-detail").endswith("or train an adapter for it.")
        await press(pilot, "enter")
        assert isinstance(app.screen, AdapterDialog)
        await press(pilot, "p")
        assert isinstance(app.screen, AdapterDialog)
        assert session.promoted == []
        assert [note.message.partition(":")[0] for note in app._notifications] == ["old is not used"] * 2
        await press(pilot, "escape")
        assert said(app, "#adapter") == "A no adapter"


@pytest.mark.usefixtures("adapters")
async def test_promote_and_roll_back(app: ThresherApp, session: Any) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "A", "home", "down", "p")
        assert session.promoted == ["expenses-1"]
        assert listed(app)[1] == "● expenses-1  live  trained, receipt F1 0.83"
        await press(pilot, "down", "p", "escape")
        assert session.promoted == ["expenses-1", "expenses-2"]
        assert said(app, "#adapter") == "A adapter expenses-2"
        await press(pilot, "A", "b", "escape")
        assert said(app, "#adapter") == "A adapter expenses-1"
        await press(pilot, "A", "b", "b")
        assert "nothing was promoted" in str(app.screen.query_one(ProblemLine).content)
        await press(pilot, "home", "p")
        assert "cut: the file is not whole" in str(app.screen.query_one(ProblemLine).content)
        await press(pilot, "escape")
        assert said(app, "#adapter") == "A no adapter"


@pytest.mark.usefixtures("adapters")
@pytest.mark.parametrize("name", ["expenses-1", "cut"])
async def test_a_dialog_that_is_closed_at_once_waits_for_the_promotion(
    app: ThresherApp, session: Any, name: str
) -> None:
    goes_on = threading.Event()
    promote = session.promote

    def slowly(*asked: Any) -> Any:
        goes_on.wait()
        return promote(*asked)

    session.promote = slowly
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await press(pilot, "A", "home", *(["down"] if name == "expenses-1" else []))
        await pilot.press("p", "b", "escape")
        await pilot.pause()
        assert isinstance(app.screen, AdapterDialog)
        assert "One moment" in said(app, "#adapter-detail")
        goes_on.set()
        await settled(pilot)
        if name == "cut":
            assert "the file is not whole" in str(app.screen.query_one(ProblemLine).content)
            return
        assert said(app, "#adapter") == "A adapter expenses-1"
        assert "starter + expenses-1" in said(app, "#home-title")
        assert [told.message for told in app._notifications] == ["expenses-1 answers from now on."]


@pytest.mark.usefixtures("adapters")
@pytest.mark.parametrize("size", [SIZE, (200, 60)])
async def test_all_of_it_by_mouse(app: ThresherApp, session: Any, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await click(pilot, "#adapter")
        assert isinstance(app.screen, AdapterDialog)
        app.screen.query_one("#adapters", OptionList).highlighted = 2
        await click(pilot, "#promote")
        assert session.promoted == ["expenses-2"]
        app.screen.query_one("#adapters", OptionList).highlighted = 1
        await click(pilot, "#use")
        assert said(app, "#adapter") == "A adapter expenses-1"
        await click(pilot, "#adapter")
        await click(pilot, "#roll-back")
        assert session.promoted == []
        assert await pilot.click("#adapters", offset=(4, 1))
        await settled(pilot)
        assert said(app, "#adapter") == "A adapter expenses-1"


@pytest.mark.usefixtures("adapters")
async def test_a_live_adapter_that_cannot_be_used_is_told_before_and_at_the_start(
    app: ThresherApp, session: Any, folder: Path
) -> None:
    session.promoted = ["old"]
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert said(app, "#adapter") == "A adapter cannot be used"
        app.post_message(events.Paste(str(folder / "bakery.txt")))
        await settled(pilot)
        await press(pilot, "s")
        assert session.asked == []
        assert "the adapter old is live and cannot be used. Roll back." in said(app, "#home-problem")
        await press(pilot, "A", "b", "escape", "s")
        assert [task.adapter for task, _ in session.asked] == [None]


async def test_a_long_name_begins_on_its_line(app: ThresherApp, session: Any) -> None:
    session.adapters = (Adapter("expenses-starter"),)
    session.promoted = ["expenses-starter"]
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        line = app.screen.query_one("#adapter").render_lines(Region(0, 0, 24, 2))[1]
        assert line.text.strip() == "A adapter expenses-st…"


async def test_the_real_registry_stands_behind_it(
    home_with_tiny: Locations, add_adapter: AddAdapter, tmp_path: Path
) -> None:
    add_adapter("one", 1)
    paper = tmp_path / "paper.txt"
    paper.write_text("Letter of 3 March 2024 from ACME", "utf-8")
    with Session(home_with_tiny) as session:
        app = ThresherApp(session)
        async with app.run_test(size=SIZE) as pilot:
            await settled(pilot)
            assert said(app, "#adapter") == "A no adapter"
            await press(pilot, "A", "home", "p", "escape")
            assert said(app, "#adapter") == "A adapter one"
            app.post_message(events.Paste(f"'{paper}'"))
            await settled(pilot)
            await press(pilot, "s")
            (run,) = session.store.runs()
            assert (run.task.adapter, run.done) == ("one", 1)
        assert session.answering("expenses") == "one"
