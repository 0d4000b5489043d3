from dataclasses import replace

import click
from hypothesis import given
from hypothesis import strategies as st

from thresher.app.cli.show import record_lines
from thresher.app.documents.document import Place
from thresher.app.record import Outcome, Record, Span, Value

TEXT = "Bill of 3 May\nSeller: Corner Shop Ltd, London\nTotal 12.50"


def record(values: dict[str, Value]) -> Record:
    return Record("a", "a.txt", "0" * 64, "d", "r", "starter", None, "ok", None, values, 1.0)


def plain(values: dict[str, Value], text: str | None = TEXT) -> list[str]:
    return [click.unstyle(line) for line in record_lines(record(values), text)]


def test_what_was_not_read_stands_before_the_values() -> None:
    noted = replace(record({"paid": Value(True, Outcome.FOUND, 1.0)}), notes=("a\x1b.pdf: has a password",))
    lines = [click.unstyle(line) for line in record_lines(noted)]
    assert lines == ["  note: a␛.pdf: has a password", "  ✓ paid  ~100%  yes"]


def test_a_span_is_quoted_with_its_line_around_it() -> None:
    start = TEXT.index("Corner")
    span = Span(start, start + 15, "Corner Shop Ltd", "exact", Place(sheet="Sheet1", cell="B4"))
    (line,) = plain({"seller": Value("Corner Shop Ltd", Outcome.FOUND, 1.0, (span,))})
    told = f"Sheet1!B4, {start}–{start + 15}: Seller: Corner Shop Ltd, London"
    assert line == f"  ✓ seller  ~100%  Corner Shop Ltd  {told}"


def test_without_the_text_the_span_is_quoted_alone() -> None:
    span = Span(0, 4, "Bill", "exact", Place())
    assert plain({"kind": Value("Bill", Outcome.FOUND, 1.0, (span,))}, None)[0].endswith("0–4: “Bill”")


def test_what_the_text_says_otherwise_is_told_beside_what_it_has() -> None:
    start = TEXT.index("Corner")
    span = Span(start, start + 15, "Corner Shop Ltd", "fuzzy", Place())
    (line,) = plain({"seller": Value("Corner Shop, Ltd", Outcome.UNGROUNDED, 1.0, (span,))})
    told = f"ungrounded  {start}–{start + 15}: Seller: Corner Shop Ltd, London"
    assert line == f"  ? seller  ~100%  Corner Shop, Ltd  {told}"


def test_each_item_of_a_list_has_its_own_line_and_span() -> None:
    span = Span(0, 4, "Bill", "exact", Place())
    lines = plain({"words": Value(["Bill", "Ghost"], Outcome.FOUND, 1.0, (span, None))})
    assert "0–4" in lines[0]
    assert lines[1].split() == ["Ghost"]


def test_a_judgement_needs_no_span() -> None:
    assert plain({"paid": Value(True, Outcome.FOUND, 1.0)}) == ["  ✓ paid  ~100%  yes"]


def test_of_a_boolean_it_is_told_where_to_look() -> None:
    start = TEXT.index("Corner")
    span = Span(start, start + 6, "Corner", "cue", Place(page=3))
    for said, word in ((True, "yes"), (False, "no")):
        (line,) = plain({"sold": Value(said, Outcome.FOUND, 1.0, (span,))})
        told = f"see page 3, {start}–{start + 6}: Seller: Corner Shop Ltd, London"
        assert line == f"  ✓ sold  ~100%  {word}  {told}"


def test_of_a_counted_date_it_is_told_by_what() -> None:
    start = TEXT.index("Corner")
    span = Span(start, start + 6, "Corner", "counted", Place(page=3))
    (line,) = plain({"sold": Value("2024-03-04", Outcome.FOUND, 1.0, (span,))})
    where = f"counted by page 3, {start}–{start + 6}: Seller: Corner Shop Ltd, London"
    assert line == f"  ✓ sold  ~100%  2024-03-04  {where}"


def test_what_is_absent_says_so() -> None:
    assert plain({"paid": Value(None, Outcome.ABSENT, 1.0), "words": Value([], Outcome.ABSENT, 1.0)}) == [
        "  – paid   ~100%  absent",
        "  – words  ~100%  absent",
    ]


def test_a_calibrated_confidence_stands_plain_and_of_a_list_one_an_item() -> None:
    sure = Value(["Bill", "Shop"], Outcome.FOUND, 0.7, (None, None), (0.984, 0.416), calibrated=True)
    assert plain({"words": sure}) == ["  ✓ words    98%  Bill", "             42%  Shop"]
    assert plain({"paid": Value(None, Outcome.FAILED, None)}) == ["  ✗ paid         failed"]


def test_what_a_person_set_has_no_confidence_of_the_model() -> None:
    made = record({"paid": Value(True, Outcome.FOUND, 1.0, calibrated=True)})
    assert list(map(click.unstyle, record_lines(made, TEXT, frozenset({"paid"})))) == [
        "  ✓ paid         yes  (corrected)"
    ]
    made = record({"words": Value(["Bill", "Shop"], Outcome.FOUND, 1.0, calibrated=True)})
    assert list(map(click.unstyle, record_lines(made, TEXT, frozenset({"words"})))) == [
        "  ✓ words         Bill  (corrected)",
        "                  Shop  (corrected)",
    ]


@given(st.text(min_size=1, max_size=60), st.data())
def test_whatever_the_document_holds_a_value_stays_on_one_line(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    span = Span(start, end, text[start:end], "exact", Place(part=text))
    (line,) = plain({"f": Value(text[start:end], Outcome.FOUND, 1.0, (span,))}, text)
    assert "\n" not in line
    assert "\x1b" not in line


def test_what_is_too_doubtful_to_state_stands_behind_and_says_so() -> None:
    span = Span(0, 4, "Bill", "exact", Place())
    said = Value("Bill", Outcome.FOUND, 0.18, (span,), calibrated=True)
    both = Value(["Bill", "Shop"], Outcome.FOUND, 0.5, (span, None), (0.9, 0.1), calibrated=True)
    lines = plain(
        {
            "kind": Value(None, Outcome.ABSENT, None, whole=said),
            "words": Value(["Bill"], Outcome.FOUND, 0.9, (span,), (0.9,), calibrated=True, whole=both),
        }
    )
    assert lines == [
        "  – kind          absent",
        "             18%  Bill  0–4: Bill of 3 May  ≈ doubtful",
        "  ✓ words    90%  Bill  0–4: Bill of 3 May",
        "             10%  Shop  ungrounded  ≈ doubtful",
    ]
