"""A value is corrected by the field that its record was asked for."""

from typing import Any

import pytest
from textual.widgets import Input, OptionList, Static, TextArea

from thresher.adapters.fields import Field
from thresher.adapters.visible import one_line
from thresher.app.documents.document import Document, sha256_of_text
from thresher.app.record import Outcome, Record, Value
from thresher.app.store.store import Store
from thresher.app.tui.app import ThresherApp
from thresher.app.tui.correct_dialog import CorrectDialog, NewValue
from thresher.app.tui.record_screen import RecordScreen
from thresher.app.tui.scroll_text import ScrollText
from thresher.app.tui.themes import DARK, colours

from .. import lease
from .driving import press, said, settled

SIZE = (100, 30)
TEXT = "A watch, dark red, 1,234.50 dollars, waterproof. 12 to 14 in stock, refs A1 and B2."

#: Of a record whose line brings them; the run asks for fields of two of these names with other types.
OWN = (
    Field(name="waterproof", type="boolean"),
    Field(name="price", type="number"),
    Field(name="colour", type="enum", values=("dark red", "blue")),
    Field(name="stock", type="string"),
    Field(name="refs", type="list[string]"),
)
STATED: dict[str, Any] = {"stock": "12 to 14", "refs": ["A1", "B2"]}


@pytest.fixture
def run(session: Any) -> int:
    """A run over one record with fields of its own."""
    store: Store = session.store
    asked = (Field(name="stock", type="list[string]"), Field(name="refs", type="string"))
    number = store.start_run(session.task(None, None, asked), "settings", 1)
    values = {
        field.name: Value(value, Outcome.UNGROUNDED, 0.9, (None,) * len(value))
        if isinstance(value := STATED.get(field.name), list)
        else Value(value, Outcome.UNGROUNDED if value else Outcome.ABSENT, 0.9)
        for field in OWN
    }
    sha256 = sha256_of_text(TEXT)
    record = Record(
        "r1", None, sha256, "any", "record", "starter", None, "ok", None, values, 1.0, kind="record"
    )
    document = Document(name="r1", sha256=sha256, kind="record", text=TEXT)
    store.save_record(number, record, "settings", document, OWN)
    store.finish_run(number, cancelled=False)
    return number


async def test_a_record_with_fields_of_its_own_is_corrected_by_these(
    app: ThresherApp, session: Any, run: int
) -> None:
    def value(name: str) -> Any:
        return session.store.records(run)[0].record.values[name].value

    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(RecordScreen(session, run, session.store.run(run).task, dict(colours(DARK))))
        await settled(pilot)

        await press(pilot, "e")
        assert app.screen.query_one("#choices", OptionList).option_count == 3
        await press(pilot, "up", "up", "enter")
        assert value("waterproof") is True

        await press(pilot, "down", "e")
        app.screen.query_one("#typed", Input).value = "1,234.50"
        await press(pilot, "enter")
        assert value("price") == 1234.5
        assert session.store.records(run)[0].record.values["price"].spans[0].text == "1,234.50"

        await press(pilot, "down", "e")
        assert [str(one.prompt) for one in app.screen.query_one("#choices", OptionList).options] == [
            "dark red",
            "blue",
            "not in the document",
        ]
        await press(pilot, "home", "enter")
        assert value("colour") == "dark red"

        # Saved as they are shown.
        await press(pilot, "down", "e")
        assert app.screen.query_one("#typed", Input).value == "12 to 14"
        await press(pilot, "ctrl+s", "down", "e")
        assert app.screen.query_one("#typed-lines", TextArea).text == "A1\nB2"
        await press(pilot, "ctrl+s")
        assert session.store.records(run)[0].corrected == {field.name for field in OWN}
        assert {name: value(name) for name in STATED} == STATED


async def test_what_is_counted_from_it_is_told_and_shown(app: ThresherApp, session: Any) -> None:
    store: Store = session.store
    run = store.start_run(session.task(None, None, lease.FIELDS), "settings", 1)
    store.save_record(run, lease.LEASE, "settings", lease.DOCUMENT)
    store.finish_run(run, cancelled=False)
    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(RecordScreen(session, run, store.run(run).task, dict(colours(DARK))))
        await settled(pilot)
        await press(pilot, "e")
        app.screen.query_one("#typed", Input).value = "2020-02-29"
        await press(pilot, "enter")
        assert [one.message for one in app._notifications] == ["ends is counted anew: 2023-02-28"]
        await press(pilot, "down")
        assert isinstance(app.screen, RecordScreen)
        assert app.screen.row is not None
        assert (app.screen.row.value, "counted from another date" in said(app, "#value-detail")) == (
            "2023-02-28",
            True,
        )


