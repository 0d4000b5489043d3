"""A name with the family name first is the one that a text writes as it is spoken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.person_name import family_first, spoken

WORD = st.text(st.characters(categories=["Lu", "Ll"]), min_size=1, max_size=8)
WORDS = st.lists(WORD, min_size=1, max_size=3).map(" ".join)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Koo, Hyunmo", "Hyunmo Koo"),
        ("van der Berg , Jan  Piet", "Jan  Piet van der Berg"),
        ("Koo", None),
        ("Koo,", None),
        (", Hyunmo", None),
        ("", None),
    ],
)
def test_a_name_as_it_is_spoken(name: str, said: str | None) -> None:
    assert spoken(name) == said


def test_the_family_name_is_written_first_as_the_text_has_it() -> None:
    assert family_first("JAN\n PIET VAN DER BERG", "van der Berg, Jan Piet") == "VAN DER BERG, JAN PIET"


@given(WORDS, WORDS)
def test_there_and_back(family: str, given_names: str) -> None:
    name = f"{family}, {given_names}"
    said = spoken(name)
    assert said is not None
    assert family_first(said, name) == name
