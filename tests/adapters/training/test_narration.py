"""What a trainer says: a line is one line, and how it begins says what it is."""

import pytest

from thresher.adapters.errors import UsageError
from thresher.adapters.training.narration import say_note, say_what_is_wrong


def test_what_is_quoted_ends_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    say_note("a\nError: b\x1b: left out")
    wrong = UsageError("c\nd")
    say_what_is_wrong(wrong)
    wrong.lines = ("c\nd", "e")
    say_what_is_wrong(wrong)
    assert capsys.readouterr().err.split("\n") == [
        "Note: a⏎Error: b␛: left out",
        "Error: c⏎d",
        "Error: c⏎d",
        "e",
        "",
    ]
