"""Rows of a text cover it, fit the width and find their characters again."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from thresher.adapters.visible import one_line, visible
from thresher.app.tui.source_text import SourceText

TEXTS = st.text(st.sampled_from("ab \t\n\x1b漢é\u202e[]/"), max_size=200) | st.text(max_size=80)


@given(TEXTS, st.integers(4, 40))
def test_rows_hold_every_character_but_line_ends(text: str, width: int) -> None:
    rows = SourceText.wrapped(text, width)
    parts = [text[s:e] for s, e in zip(rows.starts, rows.ends, strict=True)]
    assert "".join(parts) == text.replace("\n", "")
    assert all(cell_len(rows.row_text(row)) <= width for row in range(len(rows)))


@given(TEXTS.filter(bool), st.integers(4, 40), st.data())
def test_a_character_is_on_its_row_at_its_cell(text: str, width: int, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text) - 1))
    rows = SourceText.wrapped(text, width)
    row = rows.row_of(offset)
    if text[offset] == "\n":
        return
    assert rows.starts[row] <= offset < rows.ends[row]
    expected = " " if text[offset] == "\t" else visible(text[offset])
    assert rows.row_text(row)[rows.cell_of(row, offset)] == expected


@given(st.text())
def test_visible_is_one_for_one_and_sends_no_control(text: str) -> None:
    shown = visible(text)
    assert len(shown) == len(text)
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in shown if c not in "\t\n")
    assert "\n" not in one_line(text)


def test_words_stay_whole() -> None:
    rows = SourceText.wrapped("one two three", 8)
    assert [rows.row_text(i) for i in range(len(rows))] == ["one two ", "three"]
