"""The columns of a table: which are kept."""

from hypothesis import given
from hypothesis import strategies as st

from thresher.app.documents.grid import Grid

ROWS = st.lists(st.dictionaries(st.integers(0, 10**6), st.sampled_from(["a", "b c", " ", ""])), max_size=9)


@given(ROWS)
def test_texts_of_one_column_stay_in_one_and_none_is_empty(rows: list[dict[int, str]]) -> None:
    grid = Grid()
    added = [grid.add(sorted(row.items())) for row in rows]
    texts = [row.texts() for row in added]
    filled = sorted({column for row in rows for column, text in row.items() if text.strip()})
    for row, laid_out in zip(rows, texts, strict=True):
        expected = [row.get(column, "").strip() and row[column] for column in filled]
        assert laid_out + [""] * (len(filled) - len(laid_out)) == (expected or [""])
    assert all(any(place < len(row) and row[place] for row in texts) for place in range(len(filled)))


def test_a_table_of_next_to_no_text_is_as_long_as_its_texts() -> None:
    grid = Grid()
    rows = [grid.add((column, "x") for column in range(1000))]
    rows += [grid.add([(999, "x")]) for _ in range(4000)]
    assert sum(len(row.texts()) for row in rows) == 5000
