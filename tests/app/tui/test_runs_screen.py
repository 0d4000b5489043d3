"""Every run that is kept is listed."""

from typing import Any

from thresher.app.task import Task
from thresher.app.tui.app import ThresherApp
from thresher.app.tui.stretch_table import StretchTable

from .driving import press


async def test_all_runs_are_listed_the_newest_first(app: ThresherApp, session: Any) -> None:
    task = Task("expenses", "receipt", "Extract.", (), "hash", "starter")
    numbers = [session.store.start_run(task, "settings", 1) for _ in range(120)]
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "r")
        table = app.screen.query_one(StretchTable)
        assert table.row_keys == [str(number) for number in reversed(numbers)]
