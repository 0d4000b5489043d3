"""Fields that were added are not lost by closing the dialog."""

from textual.widgets import Input

from thresher.app.tui.app import ThresherApp
from thresher.app.tui.fields_dialog import FieldsDialog
from thresher.app.tui.home import HomeScreen

from .driving import press, said


async def test_a_list_that_was_changed_is_thrown_away_only_after_a_word(app: ThresherApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f")
        for name in ("first", "second"):
            app.screen.query_one("#field-spec", Input).value = f"{name}:string"
            await press(pilot, "enter", "escape")
            assert isinstance(app.screen, FieldsDialog)
            assert "not used yet" in said(app, ".problem")
        await press(pilot, "ctrl+s")
        assert "+ 2 fields" in said(app, "#home-title")
        await press(pilot, "f", "tab", "down", "delete", "escape", "escape")
        assert isinstance(app.screen, HomeScreen)
        assert "+ 2 fields" in said(app, "#home-title")
        await press(pilot, "f", "escape")
        assert isinstance(app.screen, HomeScreen)


async def test_what_esc_says_of_ctrl_s_is_so(app: ThresherApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f")
        box = app.screen.query_one("#field-spec", Input)
        box.value = "first:string"
        await press(pilot, "enter")
        box.value = "second:colour"  # is no type
        await press(pilot, "escape")
        assert "ctrl+s uses it, once what is typed is put right or cleared" in said(app, ".problem")
        await press(pilot, "ctrl+s")
        assert "colour" in said(app, ".problem")
        box.value = "second:string"
        await press(pilot, "escape")
        assert "ctrl+s uses it;" in said(app, ".problem")
        await press(pilot, "ctrl+s")
        assert "+ 2 fields" in said(app, "#home-title")
