"""Of a long document those windows are asked whose words fit the fields best."""

from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.cues import Cues
from thresher.adapters.fields import Field
from thresher.adapters.window_choice import best_windows

LAW = Field(name="governing_law", type="string", description="State or country whose law governs")
DAY = Field(name="signed", type="date", description="Date of the signature")
TOTAL = Field(name="total", type="number", description="")
#: Long enough that a word more or less changes no mean.
FILLER = "The supplier delivers goods in crates, and the buyer stores them in a dry place. " * 6


def document(count: int, **said: str) -> list[str]:
    """So many windows of filler; `w7="…"` is said in window 7."""
    texts = [FILLER] * count
    for name, text in said.items():
        texts[int(name[1:])] += text
    return texts


def test_the_first_two_are_asked_and_then_what_fits() -> None:
    texts = document(20, w7="This contract is governed by the laws of Delaware.")
    assert best_windows(texts, [LAW], 3) == [0, 1, 7]


def test_each_field_has_its_turn() -> None:
    said = "laws govern, governing law, the law of the state, countries"
    texts = document(20, w5=said, w6=said, w9=said, w14="Signed at London on 2019-03-04.")
    assert best_windows(texts, [LAW, DAY], 4) == [0, 1, 5, 14]


def test_a_type_is_a_cue_where_no_word_is() -> None:
    texts = document(12, w8="1,204.00 889.10 77.25 1,020.00 34.20", w4="On 4/3/2019 and until 31.12.2021.")
    assert 8 in best_windows(texts, [TOTAL], 3)
    assert 4 in best_windows(texts, [DAY.model_copy(update={"description": ""})], 3)


def test_a_word_that_all_fields_have_decides_nothing() -> None:
    kinds = ("insurance", "audit", "exclusivity")
    fields = [Field(name=k, type="boolean", description=f"Whether there is a clause on {k}") for k in kinds]
    texts = document(
        16,
        w3="clause clause clause clause",
        w6="The insurance covers fire.",
        w9="An audit may be held.",
        w12="Exclusivity is granted.",
    )
    assert best_windows(texts, fields, 5) == [0, 1, 6, 9, 12]


def test_what_labels_taught_of_a_text_goes_before_its_own_words() -> None:
    said = "laws govern, governing law, the law of the state, countries"
    texts = document(20, w5=said, w9="It is construed by courts of Ohio.", w14="Signed on 2019-03-04.")
    cues = {"governing_law": Cues(labels=40, bias=-4, weights={"construed": 2.0, "courts of": 1.0})}
    assert best_windows(texts, [LAW, DAY], 4, cues) == [0, 1, 9, 14]
    assert best_windows(texts, [LAW], 4, cues) == [0, 1, 2, 9], "of windows that are alike the earliest"


def test_cues_of_a_date_choose_no_window() -> None:
    texts = document(12, w4="On 4/3/2019 and until 31.12.2021.", w7="It is effective.")
    cues = {"signed": Cues(labels=40, bias=-4, weights={"effective": 9.0})}
    assert best_windows(texts, [DAY], 3, cues) == best_windows(texts, [DAY], 3) == [0, 1, 4]


def test_without_any_cue_the_first_are_asked() -> None:
    assert best_windows(["одно", "два", "три", "четыре"] * 3, [LAW], 5) == [0, 1, 2, 3, 4]
    assert best_windows(["", "", ""], [LAW], 2) == [0, 1]


@given(
    st.lists(st.text(max_size=60), max_size=30),
    st.lists(st.sampled_from([LAW, DAY, TOTAL]), unique_by=lambda field: field.name),
    st.integers(1, 12),
)
def test_there_are_as_many_as_may_be_each_once_in_order(
    texts: list[str], fields: list[Field], most: int
) -> None:
    chosen = best_windows(texts, fields, most)
    assert chosen == sorted(set(chosen))
    assert all(0 <= number < len(texts) for number in chosen)
    assert len(chosen) == (min(most, len(texts)) if fields or len(texts) <= most else min(most, 2))
