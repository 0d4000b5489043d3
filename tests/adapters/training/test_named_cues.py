"""Which words of texts a boolean names itself."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.field_words import stems
from thresher.adapters.training.cue_texts import cue_texts
from thresher.adapters.training.named_cues import named_cues

#: Six hundred words, of which each of the last stands once.
TEXT = "party to it " * 190 + "competitive product insurance insured audit audits of Competitors, late fee."
WORDS = st.lists(st.sampled_from(["compete", "Competitor's", "the", "audit", "audits", "x", "-", "12"]))


def names(text: str, *says: str) -> set[str]:
    texts = cue_texts([text] * 6)
    named = named_cues(texts, stems(" ".join(says)).keys())
    return {cue for cue, is_named in zip(texts.cues, named, strict=True) if is_named}


def test_they_are_those_of_its_name_and_description_in_any_ending() -> None:
    assert names(TEXT, "non_compete whether it may not be competing") == {"competitive", "competitors"}
    assert names(TEXT, "audit_rights", "insurance_") == {"audit", "audits", "insurance"}
    assert names(TEXT, "") == names(TEXT) == set()


def test_what_stands_everywhere_and_what_says_nothing_are_none() -> None:
    assert names(TEXT, "whether a party is to be of it") == set()
    assert names("late party " + "fee " * 1100, "a party that is late pays a fee") == {"party", "late"}


def test_of_no_text_there_are_none() -> None:
    assert not named_cues(cue_texts([]), {"compet"}).size
    assert names("", "non_compete") == set()


@given(WORDS, WORDS, st.randoms())
def test_they_are_words_of_the_texts_whatever_the_order_of_what_is_said(
    said: list[str], more: list[str], random: Random
) -> None:
    found = names(TEXT, *said, *more)
    assert found <= {word.strip(".,").casefold() for word in TEXT.split()}
    assert found == names(TEXT, *random.sample(said + more, len(said + more)))
    assert found == names(TEXT, " ".join(said)) | names(TEXT, " ".join(more))
