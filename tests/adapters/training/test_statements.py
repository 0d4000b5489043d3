"""What a window's answer states: what stands in it, written as it writes it, and nothing that cannot be."""

import re
from itertools import combinations
from math import e
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.fields import Field
from thresher.adapters.pack_library import find_packs
from thresher.adapters.training.labels import Label, read_labels
from thresher.adapters.training.statements import Placing, Statement, statements, telling


def stated(one: Field, value: Any, *texts: str) -> tuple[list[Any], list[bool], Placing]:
    """The value and whether it is taught, window by window."""
    placing = Placing()
    label = Label("x", "\n".join(texts), "", (one,), {one.name: value})
    found = statements(label, texts, placing)
    return [s.values[one.name] for s in found], [one.name not in s.untaught for s in found], placing


STRING = Field(name="company", type="string")
LIST = Field(name="parts", type="list[string]")
NUMBER = Field(name="total", type="number")
PERSON = Field(name="filer", type="person")
DATE = Field(name="day", type="date")
CLAUSE = Field(name="anti_assignment", type="boolean", description="Whether the contract has such a clause")
KIND = Field(name="kind", type="enum", values=("real_estate", "other"))


@pytest.mark.parametrize(
    ("value", "text", "written"),
    [
        ("Corner Café", "at Corner Café today", "Corner Café"),
        ("corner café", "at CORNER\n  CAFÉ.", "CORNER CAFÉ"),  # normalised: as the window writes it
        ("LOT 3, JALAN KAPAR", "LOT 3,\nJALAN KAPAR", "LOT 3, JALAN KAPAR"),
        (
            "Corner Cafe Ltd",
            "the Corner Cafr Ltd",
            "Corner Cafr Ltd",
        ),  # a near one is all that can be written
    ],
)
def test_a_string_is_taught_as_the_window_writes_it(value: str, text: str, written: str) -> None:
    assert stated(STRING, value, text)[:2] == ([written], [True])


@pytest.mark.parametrize("text", ["nothing of the kind", "leaking pipe"])
def test_what_cannot_be_written_is_not_taught(text: str) -> None:
    """The second has it as a part of a word, which the grammar does not cut."""
    values, taught, placing = stated(STRING, "leak", text)
    assert (values, taught) == ([None], [False])
    assert placing.unplaced["company"] == 1


def test_each_window_states_what_stands_in_it() -> None:
    values, taught, placing = stated(STRING, "Acme", "by Acme", "nothing", "for Acme Inc")
    assert values == ["Acme", None, "Acme"]
    assert taught == [True, True, True]
    assert (placing.values, placing.unplaced.total()) == (1, 0)


def test_a_near_match_counts_only_where_no_window_has_a_better_one() -> None:
    values, _, _ = stated(STRING, "Acme Holding Inc.", "Acme Holdings Inc.", "Acme Holding Inc.")
    assert values == [None, "Acme Holding Inc."]


def test_items_stand_in_the_order_of_their_places_once_each() -> None:
    values, taught, placing = stated(
        LIST, ["valve", "Pump", "seal", "valve", "nowhere at all"], "pump and valve", "the seal", "-"
    )
    assert values == [["pump", "valve"], ["seal"], []]
    assert all(taught)
    assert (placing.values, placing.unplaced["parts"]) == (4, 1)


def test_dates_and_numbers_may_be_said_otherwise_by_the_text() -> None:
    assert stated(DATE, "2019-03-04", "on 4 March 2019", "-")[0] == ["2019-03-04", None]
    assert stated(NUMBER, 3500000.0, "USD 3.5 million")[0] == [3500000]
    assert str(stated(NUMBER, 12.0, "12.00")[0]) == "[12]"


