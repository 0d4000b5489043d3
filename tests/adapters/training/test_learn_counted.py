"""What labels tell of the lengths of time by which a date is counted."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.counted_dates import counted
from thresher.adapters.fields import Field
from thresher.adapters.training.labels import Label
from thresher.adapters.training.learn_counted import learn_counted
from thresher.adapters.training.learn_cues import cues_of_sets, without_cued
from thresher.adapters.training.read_sets import read_sets
from thresher.adapters.training.run_config import parse_run

BEGINS = Field(name="begins", type="date")
ENDS = Field(name="ends", type="date", counted_from=("begins",))
DAY = date(2019, 3, 4)
AWAY = " The parties have read what they sign and say so here, in good faith and of free will." * 2


def label(number: int, text: str, ends: date | None, begins: date | None = DAY) -> Label:
    values = {"begins": begins and begins.isoformat(), "ends": ends and ends.isoformat()}
    return Label(f"c{number}", text, "", (BEGINS, ENDS), values)


def contract(number: int, years: int) -> Label:
    """A notice and a warranty stand in it beside the term."""
    parts = ["By 30 days' notice to the seller.", f"For a term of {years} years.", "Warranty: 1 year.", ""]
    return label(number, AWAY.join(parts), DAY.replace(year=2019 + years))


def contracts(count: int = 20) -> list[Label]:
    return [contract(number, 2 + number % 4) for number in range(count)]


def test_the_words_beside_the_length_that_leads_there_are_cues() -> None:
    cues = learn_counted(contracts())["ends"]
    assert cues.labels == 20
    assert "term of" in cues.weights
    assert not cues.weights.keys() & {"notice", "warranty", "days", "the parties"}
    text = f"By 9 days' notice to the seller.{AWAY} For a term of seven (7) years.{AWAY} Warranty: 1 year."
    found = counted(text, DAY, cues)
    assert found is not None
    assert (found.day, found.log_odds > 0) == (date(2026, 3, 4), True)


def test_a_label_may_have_the_last_day_of_the_time() -> None:
    assert learn_counted(ending_before(1)) == learn_counted(contracts())
    assert learn_counted(ending_before(2)) == {}


def ending_before(days: int) -> list[Label]:
    return [
        label(at, one.text, date.fromisoformat(one.values["ends"]) - timedelta(days=days))
        for at, one in enumerate(contracts())
    ]


def test_of_fewer_than_ten_that_are_counted_nothing_is_learnt() -> None:
    others = [label(100 + at, contract(0, 3).text, None) for at in range(20)]
    assert learn_counted(contracts(10) + others)
    assert learn_counted(contracts(9) + others) == {}
    assert learn_counted([]) == {}


def test_a_label_without_the_date_it_is_counted_from_tells_nothing() -> None:
    unknown = [label(100 + at, contract(0, 3).text, DAY, None) for at in range(30)]
    assert learn_counted(contracts() + unknown) == learn_counted(contracts())


def test_a_date_that_is_not_counted_learns_nothing() -> None:
    plain = Field(name="ends", type="date")
    labels = [Label(one.id, one.text, "", (BEGINS, plain), one.values) for one in contracts()]
    assert learn_counted(labels) == {}


def test_a_word_of_few_documents_is_no_cue_however_often_they_have_it() -> None:
    """The name of a customer would tell whose contracts they were."""
    own = contracts(5)
    texts = [one.text.replace("a term of", "a Zyxwv term of") * 3 for one in own]
    named = [Label(one.id, text, "", one.fields, one.values) for one, text in zip(own, texts, strict=True)]
    named += contracts()[5:]
    assert not any("zyxwv" in cue for cue in learn_counted(named)["ends"].weights)


def test_a_run_learns_them_of_short_documents_too_and_teaches_the_date_all_the_same(tmp_path: Path) -> None:
    lines = [
        {
            "id": one.id,
            "input": f"{one.text} Number {number}.",
            "output": {"effective_date": one.values["begins"], "expiration_date": one.values["ends"]},
        }
        for number, one in enumerate(contracts(60))
    ]
    (tmp_path / "l.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    sets = [{"domain": "legal", "record_type": "contract", "labels": ["l.jsonl"]}]
    run = {"base": "b", "out": "o", "sets": sets, "validation_share": 0.2, "proof_share": 0.2}
    (read,) = read_sets(parse_run(run, "run.yaml", tmp_path))[0]
    cues = cues_of_sets([read], {})
    assert cues == {"legal/contract": learn_counted(read.sides.train) | cues["legal/contract"]}
    assert cues["legal/contract"].keys() == {"expiration_date"}
    assert cues["legal/contract"]["expiration_date"].labels == len(read.sides.train)
    assert without_cued(read, cues) == read


@settings(deadline=None, max_examples=25)
@given(st.permutations(contracts()), st.randoms())
def test_they_learn_the_same_in_any_order(labels: Sequence[Label], random: Random) -> None:
    assert learn_counted(labels) == learn_counted(contracts())