@pytest.mark.parametrize(
    ("kind", "values", "value", "first"),
    [
        ("enum", ("food", "travel"), "fu\nel", "food"),
        ("enum", ("food", "travel"), "", "food"),
        ("boolean", (), "perhaps", True),
    ],
)
async def test_a_value_that_is_no_choice_is_not_cleared_unless_that_is_chosen(
    app: ThresherApp, kind: Any, values: tuple[str, ...], value: str, first: object
) -> None:
    returned: list[NewValue | None] = []
    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(CorrectDialog(Field(name="kind", type=kind, values=values), value), returned.append)
        await settled(pilot)
        assert app.screen.query_one("#choices", OptionList).highlighted is None
        hint = app.screen.query(".hint").last(ScrollText).content
        assert hint.endswith(f"none of these: {one_line(value)}")
        await press(pilot, "enter")
        assert returned == []
        await press(pilot, "ctrl+s")
        assert said(app, ".problem") == 'Choose one of these, or "not in the document".'
        await press(pilot, "down", "enter")
        assert returned == [NewValue(first)]


async def test_items_that_look_alike_on_a_line_stay_what_they_are(app: ThresherApp) -> None:
    returned: list[NewValue | None] = []
    items = ["a\nb", "a b", "x  y", " z\n"]
    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(CorrectDialog(Field(name="items", type="list[string]"), items), returned.append)
        await settled(pilot)
        await press(pilot, "ctrl+s")
        assert returned == [NewValue(items)]


async def test_the_white_space_of_an_item_can_be_put_right(app: ThresherApp) -> None:
    returned: list[NewValue | None] = []
    items = ["Rye\nbread", "green  tea", " jam", "two\r\nlines", "a\tb\n"]
    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(CorrectDialog(Field(name="items", type="list[string]"), items), returned.append)
        await settled(pilot)
        typed = app.screen.query_one("#typed-lines", TextArea)
        assert typed.text == "Rye⏎bread\ngreen  tea\n jam\ntwo⏎lines\na\tb⏎"
        hint = app.screen.query(".hint").last(ScrollText).content
        assert hint.endswith("⏎ is a line's end within an item.")
        typed.text = "Rye bread\ngreen tea\njam\ntwo⏎lines more\na\tb⏎"
        await press(pilot, "ctrl+s")
        assert returned == [NewValue(["Rye bread", "green tea", "jam", "two lines more", "a\tb\n"])]


@pytest.mark.parametrize(
    ("items", "typed", "corrected"),
    [
        (["Press ⏎ now  please"], "Press ⏎ now please\n⏎", ["Press ⏎ now please", "⏎"]),
        (["Rye\nbread", "tea"], "⏎\ntea", ["tea"]),
        (["\n", "tea"], "⏎\nteas", ["\n", "teas"]),
        (['a, "b"', "c"], 'a, "b" \n\n"c", d', ['a, "b"', '"c", d']),
    ],
)
async def test_a_sign_of_the_document_stays_and_a_line_s_end_alone_is_no_item(
    app: ThresherApp, items: list[str], typed: str, corrected: list[str]
) -> None:
    returned: list[NewValue | None] = []
    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(CorrectDialog(Field(name="items", type="list[string]"), items), returned.append)
        await settled(pilot)
        hint = app.screen.query(".hint").last(ScrollText).content
        assert hint.endswith("within an item.") == any("\n" in item for item in items)
        app.screen.query_one("#typed-lines", TextArea).text = typed
        await press(pilot, "ctrl+s")
        assert returned == [NewValue(corrected)]


@pytest.mark.parametrize("size", [(80, 24), (100, 30)])
async def test_a_field_that_is_a_question_is_shown_whole(
    app: ThresherApp, session: Any, size: tuple[int, int]
) -> None:
    ends = "as the report says?"
    question = f"{'How much of the revenue of the year came from other countries ' * 3}{ends}"
    values = {question: Value("a third", Outcome.UNGROUNDED, 0.9)}
    sha256 = sha256_of_text(TEXT)
    record = Record("r1", None, sha256, "any", "record", "starter", None, "ok", None, values, 1.0)
    task = session.task(None, None, (Field(name=question, type="string"),))
    number = session.store.start_run(task, "settings", 1)
    session.store.save_record(number, record, "settings", Document("r1", sha256, "text", TEXT))
    async with app.run_test(size=size) as pilot:
        app.push_screen(RecordScreen(session, number, task, dict(colours(DARK))))
        await settled(pilot)
        assert app.screen.query_one("#value-detail").max_scroll_y == 0
        assert drawn(app, "#value-detail Static").startswith(f"{question} a third ? ungrounded")
        await press(pilot, "e")
        assert drawn(app, ".dialog-title") == question


def drawn(app: ThresherApp, selector: str) -> str:
    """What of a widget is on the screen, its lines joined."""
    widget = app.screen.query_one(selector, Static)
    lines = [widget.render_line(number).text for number in range(widget.size.height)]
    return " ".join(" ".join(lines).split())
