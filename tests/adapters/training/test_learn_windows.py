"""What labels tell of the words of the parts that state a text."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.cues import LONG, cues_in, log_odds
from thresher.adapters.fields import Field
from thresher.adapters.training.labels import Label
from thresher.adapters.training.learn_windows import learn_windows
from thresher.adapters.window_choice import best_windows

LAW = Field(name="law", type="string", description="Where it holds")
PARTIES = Field(name="parties", type="list[string]")
SIGNED = Field(name="signed", type="date")
STATES = ("Texas", "Ohio", "New York", "Utah")
PARTS = 8
#: Words that every part has.
FILLER = "The goods are stored in a dry place, and a note of all that is not there is sent by post. "


def part(said: str) -> str:
    return (said + FILLER * (LONG // len(FILLER) + 1))[: LONG - 1] + "\n"


def contract(number: int) -> Label:
    """Its law, in one part; an address in the same state, in another, of every second one."""
    clause = 2 + number % 5
    state, office = STATES[number % 4], clause - 1
    said = [""] * PARTS
    said[office] += f"The office of shop {number} is at 7 Main Street, {state if number % 2 else 'Iowa'}. "
    said[clause] += f"This is governed by the laws of {state}. "
    said[0] += f"Made by Ash {number} Ltd and Elm {number} Inc. "
    values = {"law": state, "parties": [f"Ash {number} Ltd", f"Elm {number} Inc"], "signed": None}
    return Label(f"c{number}", "".join(map(part, said)), "", (LAW, PARTIES, SIGNED), values, most_windows=4)


def contracts(count: int = 24) -> list[Label]:
    return [contract(number) for number in range(count)]


def test_the_words_of_the_clause_are_cues_and_not_those_of_an_address() -> None:
    cues = learn_windows(contracts())
    assert cues.keys() == {"law", "parties"}, "a date is told by what stands beside it"
    assert "governed" in cues["law"].weights
    assert not cues["law"].weights.keys() & {"office", "street", "main street"}
    assert "made by" in cues["parties"].weights
    assert cues["law"].labels == 24
    clause, address = (cues_in(text) for text in ("governed by the laws of Maine", "7 Main Street, Texas"))
    assert log_odds(cues["law"], clause) > log_odds(cues["law"], address)


def test_by_them_the_window_is_asked_that_states_it() -> None:
    texts = [part("")] * 12
    texts[9] = part("This is governed by the laws of Maine. ")
    texts[4] = part("It holds where it holds. ")
    assert best_windows(texts, [LAW], 3) == [0, 1, 4], "by the words of its description"
    assert best_windows(texts, [LAW], 3, learn_windows(contracts())) == [0, 1, 9]


def test_where_no_window_is_chosen_nothing_is_learnt() -> None:
    unchosen = [Label(one.id, one.text, "", one.fields, one.values) for one in contracts()]
    assert learn_windows(unchosen) == {}
    short = [
        Label(one.id, one.text[-LONG:], "", one.fields, one.values, most_windows=4) for one in contracts()
    ]
    assert learn_windows(short) == {}
    assert learn_windows(contracts(8)) == {}


def test_of_a_text_that_no_part_states_nothing_is_learnt() -> None:
    elsewhere = [
        Label(f"u{at}", contract(at).text, "", (LAW,), {"law": "Narnia"}, most_windows=4) for at in range(20)
    ]
    unknown = [Label(f"n{at}", contract(at).text, "", (LAW,), {}, most_windows=4) for at in range(20)]
    assert learn_windows(contracts() + elsewhere + unknown) == learn_windows(contracts())


@settings(deadline=None, max_examples=3)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_labels_changes_nothing(random: Random) -> None:
    labels = contracts(16)
    assert learn_windows(random.sample(labels, len(labels))) == learn_windows(labels)
