from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.field_words import FieldWords, stems
from thresher.adapters.fields import Field

INSURANCE = Field(name="insurance", type="boolean", description="Whether the contract asks for insurance")
AUDIT = Field(name="audit_rights", type="boolean", description="Whether the contract lets books be audited")
WORDS = FieldWords([INSURANCE, AUDIT])


def score(field: Field, text: str) -> float:
    return WORDS.score(field.name, stems(text))


def test_words_are_compared_by_their_beginnings() -> None:
    assert stems("The Assignor's ASSIGNMENTS, of 12 part_laws") == {"assign": 2, "part": 1, "law": 1}
    assert score(INSURANCE, "insurances") == score(INSURANCE, "Insurance") > 0


def test_the_fields_own_words_weigh_more_than_those_that_several_share() -> None:
    assert score(INSURANCE, "insurance") > score(INSURANCE, "whether the contract")
    assert score(INSURANCE, "of books") == 0


def test_a_field_without_words_has_none_in_any_text() -> None:
    nameless = Field(name="7", type="boolean")
    assert FieldWords([nameless]).score("7", stems("seven of 7")) == 0


@given(
    st.lists(st.sampled_from(["insurance", "asks", "books", "audit", "sea"])), st.sampled_from(["audit", "x"])
)
def test_a_word_more_never_makes_it_less(words: list[str], more: str) -> None:
    for field in (INSURANCE, AUDIT):
        before, after = score(field, " ".join(words)), score(field, " ".join([*words, more]))
        assert after >= before
        assert (after > before) == (field is AUDIT and more == "audit")
