import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from thresher.adapters.cues import Cues, words_and_pairs, words_of

INSURED = Cues(labels=40, bias=-3.0, weights={"insurance": 2.0, "insurance policy": 1.5, "coverage": 0.5})


def test_each_cue_counts_once_however_often_it_stands_there() -> None:
    assert INSURED.log_odds(words_and_pairs("Notices go by post.")) == -3.0
    assert INSURED.log_odds(words_and_pairs("INSURANCE, insurance and insurance.")) == -1.0
    assert INSURED.log_odds(words_and_pairs("An insurance\npolicy with coverage.")) == 1.0


def test_a_pair_is_two_words_with_whatever_stands_between_them() -> None:
    found = words_and_pairs("Non-transferable (12) licence; Straße")
    assert found == {
        "non", "transferable", "licence", "strasse",
        "non transferable", "transferable licence", "licence strasse",
    }  # fmt: skip


@given(st.text())
def test_there_is_a_pair_for_every_two_words_and_no_other(text: str) -> None:
    words, found = words_of(text), words_and_pairs(text)
    assert not any(each.isdecimal() or each.isspace() for word in words for each in word)
    assert {one for one in found if " " not in one} == set(words)
    ordered = f" {' '.join(words)} "
    assert all(f" {one} " in ordered for one in found)
    assert len(found) <= max(2 * len(words) - 1, 0)


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
