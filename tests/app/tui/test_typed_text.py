"""What is typed or pasted is there when a dialog is answered, however fast the answer follows."""

from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from thresher.adapters.fields import Field, parse_field
from thresher.app.tui.app import ThresherApp
from thresher.app.tui.browser import BrowserDialog
from thresher.app.tui.correct_dialog import CorrectDialog, NewValue
from thresher.app.tui.fields_dialog import FieldsDialog
from thresher.app.tui.modal import AnswerDialog

SIZE = (80, 24)
NAMED = Field(name="site", type="string")
LISTED = Field(name="parts", type="list[string]")
UNIT = Field(name="unit", type="enum", values=("mW", "MW", " W"))


def typed(pilot: Pilot[None], text: str) -> None:
    """Keys as a terminal sends them that was waited for: all at once."""
    for character in text:
        pilot.app.post_message(events.Key({" ": "space"}.get(character, character), character))


async def answered(pilot: Pilot[None], dialog: AnswerDialog[Any], keys: str, pasted: str = "") -> list[Any]:
    """What the dialog returns where keys, a paste and Ctrl+S arrive together."""
    returned: list[Any] = []
    pilot.app.push_screen(dialog, returned.append)
    await pilot.pause()
    typed(pilot, keys)
    if pasted:
        pilot.app.post_message(events.Paste(pasted))
    pilot.app.post_message(events.Key("ctrl+s", None))
    for _ in range(3):  # a tree's worker never ends: not `settled`
        await pilot.pause()
    return returned


@pytest.mark.parametrize(
    ("dialog", "keys", "pasted", "returned"),
    [
        (lambda: CorrectDialog(NAMED, ""), "Plant North, hall 12", "", NewValue("Plant North, hall 12")),
        (lambda: CorrectDialog(NAMED, "old"), "", "Plant North", NewValue("Plant North")),
        (lambda: CorrectDialog(LISTED, []), "bolt", "", NewValue(["bolt"])),
        (lambda: CorrectDialog(LISTED, []), "", "bolt\ngasket", NewValue(["bolt", "gasket"])),
        (lambda: BrowserDialog(Path("/")), "/none/a.pdf", "", ["/none/a.pdf"]),
        (lambda: BrowserDialog(Path("/")), "", "/none/a.pdf", ["/none/a.pdf"]),
    ],
    ids=["value typed", "value pasted", "list typed", "list pasted", "path typed", "path pasted"],
)
async def test_what_comes_just_before_ctrl_s_is_saved(
    app: ThresherApp, dialog: Any, keys: str, pasted: str, returned: Any
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        assert await answered(pilot, dialog(), keys, pasted) == [returned]


@pytest.mark.parametrize("chosen", [*UNIT.values, None])
async def test_a_choice_is_saved_as_it_stands(app: ThresherApp, chosen: str | None) -> None:
    """The value that stands now is highlighted."""
    async with app.run_test(size=SIZE) as pilot:
        assert await answered(pilot, CorrectDialog(UNIT, chosen), "") == [NewValue(chosen)]


@pytest.mark.parametrize("item", ["hex\nbolt", "hex\r\n  bolt", "hex\u2028bolt", "hex\x85bolt", "hex\tbolt"])
async def test_an_item_that_is_left_alone_stays_one_and_as_it_was(app: ThresherApp, item: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        assert await answered(pilot, CorrectDialog(LISTED, [item, "nut"]), "") == [NewValue([item, "nut"])]
        await pilot.pause()
        assert await answered(pilot, CorrectDialog(LISTED, ["nut", item]), "a ") == [
            NewValue(["a nut", item])
        ]


async def pasted_into_line(pilot: Pilot[None], dialog: AnswerDialog[Any], text: str) -> list[Any]:
    """What the dialog returns where its line is pasted into and Enter follows."""
    returned: list[Any] = []
    pilot.app.push_screen(dialog, returned.append)
    await pilot.pause()
    pilot.app.screen.query_one(Input).focus()
    await pilot.pause()
    pilot.app.post_message(events.Paste(text))
    await pilot.press("enter")
    await pilot.pause()
    return returned


@pytest.mark.parametrize(
    ("dialog", "pasted", "returned"),
    [
        (lambda: BrowserDialog(Path("/")), "/none/a.pdf\n/none/b c.pdf\n", ["/none/a.pdf", "/none/b c.pdf"]),
        (lambda: BrowserDialog(Path("/")), "'/none/a.pdf'\r\r'/none/b.pdf'", ["/none/a.pdf", "/none/b.pdf"]),
        (
            lambda: CorrectDialog(NAMED, "old"),
            "12 Mill Lane,\r\n\n  London\n",
            NewValue("12 Mill Lane, London"),
        ),
        (lambda: CorrectDialog(NAMED, "old"), "12 Mill\u2028Lane", NewValue("12 Mill\u2028Lane")),
    ],
    ids=["paths", "paths of a terminal", "lines of a value", "one line"],
)
async def test_every_line_that_is_pasted_is_taken(
    app: ThresherApp, dialog: Any, pasted: str, returned: Any
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        assert await pasted_into_line(pilot, dialog(), pasted) == [returned]


async def test_a_field_typed_just_before_ctrl_s_is_used(app: ThresherApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        returned = await answered(pilot, FieldsDialog(()), "total:number")
        assert returned == [(parse_field("total:number"),)]
