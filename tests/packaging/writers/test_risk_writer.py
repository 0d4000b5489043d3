"""Made-up contracts: what is labelled is what a clause or a labelled line states, and nothing denies it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from thresher.adapters.training.draw import Draw

COUNT = 400
#: What is stated without a risk to the customer.
HARMLESS = ("governing_law", "liability_cap")


@pytest.fixture(scope="module")
def contracts(scripts: dict[str, Any]) -> list[dict[str, Any]]:
    return list(scripts["make_record_forms"].make_record_forms("legal/risk_flags", COUNT, seed=5))


@pytest.fixture(scope="module")
def words(scripts: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = scripts["risk_parties"].WORDS
    return found


def test_a_seed_makes_the_same_contracts(scripts: dict[str, Any], contracts: list[dict[str, Any]]) -> None:
    made = scripts["make_record_forms"].make_record_forms("legal/risk_flags", COUNT, seed=5)
    assert list(made) == contracts
    other = scripts["make_record_forms"].make_record_forms("legal/risk_flags", COUNT, seed=6)
    assert not {one["input"] for one in other} & {one["input"] for one in contracts}


def test_each_field_is_often_stated_and_often_not(contracts: list[dict[str, Any]]) -> None:
    for name in set(contracts[0]["output"]) - {"counterparty", "risky_clauses"}:
        stated = sum(one["output"][name] not in (None, False) for one in contracts)
        assert COUNT * 0.15 < stated < COUNT * 0.75, name
    assert sum(one["output"]["counterparty"] is None for one in contracts) < COUNT * 0.25
    assert {len(one["output"]["risky_clauses"]) for one in contracts} >= set(range(8))


def test_a_contract_fits_a_window(contracts: list[dict[str, Any]]) -> None:
    lengths = [len(one["input"]) for one in contracts]
    assert max(lengths) <= 2900
    assert sum(700 <= one <= 2500 for one in lengths) > COUNT * 0.7
    assert min(lengths) >= 200


def test_a_risky_clause_is_a_whole_sentence_of_the_text(contracts: list[dict[str, Any]]) -> None:
    for one in contracts:
        clauses = one["output"]["risky_clauses"]
        text = " ".join(one["input"].split())
        assert len(set(clauses)) == len(clauses)
        for clause in clauses:
            assert re.fullmatch(r"[A-Z][^.!?]*(?:\.\S[^.!?]*|\. (?=[a-z])[^.!?]*)*\.", clause), clause
            assert clause in text
            assert text[text.index(clause) + len(clause) :][:1] in ("", " ")


def test_what_states_no_risk_is_no_risky_clause(scripts: dict[str, Any]) -> None:
    for facts in _facts(scripts):
        for name in scripts["risk_facts"].CLAUSES:
            clause = facts.clause(name)
            stated = facts.states[name] == "stated"
            assert (clause is None) == (facts.states[name] == "silent")
            if clause:
                assert bool(clause.risks) == (stated and name not in HARMLESS)
                assert set(clause.risks) <= set(clause.sentences)
                assert bool(clause.gold) == stated
        assert not facts.filler().gold


def test_a_notice_is_that_of_a_renewal(contracts: list[dict[str, Any]]) -> None:
    for one in contracts:
        gold = one["output"]
        assert gold["auto_renewal"] or gold["renewal_notice"] is None


def test_another_length_or_sum_is_not_the_one_that_is_asked_for(scripts: dict[str, Any]) -> None:
    for facts in _facts(scripts):
        facts.of("notice")
        notice = facts.stated["renewal_notice"]
        assert notice not in {facts.of(kind) for kind in ("days", "days2", "cure") for _ in range(5)}
        sums = [facts.of(kind) for kind in ("sum", "cap_sum", "small", "monthly", "deposit", "setup")]
        assert len(set(sums)) == len(sums)


def test_a_limit_that_the_customer_has_is_in_no_contract_that_denies_it(
    scripts: dict[str, Any], words: dict[str, Any]
) -> None:
    """Where the customer is liable without a limit, the cap is the supplier's alone."""
    checked = 0
    for facts in _facts(scripts):
        if facts.states["uncapped_liability"] == facts.states["liability_cap"] == "stated":
            assert facts._wordings("liability_cap") == words["liability_cap"]["supplier"]
            checked += 1
    assert checked > COUNT / 20


def test_there_are_many_wordings_of_each(scripts: dict[str, Any], words: dict[str, Any]) -> None:
    for name in scripts["risk_facts"].CLAUSES:
        stated = words[name].get("stated") or words[name]["supplier"]
        near = words[name]["near"]
        assert len(set(stated)) == len(stated) >= 12
        assert len(set(near)) == len(near) >= 6
        assert not set(stated) & set(near)
    assert sum(map(len, words["fillers"].values())) >= 60


def test_a_sentence_of_two_risks_states_both(scripts: dict[str, Any]) -> None:
    made = 0
    for facts in _facts(scripts):
        if pair := facts.pair(list(scripts["risk_facts"].CLAUSES)):
            names, clause = pair
            assert {facts.states[name] for name in names} == {"stated"}
            assert len(clause.risks) == len(clause.sentences) == 1
            values = {"auto_renewal": "renewal_notice"}
            assert {*names, *(values[name] for name in names if name in values)} == clause.gold.keys()
            made += 1
    assert made > COUNT / 20


def test_a_clause_in_capitals_has_its_gold_in_capitals(scripts: dict[str, Any]) -> None:
    shouted = 0
    for facts in _facts(scripts):
        clause = facts.clause("liability_cap")
        if clause and clause.gold:
            clause.in_capitals()
            cap = clause.gold["liability_cap"]
            shouted += cap == cap.upper()
            assert any(cap in one for one in clause.sentences)
    assert shouted > COUNT / 10


def test_verbs_go_with_we_and_you(contracts: list[dict[str, Any]], words: dict[str, Any]) -> None:
    verbs = "|".join((*words["verbs"], *words["plural_verbs"]))
    wrong = re.compile(rf"\b([Ww]e|[Yy]ou|[Tt]hese \w+) ({verbs})\b|\x01")
    assert not [found[0] for one in contracts if (found := wrong.search(one["input"]))]


def _facts(scripts: dict[str, Any]) -> Iterator[Any]:
    made = scripts["risk_facts"].RiskFacts
    for number in range(COUNT):
        yield made(scripts["make_assorted"].WORDS, Draw(5, "risk", number), False, False)
