import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from thresher.adapters.cues import Cues, cues_in, told, words_of

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
    assert cues_in("Insurance (12) Policy") == {"insurance", "policy", "insurance policy"}
    assert cues_in("12") == set()


def test_the_place_is_where_the_weightiest_cues_stand_together() -> None:
    away = " Notices go by post to the other side." * 12
    clause = "insurance with a policy, that is an insurance policy"
    both = Cues(
        labels=40, bias=-3.0, weights={"insurance with": 2.0, "insurance policy": 1.5, "coverage": 0.5}
    )
    assert shown(f"See insurance below.{away} Coverage by {clause} of all. {away} Coverage.", both) == clause
    # Of one that stands there again the shortest run is shown.
    assert shown("insurance, insurance; insurance policy; coverage of insurance") == "insurance policy"
    assert shown(f"insurance{away} coverage") == "insurance"
    assert odds(f"insurance{away} coverage") == -1.0, "what stands far away does not count"
    assert shown("Notices go by post, with coverage.") is None, "it tells too little"
    assert shown("", Cues(labels=20, bias=1.0, weights={})) is None
    # Where several together tell enough it is where the weightiest of them stand.
    weak = Cues(labels=0, bias=-1.0, weights={"premium": 0.6, "insurer": 0.6, "cover": 0.3})
    assert shown("Cover: the premium that an insurer asks, and cover.", weak) == "premium that an insurer"
    assert shown("Cover for a premium.", weak) is None
    # Where it is hardly ever true all the same there is nothing to look at.
    for bias, seen in ((-4.9, "insurance"), (-5.1, None)):
        assert shown("No insurance.", Cues(labels=20, bias=bias, weights={"insurance": 2.0})) == seen


def test_booleans_that_share_a_cue_each_have_it() -> None:
    other = Cues(labels=20, bias=0.0, weights={"coverage": 2.0})
    both = told("Full coverage.", {"insured": INSURED, "covered": other})
    assert {name: (each.log_odds, each.place) for name, each in both.items()} == {
        "insured": (-2.5, None), "covered": (2.0, (5, 13))
    }  # fmt: skip


@given(st.lists(st.sampled_from(["insurance", "policy", "coverage", "so", "12", "-"]), max_size=200))
def test_what_is_told_is_of_a_run_of_eighty_words(said: list[str]) -> None:
    text = " ".join(said)
    found = told(text, {"insured": INSURED})["insured"]
    words = words_of(text)

    def weighs(run: list[str]) -> float:
        return sum(weight for cue, weight in INSURED.weights.items() if f" {cue} " in f" {' '.join(run)} ")

    assert found.log_odds == -3.0 + max(weighs(words[at : at + 80]) for at in range(len(words) + 1))
    assert (found.place is None) == (found.log_odds < -2.0)
    if found.place is not None:
        run = words_of(text[slice(*found.place)])
        assert len(run) <= 80
        # But for a cue at its edge that tells too little.
        assert weighs(run) >= found.log_odds + 3.0 - 0.5
        assert run[0] == "insurance"
        assert run[-1] in ("insurance", "policy")


@given(st.text())
def test_words_have_no_digit_and_no_space(text: str) -> None:
    assert not any(each.isdecimal() or each.isspace() for word in words_of(text) for each in word)


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.floats(0, 100), max_size=20))
def test_the_order_of_the_cues_changes_no_bit(weights: dict[str, float]) -> None:
    orders = {"one": dict(weights), "other": dict(reversed(weights.items()))}
    found = told(
        " ".join(weights), {name: Cues(labels=20, bias=-1.0, weights=w) for name, w in orders.items()}
    )
    assert found["one"] == found["other"]
    assert math.isclose(found["one"].log_odds, -1.0 + math.fsum(weights.values()))


@pytest.mark.parametrize("wrong", [{"bias": math.inf}, {"weights": {"a": math.nan}}, {"labels": -1}])
def test_what_is_no_weight_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Cues.model_validate({"labels": 20, "bias": 0.0, "weights": {}} | wrong)