def test_a_window_is_read_as_its_document_writes() -> None:
    windows = ("on 03/04/2019", "since 25/12/2018")
    assert stated(DATE, "2019-04-03", *windows)[:2] == (["2019-04-03", None], [True, True])
    assert stated(DATE, "2019-03-04", *windows)[1] == [False, False]
    assert stated(NUMBER, 1234, "for 1.234", "and 7.200,50")[0] == [1234, None]
    assert stated(NUMBER, 1.234, "for 1.234", "and 7.200,50")[1] == [False, False]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("by HYUNMO\n KOO.", "KOO, HYUNMO"),
        ("by Koo, Hyunmo, who", "Koo, Hyunmo"),
        ("by Hyunmo J. Koo", None),
        ("by HyunmoKoo", None),
        ("by Hyunmo Koos", None),
    ],
)
def test_a_person_is_taught_with_the_family_name_first(text: str, written: str | None) -> None:
    assert stated(PERSON, "Koo, Hyunmo", text)[:2] == ([written], [written is not None])


def test_a_number_that_stands_nowhere_is_taught_where_it_may_be_derived_and_there_is_one_window() -> None:
    assert stated(NUMBER, 42, "add them up")[:2] == ([None], [False])
    derived = NUMBER.model_copy(update={"derived": True})
    assert stated(derived, 42, "add them up")[:2] == ([42], [True])
    assert stated(derived, 42, "add them up", "yes")[:2] == ([None, None], [False, False])
    assert stated(derived, 1e21, "add them up")[:2] == ([None], [False])  # more digits than the grammar has


@pytest.mark.parametrize(
    ("value", "text", "written"),
    [
        ("Mayer Brown, LLP", "by MAYER BROWN\nLLP.", "MAYER BROWN, LLP"),
        ("mayer brown llp", "by MAYER BROWN\nLLP.", "MAYER BROWN LLP"),
        ("Mayer Brown, LLP", "by Mayor Brown, LLP.", "Mayor Brown, LLP"),  # near: the grammar spells no word
        ("May 5.00", "in May 500", None),
        ("3 years", "for three\nyears.", "3 years"),
        ("3 years", "for 3 months and three years.", "3 years"),
    ],
)
def test_a_text_that_may_be_derived_is_taught_with_the_labels_punctuation(
    value: str, text: str, written: str | None
) -> None:
    derived = STRING.model_copy(update={"derived": True})
    assert stated(derived, value, text)[:2] == ([written], [written is not None])
    listed = LIST.model_copy(update={"derived": True})
    assert stated(listed, [value], text)[0] == [[written] if written else []]


def test_a_text_that_may_be_derived_is_taught_where_it_stands_alone() -> None:
    derived = STRING.model_copy(update={"derived": True})
    assert stated(derived, "Mayer, Brown", "none here", "of Mayer Brown")[:2] == (
        [None, "Mayer, Brown"],
        [True, True],
    )
    assert stated(derived, "Nobody AG", "none here")[:2] == ([None], [False])


def test_a_number_is_taught_as_the_text_has_it() -> None:
    """Nearly the same number counts as the same, and only the text's own can be answered."""
    assert stated(NUMBER, 12.502, "12.50 in all, of 12")[0] == [12.5]
    assert stated(DATE, "2019-04-03", "of 3/4/2019", "of 3 April 2019")[0] == ["2019-04-03"] * 2


def test_more_items_than_an_answer_may_have_are_not_taught() -> None:
    """Of a text of four characters an answer has two, however they overlap."""
    assert stated(LIST, ["0 00", "00", "0"], "0 00")[:2] == ([[]], [False])
    assert stated(LIST, ["0 00", "00"], "0 00")[:2] == ([["0 00", "00"]], [True])


def test_absent_and_unknown_are_different() -> None:
    assert stated(LIST, [], "a", "b")[:2] == ([[], []], [True, True])
    (one,) = statements(Label("x", "a", "", (STRING, LIST), {"company": None}), ["a"], Placing())
    assert one == Statement({"company": None, "parts": []}, frozenset({"parts"}))


def test_an_enum_that_is_a_dash_is_taught() -> None:
    rhesus = Field(name="rh", type="enum", values=("+", "-"))
    assert stated(rhesus, "-", "Blood group O, rhesus negative")[:2] == (["-"], [True])
    assert Statement({"rh": "-"}).says_something
    # It tells something that the other value does not.
    assert telling([Statement({"rh": "+"}), Statement({"rh": None}), Statement({"rh": "-"})], 2) == {0, 2}


