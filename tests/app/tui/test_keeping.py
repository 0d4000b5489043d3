"""A record that is right is kept as an example, where its pack is one of the user's own."""

from pathlib import Path
from typing import Any

from textual.widgets import Footer

from thresher.adapters.pack_library import find_packs
from thresher.app.tui.app import ThresherApp
from thresher.app.tui.problem_line import ProblemLine
from thresher.app.tui.record_screen import RecordScreen

from ..own_pack import write_pack
from .conftest import RECEIPT, RECEIPT_TEXT
from .driving import press, record_of

SIZE = (100, 30)


def keys(app: ThresherApp) -> set[str]:
    return {active.binding.key for active in app.screen.active_bindings.values() if active.enabled}


async def test_of_a_pack_that_ships_it_is_not_offered(app: ThresherApp, folder: Path) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await record_of(pilot, folder / "bakery.txt")
        assert "k" not in keys(app)
        await press(pilot, "k")
        assert not app._notifications


async def test_it_says_what_to_correct_and_then_where_the_example_lies(
    app: ThresherApp, session: Any, folder: Path, tmp_path: Path
) -> None:
    session.own_packs = tmp_path / "packs"
    mine = write_pack(session.own_packs, "expenses", "receipt", RECEIPT)
    async with app.run_test(size=SIZE) as pilot:
        screen = await record_of(pilot, folder / "bakery.txt")
        assert isinstance(screen, RecordScreen)
        assert screen.query_one(Footer).is_mounted
        assert "k" in keys(app)
        await press(pilot, "k")
        assert "not known to be right: items" in str(screen.query_one(ProblemLine).content)
        stored = screen.stored
        assert stored is not None
        session.store.correct(stored.id, "items", ["Rye bread", "Tea"])
        await press(pilot, "k")
        (told,) = app._notifications
        (example,) = find_packs(session.own_packs).packs["expenses"].record_types["receipt"].examples()
        assert told.message.startswith(f"Kept as an example: {example.path}. It is too long")
        assert example.path.read_text("utf-8") == RECEIPT_TEXT
        assert example.output["items"] == ["Rye bread", "Tea"]
        assert example.path.is_relative_to(mine)
        assert str(screen.query_one(ProblemLine).content) == ""
