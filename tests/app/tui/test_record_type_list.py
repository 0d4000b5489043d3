"""The list of record types keeps what is highlighted in sight."""

from typing import Any

import pytest

from thresher.adapters.pack_library import find_packs
from thresher.app.tui.app import ThresherApp
from thresher.app.tui.record_type_list import OWN_FIELDS, RecordTypeList

from .driving import settled


@pytest.fixture
def app(session: Any, monkeypatch: pytest.MonkeyPatch) -> ThresherApp:
    """With the packs that ship."""
    monkeypatch.setattr(type(session), "found_packs", lambda _: find_packs())
    return ThresherApp(session)


def shown(types: RecordTypeList) -> str:
    """What is drawn of it."""
    return "\n".join(types.render_line(y).text for y in range(types.size.height))


@pytest.mark.parametrize("size", [(110, 32), (120, 40)])
async def test_what_is_highlighted_is_in_sight_whatever_its_card_leaves(
    app: ThresherApp, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        types = app.screen.query_one(RecordTypeList)
        heights = set()
        while types.choice is not OWN_FIELDS:
            # A long title is cut.
            assert types.choice.title[:18] in shown(types)
            heights.add(types.size.height)
            await pilot.press("down")
            await settled(pilot)
        assert OWN_FIELDS.title in shown(types)
        # Cards of many fields leave less: the way went through both.
        assert len(heights) > 1


async def test_it_is_in_sight_when_the_window_becomes_lower(app: ThresherApp) -> None:
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(pilot)
        types = app.screen.query_one(RecordTypeList)
        types.highlighted = types.option_count - 1
        await settled(pilot)
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert OWN_FIELDS.title in shown(types)
