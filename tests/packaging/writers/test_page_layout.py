"""Layouts of made-up pages: nothing of an entry is lost, and what belongs together stands together."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.training.draw import Draw

WORDS = st.text("abcxyz019.-", min_size=1, max_size=20)
ENTRIES = st.lists(st.tuples(WORDS, WORDS), max_size=14)
SEEDS = st.integers(0, 99)


@pytest.fixture(scope="module")
def layout(scripts: dict[str, Any]) -> Any:
    return scripts["page_layout"]


@given(entries=ENTRIES, seed=SEEDS)
def test_every_label_and_value_is_laid_out_once(layout: Any, entries: list[Any], seed: int) -> None:
    text = " ".join(layout.labelled(entries, Draw(seed))).replace(": ", " ").split()
    words = [word for entry in entries for word in entry]
    assert sorted(word for word in text if word not in {"|", ":"}) == sorted(words)


@given(entries=ENTRIES, seed=SEEDS)
def test_a_band_has_each_value_below_its_head(layout: Any, entries: list[Any], seed: int) -> None:
    lines = [line.split("|") if "|" in line else line.split() for line in layout.band(entries, Draw(seed))]
    pairs = [
        pair
        for heads, values in zip(lines[::2], lines[1::2], strict=True)
        for pair in zip(heads, values, strict=True)
    ]
    assert [(label.strip(), value.strip()) for label, value in pairs] == entries


@given(left=st.lists(WORDS, max_size=6), right=st.lists(WORDS, max_size=6), wide=st.integers(0, 30))
def test_of_two_blocks_abreast_the_right_begins_in_one_column(
    layout: Any, left: list[str], right: list[str], wide: int
) -> None:
    lines = layout.beside(left, right, wide)
    column = max(wide, *(len(line) + 1 for line in left), 0) + 2
    assert [line[:column].rstrip() for line in lines][: len(left)] == left
    assert [line[column:] for line in lines][: len(right)] == right
