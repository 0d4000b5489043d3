import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.windows import Window, windows


def words(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\s*\S+|\s+", text)]


def test_a_short_text_is_one_window() -> None:
    assert windows("a b c", words("a b c"), 10, 2) == [Window(0, 5, 0, 3)]


def test_no_text_has_no_window() -> None:
    assert windows("", [], 10, 2) == []


def test_a_text_without_tokens_is_still_covered() -> None:
    assert windows("   ", [], 10, 2) == [Window(0, 3, 0, 0)]


def test_windows_end_at_lines_and_the_next_starts_at_one() -> None:
    text = "".join(f"line {number} has five words\n" for number in range(40))
    offsets = [match.span() for match in re.finditer(r"\S+[ \n]", text)]
    parts = windows(text, offsets, 52, 12)
    assert len(parts) > 4
    for part in parts:
        assert text[part.start - 1 : part.start] in ("", "\n")
        assert text[part.end - 1] == "\n"
    shared = [a.last_token - b.first_token for a, b in pairwise(parts)]
    assert all(6 <= tokens <= 18 for tokens in shared)


def test_without_lines_a_window_ends_between_words() -> None:
    text = "abc " * 100
    parts = windows(text, [(i, i + 1) for i in range(len(text))], 50, 10)
    for part in parts[:-1]:
        assert text[part.end - 1] == " " or text[part.end] == " "


def test_a_character_of_several_tokens_stays_whole() -> None:
    text = "🙂" * 20
    offsets = [(i, i + 1) for i in range(20) for _ in range(4)]
    for part in windows(text, offsets, 10, 4):
        assert part.first_token % 4 == part.last_token % 4 == 0


@pytest.mark.parametrize(("size", "overlap"), [(0, 0), (5, 5), (5, -1)])
def test_impossible_sizes_are_refused(size: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="cannot overlap"):
        windows("abc", [(0, 1)], size, overlap)


@st.composite
def tokenised(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    """A text with tokens that leave gaps, cover nothing, share characters or overlap."""
    text = draw(st.text(alphabet="ab \n🙂é", max_size=120))
    offsets, at = [], 0
    while at < len(text):
        at += draw(st.integers(0, 2))
        end = min(at + draw(st.integers(0, 3)), len(text))
        offsets.append((min(at, len(text)), max(end, min(at, len(text)))))
        at = max(end - draw(st.integers(0, 1)), at)
        if len(offsets) > 300:
            break
    return text, offsets


@given(tokenised(), st.integers(1, 40), st.data())
def test_windows_lose_nothing_and_fit(
    case: tuple[str, list[tuple[int, int]]], size: int, data: st.DataObject
) -> None:
    text, offsets = case
    overlap = data.draw(st.integers(0, size - 1))
    parts = windows(text, offsets, size, overlap)
    covered = {at for part in parts for at in range(part.start, part.end)}
    assert covered == set(range(len(text)))
    if text:
        tokens = {token for part in parts for token in range(part.first_token, part.last_token)}
        assert tokens == set(range(len(offsets)))
    for part in parts:
        assert part.last_token - part.first_token <= size
        for start, end in offsets[part.first_token : part.last_token]:
            assert part.start <= start <= end <= part.end
    for before, after in pairwise(parts):
        assert before.first_token < after.first_token <= before.last_token < after.last_token


@given(tokenised(), st.integers(2, 40), st.data())
def test_what_is_half_as_long_as_the_overlap_stands_whole_in_a_window(
    case: tuple[str, list[tuple[int, int]]], size: int, data: st.DataObject
) -> None:
    """What the settings and docs/extraction.md say of values near an edge."""
    text, offsets = case
    overlap = data.draw(st.integers(0, size // 2))
    parts = windows(text, offsets, size, overlap)
    length = overlap // 2
    for first in range(len(offsets) - length + 1 if text else 0):
        assert any(part.first_token <= first and first + length <= part.last_token for part in parts)
