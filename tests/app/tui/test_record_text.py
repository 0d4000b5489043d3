from collections import defaultdict

from thresher.app.record import Outcome, Record, Value
from thresher.app.tui.record_rows import rows_of
from thresher.app.tui.record_text import row_cells, row_detail

COLOURS: dict[str, str] = defaultdict(lambda: "red")


def cells(value: Value, corrected: bool = False) -> list[list[str]]:
    record = Record("r", None, None, "d", "t", "m", None, "ok", None, {"f": value}, 1.0)
    return [[text.plain for text in row_cells(row, corrected, COLOURS)] for row in rows_of(record)]


def detail(value: Value) -> str:
    record = Record("r", None, None, "d", "t", "m", None, "ok", None, {"f": value}, 1.0)
    return row_detail(rows_of(record)[0], False, COLOURS).plain


def test_a_value_that_was_not_accepted_is_marked() -> None:
    look = Value("x", Outcome.FOUND, 0.6, accepted=False)
    assert cells(look)[0][0] == "◆ f"
    assert cells(look, corrected=True)[0][0] == "f"
    assert "not sure enough" in detail(look)
    for accepted in (True, None):
        value = Value("x", Outcome.FOUND, 0.6, accepted=accepted)
        assert cells(value)[0][0] == "f"
        assert ("accepted unseen" in detail(value)) is (accepted is True)


def test_each_item_of_a_list_shows_its_own_confidence() -> None:
    value = Value(["a", "b"], Outcome.FOUND, 0.6, (None, None), (0.9, 0.3), accepted=False)
    first, second = cells(value)
    assert (first[0], second[0]) == ("◆ f", "")
    assert "90%" in first[3]
    assert "30%" in second[3]
    old = Value(["a", "b"], Outcome.FOUND, 0.6, (None, None))
    assert [row[3] != "" for row in cells(old)] == [True, False]


def test_a_confidence_that_is_not_calibrated_is_marked() -> None:
    sure, guessed = Value("x", Outcome.FOUND, 0.98, calibrated=True), Value("x", Outcome.FOUND, 0.98)
    assert cells(sure)[0][3].endswith("  98%")
    assert cells(guessed)[0][3].endswith(" ~98%")