def test_a_judged_value_goes_to_the_window_that_shares_its_words() -> None:
    texts = ("1. Parties", "2. No assignment is allowed, anti or pro", "3. It may be assigned", "4. Notices")
    values, taught, _ = stated(CLAUSE, True, *texts)
    assert values == [False, True, False, False]
    assert taught[0]
    assert taught[1]
    assert taught[3]
    assert stated(CLAUSE, False, *texts)[:2] == ([False] * 4, [True] * 4)
    assert stated(CLAUSE, True, "one window")[:2] == ([True], [True])
    assert stated(CLAUSE, True, "no word", "at all")[:2] == ([False, False], [False, False])
    assert stated(KIND, "real_estate", "a farm", "real estate in Kent")[:2] == (
        [None, "real_estate"],
        [True, True],
    )


@given(st.lists(st.sampled_from(["pump", "valve", "left pump", "seal,", "«oil»"]), max_size=6), st.randoms())
def test_every_item_taught_can_be_written(items: list[str], chance: Any) -> None:
    """Items come from the window's own text, none twice: the engine ends a list at a repeat."""
    words = [*items, "and", "the", "rest"]
    chance.shuffle(words)
    text = " ".join(words)
    (values,), _, placing = stated(LIST, items, text)
    assert all(item in text for item in values)
    assert len(set(values)) == len(values)
    assert placing.unplaced.total() == 0


def test_words_that_all_fields_share_choose_no_window() -> None:
    about = "Whether the contract has a clause of this kind: "
    fields = tuple(
        Field(name=name, type="boolean", description=about + name) for name in ("insurance", "audit", "cap")
    )
    texts = ("a clause of this kind, whether or not", "insurance is carried by the buyer", "the rest of it")
    label = Label("x", "\n".join(texts), "", fields, {"insurance": True})
    found = statements(label, texts, Placing())
    assert [one.values["insurance"] for one in found] == [False, True, False]


def test_the_window_of_a_clause_is_found_in_real_contracts(shared_data: Path) -> None:
    """Against a pattern for the wording of the clause; by chance a window has it in a tenth of cases."""
    record_type = find_packs().pick("legal", "contract")
    wording = re.compile(
        r"not\s+(be\s+)?(assign|transfer).{0,200}consent|assign.{0,160}without.{0,80}consent", re.S
    )
    hits = cases = 0
    for label in read_labels([shared_data / "legal/contract/dev.jsonl"], record_type.fields, unfit=[]):
        texts = [label.text[at : at + 3000] for at in range(0, min(len(label.text), 60000), 3000)]
        has = [bool(wording.search(text)) for text in texts]
        if label.values["anti_assignment"] is not True or not any(has) or len(texts) < 5:
            continue
        asked = Label(label.id, label.text, "", label.fields, {"anti_assignment": True})
        chosen = [one.values["anti_assignment"] for one in statements(asked, texts, Placing())].index(True)
        hits, cases = hits + has[chosen], cases + 1
    assert cases >= 15
    assert hits / cases > 0.6


@given(
    st.lists(st.frozensets(st.sampled_from("abcdefgh")), max_size=8), st.integers(min_value=1, max_value=9)
)
def test_the_statements_that_tell_most_are_chosen(said: list[frozenset[str]], most: int) -> None:
    found = [Statement({"items": sorted(items), "sure": False, "day": None}) for items in said]
    chosen = telling(found, most)
    assert len(chosen) == min(most, len(said))
    told = set[str]().union(*(said[at] for at in chosen))
    # What is left out tells nothing new unless there was no room; greed reaches 1 - 1/e of the best cover.
    if len(chosen) == len(told) < most:
        assert told == set[str]().union(*said)
    best = max(len(set[str]().union(*part)) for part in combinations(said, len(chosen)))
    assert len(told) >= (1 - 1 / e) * best


def test_of_like_statements_the_earliest_is_chosen_and_an_untaught_value_tells_nothing() -> None:
    found = [
        Statement({"name": "Larch"}, frozenset({"name"})),
        Statement({"name": "Larch"}),
        Statement({"name": "LARCH "}),
        Statement({"name": None, "sure": True}),
    ]
    assert telling(found, 2) == {1, 3}
    assert telling(found, 3) == {0, 1, 3}
