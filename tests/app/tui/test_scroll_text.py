"""What is longer than its place is read to its end, by keyboard and mouse; what is not stops no Tab."""

from pathlib import Path

import pytest
from textual.events import MouseScrollDown
from textual.pilot import Pilot
from textual.widgets import Static

from thresher.adapters.fields import Field
from thresher.app.tui.app import ThresherApp
from thresher.app.tui.correct_dialog import CorrectDialog
from thresher.app.tui.problem_line import ProblemLine
from thresher.app.tui.scroll_text import ScrollText

from .driving import paste, settled

SIZES = pytest.mark.parametrize("size", [(80, 24), (200, 60)])
LONG = "\n".join(f"line {number} of what is wrong" for number in range(20))


async def tab_to(pilot: Pilot[None], text: ScrollText) -> None:
    """Tab until the text is reached."""
    for _ in range(12):
        if text.has_focus:
            return
        await pilot.press("tab")
        await pilot.pause()
    raise AssertionError("Tab stops nowhere in it.")


def shown(text: ScrollText) -> str:
    """Those of its lines that are on the screen."""
    words, top = text.query_one(Static), int(text.scroll_y)
    lines = range(top, min(top + text.content_region.height, words.size.height))
    return "\n".join(words.render_line(line).text.rstrip() for line in lines)


@SIZES
async def test_a_long_problem_scrolls(app: ThresherApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        problem = app.screen.query_one(ProblemLine)
        problem.say(LONG)
        await pilot.pause()
        assert problem.size.height == 8
        assert shown(problem).startswith("line 0 ")
        await tab_to(pilot, problem)
        await pilot.press("end")
        await settled(pilot)
        assert shown(problem).endswith(LONG.splitlines()[-1])
        # Another one is shown from its beginning; the wheel scrolls it too; a click takes it away.
        problem.say(f"{LONG}\n{LONG}")
        await settled(pilot)
        assert shown(problem).startswith("line 0 ")
        await pilot._post_mouse_events([MouseScrollDown], "#home-problem", (5, 3))
        await settled(pilot)
        assert not shown(problem).startswith("line 0 ")
        await pilot.click("#home-problem", offset=(size[0] - 4, 7))  # its scrollbar
        await settled(pilot)
        assert problem.display
        await pilot.click("#home-problem", offset=(5, 3))
        await settled(pilot)
        assert not problem.display


@SIZES
async def test_a_long_hint_scrolls(app: ThresherApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        about = f"{'what the clause says of it, in words ' * 12}to the last one"
        app.push_screen(CorrectDialog(Field(name="clause", type="string", description=about), None))
        await settled(pilot)
        assert app.focused is app.screen.query_one("#typed")
        long, short = app.screen.query(".hint").results(ScrollText)
        assert (long.size.height, short.size.height) == (3, 1)
        assert (long.focusable, short.focusable) == (True, False)
        await tab_to(pilot, long)
        await pilot.press("end")
        await settled(pilot)
        assert shown(long).endswith("to the last one")


@SIZES
async def test_keys_go_on_to_the_queue_where_a_problem_no_longer_scrolls(
    app: ThresherApp, folder: Path, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await paste(pilot, str(folder / "bakery.txt"))
        problem, queue = app.screen.query_one(ProblemLine), app.screen.query_one("#queue")
        for gone in ("It is short.", ""):
            problem.say(LONG)
            await pilot.pause()
            await tab_to(pilot, problem)
            problem.say(gone)
            await settled(pilot)
            assert app.focused is queue


async def test_a_text_that_is_told_once_more_stays_where_it_is_read(app: ThresherApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        problem = app.screen.query_one(ProblemLine)
        problem.say(LONG)
        await pilot.pause()
        await tab_to(pilot, problem)
        await pilot.press("end")
        await settled(pilot)
        problem.say(LONG)  # as the word on a document is with each event of a run
        await settled(pilot)
        assert shown(problem).endswith(LONG.splitlines()[-1])


@SIZES
async def test_a_short_problem_takes_a_line_and_stops_no_tab(app: ThresherApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        problem = app.screen.query_one(ProblemLine)
        problem.say("It is short.")
        await pilot.pause()
        assert problem.size.height == 1
        assert not problem.focusable
