"""What a quotation may not cut."""

import unicodedata
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.words import WORD, joins


def test_letters_keep_what_stands_on_them() -> None:
    assert WORD.findall("नामी Jose\u0301 12kg") == ["नामी", " ", "Jose\u0301", " ", "12", "kg"]
    # Old Cyrillic, Coptic, Tifinagh: a letter with what stands on it is one word.
    assert [len(WORD.findall(text)) for text in ("\u0432\u2de3", "\u2c81\u2cef", "\u2d30\u2d7f")] == [1, 1, 1]


def test_a_script_without_spaces_may_be_cut_between_any_two_of_its_letters() -> None:
    assert WORD.findall("ที่นี่") == ["ที่", "นี่"]
    assert WORD.findall("東京Tower") == ["東", "京", "Tower"]
    assert WORD.findall("か\u3099く") == ["か\u3099", "く"]
    assert not joins("東", "京")
    assert not joins("ง", "ก")


@given(st.text())
def test_words_make_up_the_text(text: str) -> None:
    assert "".join(WORD.findall(text)) == text


@given(st.text(alphabet=st.characters(max_codepoint=0xFE2F)))
def test_no_word_begins_with_a_mark_on_a_letter(text: str) -> None:
    words = WORD.findall(text)
    for left, right in pairwise(words):
        if unicodedata.category(right[0]).startswith("M"):
            assert not left[-1].isalpha()
