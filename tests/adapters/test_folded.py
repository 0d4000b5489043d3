import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.folded import FoldedText

HOSTILE = (
    "aB1 \n\u00a0\u3000ßİıſﬁﷺ´e\u0301\u0323\u0344각ㄱ가\u1100\u1161\u11a8"
    "ｶﾞ①Å\u212bΩ\u0345\u0bc6\u0bbe\x00\u200b🙂\u1e9e.,-"
)


def folded(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).casefold())


@given(st.text(alphabet=HOSTILE) | st.text())
def test_folds_as_the_whole_text_would(text: str) -> None:
    assert FoldedText(text).text == folded(text)


@given(st.text(alphabet=HOSTILE, min_size=1), st.data())
def test_every_span_folds_to_what_it_stands_for(text: str, data: st.DataObject) -> None:
    fold = FoldedText(text)
    start = data.draw(st.integers(0, max(len(fold.text) - 1, 0)))
    end = data.draw(st.integers(start + 1, max(len(fold.text), start + 1)))
    if end <= len(fold.text) and (span := fold.span(start, end)):
        assert folded(text[slice(*span)]) == fold.text[start:end]


@pytest.mark.parametrize(
    ("start", "end", "span"), [(0, 2, (0, 1)), (0, 1, None), (1, 2, None), (2, 3, (1, 2))]
)
def test_a_ligature_is_not_cut(start: int, end: int, span: tuple[int, int] | None) -> None:
    assert FoldedText("ﬁx").span(start, end) == span


def test_index_leads_from_the_original_to_the_folded_text() -> None:
    fold = FoldedText("ßß   x")
    assert fold.text == "ssss x"
    assert [fold.index(at) for at in (0, 1, 2, 5, 6)] == [0, 2, 4, 5, 6]


def test_a_space_that_normalising_makes_joins_the_one_before() -> None:
    fold = FoldedText("a ´b")  # the accent alone is a space and a combining accent
    assert fold.text == "a \u0301b"
    assert (fold.span(0, 1), fold.span(1, 2), fold.span(2, 3), fold.span(1, 3)) == (
        (0, 1),
        None,
        None,
        (1, 3),
    )
