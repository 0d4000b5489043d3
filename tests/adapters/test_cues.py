import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from thresher.adapters.cues import Cues, told, words_of

INSURED = Cues(labels=40, bias=-3.0, weights={"insurance": 2.0, "insurance policy": 1.5, "coverage": 0.5})


def odds(text: str) -> float:
    return told(text, {"insured": INSURED})["insured"].log_odds


def shown(text: str, cues: Cues = INSURED) -> str | None:
    place = told(text, {"insured": cues})["insured"].place
    return None if place is None else text[slice(*place)]


def test_each_cue_counts_once_however_often_it_stands_there() -> None:
    assert odds("Notices go by post.") == -3.0
    assert odds("INSURANCE, insurance and insurance.") == -1.0
    assert odds("An insurance\npolicy with coverage.") == 1.0


def test_a_pair_is_two_words_with_whatever_stands_between_them() -> None:
    for text in ("Insurance (12) Policy", "insurance-policy", "insurance\n\npolicy"):
        assert odds(text) == 0.5
    assert odds("insurance or policy") == -1.0
    assert words_of("Non-transferable (12) licence_Straße") == ["non", "transferable", "licence", "strasse"]


def test_the_place_is_where_the_weightiest_cues_stand_together() -> None:
    away = " Notices go by post to the other side." * 10
    clause = "insurance policy, with coverage"
    assert shown(f"See insurance below.{away} It has an {clause} of all goods.{away} No coverage.") == clause
    # Of one that stands there again the shortest run is shown, and of equals the first.
    assert (
        shown("insurance, insurance; insurance policy; coverage of insurance") == "insurance policy; coverage"
    )
    assert shown(f"Coverage one.{away} Coverage two.") == "Coverage"
    assert shown(f"insurance{away} coverage") == "insurance"
    assert shown("Notices go by post.") is None
    assert shown("", Cues(labels=20, bias=1.0, weights={})) is None


def test_booleans_that_share_a_cue_each_have_it() -> None:
    other = Cues(labels=20, bias=0.0, weights={"coverage": 2.0})
    both = told("Full coverage.", {"insured": INSURED, "covered": other})
    assert {name: (each.log_odds, each.place) for name, each in both.items()} == {
        "insured": (-2.5, (5, 13)), "covered": (2.0, (5, 13))
    }  # fmt: skip


@given(st.lists(st.sampled_from(["insurance", "policy", "coverage", "so", "12", "-"]), max_size=120))
def test_a_place_is_a_run_of_forty_words_from_a_cue_to_a_cue(said: list[str]) -> None:
    text = " ".join(said)
    found = told(text, {"insured": INSURED})["insured"]
    cues = {cue for cue in INSURED.weights if f" {cue} " in f" {' '.join(words_of(text))} "}
    assert found.log_odds == INSURED.log_odds(cues)
    assert (found.place is None) == (not cues)
    if found.place is not None:
        run = words_of(text[slice(*found.place)])
        assert 1 <= len(run) <= 41
        assert run[0] in ("insurance", "coverage")
        assert run[-1] in ("insurance", "coverage", "policy")


@given(st.text())
def test_words_have_no_digit_and_no_space(text: str) -> None:
    assert not any(each.isdecimal() or each.isspace() for word in words_of(text) for each in word)


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.floats(0, 100), max_size=20))
def test_the_order_of_the_cues_changes_no_bit(weights: dict[str, float]) -> None:
    found = set(weights)
    one, other = (Cues(labels=20, bias=-1.0, weights=dict(each)) for each in (
        weights.items(), reversed(weights.items())
    ))  # fmt: skip
    assert one.log_odds(found) == other.log_odds(found)
    assert math.isclose(one.log_odds(found), -1.0 + sum(weights.values()), abs_tol=1e-9)


@pytest.mark.parametrize("wrong", [{"bias": math.inf}, {"weights": {"a": math.nan}}, {"labels": 0}])
def test_what_is_no_weight_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Cues.model_validate({"labels": 20, "bias": 0.0, "weights": {}} | wrong)
