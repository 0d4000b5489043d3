"""How a document writes dates and numbers is known in each of its windows."""

from pathlib import Path

from thresher.adapters.conventions import Conventions
from thresher.adapters.dates import dates_in
from thresher.adapters.fields import Field
from thresher.adapters.numbers import numbers_in
from thresher.adapters.tokens import PromptTokenizer
from thresher.adapters.window_prompts import WindowPrompts, WindowSizes


def test_a_part_is_read_by_what_the_whole_tells() -> None:
    whole = Conventions("of 25/12/2018, 7.200,50")
    assert [iso for *_, iso in dates_in("03/04/2019", whole.dates)] == ["2019-04-03"]
    assert [value for *_, value in numbers_in("1.234", whole.numbers)] == [1234]
    # A date that has one reading keeps it, whatever the whole says: a window may cut a digit off.
    assert [iso for *_, iso in dates_in("03/14/2019", whole.dates)] == ["2019-03-14"]


def test_every_window_has_its_documents_conventions(tiny_base: Path) -> None:
    prompts = WindowPrompts(PromptTokenizer(tiny_base), WindowSizes(2048, 128, 16, 512))
    text = "on 03/04/2019 " + "nothing more of it " * 300 + "since 25/12/2018"
    windows = prompts.of(text, "Extract.", [Field(name="day", type="date")])
    assert len(windows) > 3
    assert {window.conventions.dates for window in windows} == {Conventions(text).dates}
    assert not windows[0].conventions.dates.month_first
