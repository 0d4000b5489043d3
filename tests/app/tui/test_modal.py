"""Dialogs show all that they have at 80 × 24, and scroll where even that is too little."""

from typing import Any

import pytest
from textual.containers import Vertical

from thresher.adapters.fields import Field
from thresher.app.tui.app import ThresherApp
from thresher.app.tui.correct_dialog import CorrectDialog
from thresher.app.tui.fields_dialog import FieldsDialog
from thresher.app.tui.modal import AnswerDialog

ABOUT = "what the clause says of it, in words " * 8  # more rows than it is given
CHOICES = tuple("abcdefghijkl")


def correct(kind: str, **options: Any) -> CorrectDialog:
    return CorrectDialog(Field(name="clause", type=kind, description=ABOUT, **options), None)  # type: ignore[arg-type]


def fields(count: int) -> FieldsDialog:
    return FieldsDialog([Field(name=f"field_{number}", type="string") for number in range(count)])


@pytest.mark.parametrize(
    "made",
    [
        lambda: correct("string"),
        lambda: correct("list[string]"),
        lambda: correct("enum", values=CHOICES),
        lambda: fields(12),
    ],
    ids=["text", "list", "choices", "fields"],
)
async def test_no_button_is_cut_off(app: ThresherApp, made: Any) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        dialog: AnswerDialog[Any] = made()
        app.push_screen(dialog)
        await pilot.pause()
        box = dialog.query_one(".dialog", Vertical)
        assert box.max_scroll_y == 0
        assert all(box.content_region.contains_region(button.region) for button in dialog.query("Button"))
        # A problem of many lines too is got past.
        dialog.problem("This is not a field. " * 30)
        await pilot.pause()
        dialog.query_one("#give-up").focus()
        # It scrolls there in steps, on a busy machine for long.
        for _ in range(100):
            await pilot.pause(0.1)
            if box.content_region.contains_region(dialog.query_one("#give-up").region):
                break
        assert box.content_region.contains_region(dialog.query_one("#give-up").region)
