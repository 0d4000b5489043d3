from collections import defaultdict
from dataclasses import replace

from thresher.app.documents.document import Place
from thresher.app.record import Outcome, Record, Span, Value
from thresher.app.tui.record_rows import rows_of, spans_of, taken_up
from thresher.app.tui.record_text import record_title, row_cells, row_detail

COLOURS: dict[str, str] = defaultdict(lambda: "red")


def record(value: Value) -> Record:
    return Record("r", None, None, "d", "t", "m", None, "ok", None, {"f": value}, 1.0)


def cells(value: Value, corrected: bool = False) -> list[list[str]]:
    return [[text.plain for text in row_cells(row, corrected, COLOURS)] for row in rows_of(record(value))]


def detail(value: Value) -> str:
    return row_detail(rows_of(record(value))[0], False, COLOURS).plain


def test_the_title_says_who_answered() -> None:
    alone = record(Value("x", Outcome.FOUND, 0.6))
    assert record_title(alone, 2, 3).plain == "r   2 of 3   t · m"
    assert record_title(replace(alone, adapter="a"), 2, 3).plain == "r   2 of 3   t · m + a"


def test_what_is_judged_is_said_to_have_no_place() -> None:
    assert "no place to show" in detail(Value(False, Outcome.FOUND, 0.6, (None,)))
    cued = Value(False, Outcome.FOUND, 0.6, (Span(0, 1, "x", "cue", Place(page=3)),))
    assert "page 3" in detail(cued)
    assert "look here first" in detail(cued)
    assert spans_of(record(cued)) == [], "fifteen clauses would underline half of a contract"
    counted = Value("2024-03-04", Outcome.FOUND, 0.6, (Span(0, 1, "x", "counted", Place(page=3)),))
    assert "counted from another date of the record" in detail(counted)
    assert spans_of(record(counted)) == list(counted.spans)
    there = Span(0, 1, "x", "exact", Place())
    assert "at the place shown" in detail(Value("x", Outcome.FOUND, 0.6, (there,)))


def test_what_the_text_says_otherwise_is_marked_and_has_its_place() -> None:
    nearly = Span(0, 14, "MAYER BROWN LLP", "fuzzy", Place())
    there = replace(nearly, match="exact")
    value = Value(["Mayer Brown, LLP", "MAYER BROWN LLP"], Outcome.FOUND, 0.6, (nearly, there), (0.6, 0.6))
    assert [row[2].split()[-1] for row in cells(value)] == ["ungrounded", "found"]
    assert rows_of(record(value))[0].spans == (nearly,)
    assert "does not say it so" in detail(value)


def test_a_value_that_was_not_accepted_is_marked() -> None:
    look = Value("x", Outcome.FOUND, 0.6, accepted=False)
    assert cells(look)[0][0] == "◆ f"
    assert cells(look, corrected=True)[0][0] == "f"
    assert "not sure enough" in detail(look)
    for accepted in (True, None):
        value = Value("x", Outcome.FOUND, 0.6, accepted=accepted)
        assert cells(value)[0][0] == "f"
        assert ("accepted unseen" in detail(value)) is (accepted is True)


def test_of_a_document_that_failed_no_value_wants_a_look() -> None:
    lost = record(Value(None, Outcome.FAILED, None, accepted=False))
    partial, failed = replace(lost, status="partial"), replace(lost, status="failed")
    assert (partial.looks, rows_of(partial)[0].wants_look) == (1, True)
    assert (failed.looks, rows_of(failed)[0].wants_look) == (0, False)
    assert failed.judged  # values of the run may go unseen


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


def test_what_is_doubtful_stands_in_the_place_of_what_is_absent() -> None:
    said = Value("x", Outcome.FOUND, 0.18, (None,), calibrated=True, accepted=False)
    value = Value(None, Outcome.ABSENT, None, accepted=False, whole=said)
    ((name, shown, outcome, sure),) = cells(value)
    assert (name, shown, outcome) == ("◆ f", "x", "≈ doubtful")
    assert "18%" in sure
    assert "too seldom to be stated" in detail(value)
    assert cells(value, corrected=True)[0][2] == "✎ corrected"


def test_doubtful_items_follow_those_that_are_stated_and_can_be_taken_up() -> None:
    said = Value(["a", "b", "c"], Outcome.FOUND, 0.5, (None,) * 3, (0.1, 0.9, 0.2), calibrated=True)
    value = Value(["b"], Outcome.FOUND, 0.9, (None,), (0.9,), calibrated=True, whole=said)
    assert [(row[0], row[1], row[2]) for row in cells(value)] == [
        ("f", "b", "? ungrounded"),
        ("", "a", "≈ doubtful"),
        ("", "c", "≈ doubtful"),
    ]
    rows = rows_of(record(value))
    assert len({row.key for row in rows}) == 3
    assert [taken_up(value, row) for row in rows] == [["b"], ["a", "b"], ["b", "c"]]
    nothing = Value([], Outcome.ABSENT, None, whole=said)
    assert [row[1] for row in cells(nothing)] == ["a", "b", "c"]
    assert taken_up(nothing, rows_of(record(nothing))[1]) == ["b"]


def test_what_failed_claims_no_more_than_that_there_is_no_answer() -> None:
    # Also of a document that could not be read: no model was to be asked.
    assert "no answer: the model was not asked" in detail(Value(None, Outcome.FAILED, None))
