"""From signals to a confidence: what labels change, and what they never do."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thresher.adapters.calibration import Group, Weights
from thresher.app.calibration.calibrator import Labelled, confidences, fit_group
from thresher.app.evaluation.calibration import expected_calibration_error
from thresher.app.extraction.signals import Signals

from ..any_signals import any_signals, logs
from .conftest import Drawer, signals

labelled = st.builds(
    Labelled, st.sampled_from(["d1", "d2"]), st.sampled_from(["a", "b"]), any_signals, st.booleans()
)


def test_no_label_makes_no_calibration() -> None:
    assert fit_group([]) is None


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(labelled, min_size=1, max_size=25), any_signals, logs, logs, st.sampled_from(["a", "new"]))
def test_what_the_model_is_surer_of_never_comes_out_less_sure(
    values: list[Labelled], given: Signals, total: float, least: float, field: str
) -> None:
    group = fit_group(values)
    assert group is not None
    sureness = given.sureness
    surer = replace(sureness, total=max(total, sureness.total), least=max(least, sureness.least))
    low, high = confidences(group, [field] * 2, [given, replace(given, sureness=surer)])
    assert 0 <= low <= high <= 1


def test_a_single_label_leaves_the_confidence_near_the_models_own_probability() -> None:
    group = fit_group([Labelled("d", "other", signals(math.log(0.7)), True)])
    assert group is not None
    for chance in (0.1, 0.5, 0.9):
        (confidence,) = confidences(group, ["f"], [signals(math.log(chance))])
        assert confidence == pytest.approx(chance, abs=0.2)


def test_many_labels_find_the_law(drawn: Drawer) -> None:
    group = fit_group(drawn(4000))
    assert group is not None
    for chance in (0.3, 0.6, 0.9, 0.99):
        (confidence,) = confidences(group, ["field 0"], [signals(math.log(chance))])
        law = 1 / (1 + math.exp(1 - math.log(chance / (1 - chance)) / 2))
        assert confidence == pytest.approx(law, abs=0.04)


def test_the_words_of_a_boolean_tell_what_the_model_does_not() -> None:
    """A model that is always as sure, of contracts that have the clause where they have its words."""
    random = np.random.default_rng(0)
    values = []
    for number, words in enumerate(random.uniform(0, 1, 400)):
        is_there = bool(random.random() < words)
        claim = signals(math.log(0.7), absent=True, words=float(words))
        values.append(Labelled(f"d{number}", "insurance", claim, not is_there))
    group = fit_group(values)
    assert group is not None
    few, many = (signals(math.log(0.7), absent=True, words=words) for words in (0.1, 0.9))
    assert confidences(group, ["insurance"] * 2, [few, many]) == pytest.approx([0.9, 0.1], abs=0.1)
    # Where nothing is known of the words it is neither.
    (unknown,) = confidences(group, ["insurance"], [replace(few, words=None)])
    assert unknown == pytest.approx(0.5, abs=0.1)


def test_values_of_other_documents_are_calibrated(drawn: Drawer) -> None:
    group, others = fit_group(drawn(600)), drawn(6000, seed=1)
    assert group is not None
    said = confidences(group, [v.field for v in others], [v.signals for v in others])
    right = [v.right for v in others]
    before = expected_calibration_error([v.signals.sureness.probability for v in others], right)
    after = expected_calibration_error(said, right)
    assert before is not None
    assert after is not None
    assert after < 0.04 < 0.2 < before


def test_a_field_that_is_often_wrong_is_trusted_less(drawn: Drawer) -> None:
    values = [replace(v, right=False) if v.field == "field 0" else v for v in drawn(500)]
    group = fit_group(values)
    assert group is not None
    bad, good = confidences(group, ["field 0", "field 1"], [signals(-0.05)] * 2)
    assert bad < 0.2 < good


def test_it_keeps_from_how_few_windows_a_labelled_value_was_absent() -> None:
    counts = (8, 3, None)
    group = fit_group([Labelled("d", "f", signals(-0.1, absent=True, windows=n), True) for n in counts])
    assert group is not None
    assert group.windows == 3
    unknown = fit_group([Labelled("d", "f", signals(-0.1, absent=True), True)])
    assert unknown is not None
    assert unknown.windows is None


def test_an_unknown_match_and_field_still_have_a_confidence(drawn: Drawer) -> None:
    group = fit_group(drawn(100))
    assert group is not None
    given = [signals(0.0, tokens=0), signals(-math.inf, stated="fuzzy", ocr=0.2, agreement=0.1)]
    assert np.isfinite(confidences(group, ["new", "new"], given)).all()


def test_what_ocr_may_have_misread_is_less_sure_though_no_scan_was_labelled(drawn: Drawer) -> None:
    group = fit_group(drawn(200))
    assert group is not None
    said = confidences(group, ["f"] * 3, [signals(-0.01, ocr=ocr) for ocr in (None, 0.9, 0.4)])
    assert said[0] > said[1] > said[2]
    # With no label at all it is the model's probability times that of the reading.
    slopes = dict.fromkeys(("log_probability", "log_improbability"), 1.0)
    prior = Group(weights=Weights(**dict.fromkeys(Weights.model_fields, 0.0) | slopes), values=0, right=0)
    assert confidences(prior, ["f"], [signals(math.log(0.8), ocr=0.5)]) == pytest.approx([0.4])


def test_the_simplest_form_is_the_models_own_probability_and_the_next_knows_no_field(drawn: Drawer) -> None:
    values = drawn(200)
    own, of_probability = fit_group(values, "own"), fit_group(values, "probability")
    assert own is not None
    assert of_probability is not None
    given = [signals(math.log(chance), tokens=9) for chance in (0.1, 0.5, 0.9)]
    assert confidences(own, ["field 0"] * 3, given) == pytest.approx([0.1, 0.5, 0.9])
    assert own.fields == of_probability.fields == {}
    assert of_probability.weights.tokens == 0
    assert of_probability.weights.log_probability != 1


def test_an_item_that_is_said_again_is_less_sure_and_labels_say_how_much(drawn: Drawer) -> None:
    again = replace(signals(math.log(0.8)), repeats=True)
    without = fit_group(drawn(1))
    wrong, right = (
        fit_group([Labelled(f"d{at}", "f", again, is_right) for at in range(50)])
        for is_right in (False, True)
    )
    said = [confidences(group, ["f"], [again])[0] for group in (wrong, without, right) if group]
    assert said[0] < 0.2 < said[1] < 0.6 < said[2]


def test_what_stands_behind_the_first_window_is_as_sure_as_labels_say_of_its_field() -> None:
    """Names are right at a document's front alone, laws are right anywhere."""
    sure = signals(math.log(0.8))
    values = [
        Labelled(f"d{at}", field, replace(sure, later=later), right)
        for at in range(40)
        for field, later, right in (("name", False, True), ("name", True, at % 8 == 0), ("law", True, True))
    ]
    group = fit_group(values)
    assert group is not None
    assert group.later.keys() == {"name", "law"}
    front, behind, law = confidences(group, ["name", "name", "law"], [sure, *[replace(sure, later=True)] * 2])
    assert behind < 0.3 < 0.8 < min(front, law)
    # Of a field that no label told of nothing is known, wherever it stands.
    new, new_behind = confidences(group, ["new"] * 2, [sure, replace(sure, later=True)])
    assert new == new_behind
    # One document alone tells nothing of others, and no simpler form tells of places.
    once = fit_group([replace(value, document="d") for value in values])
    simpler = fit_group(values, "probability")
    assert once is not None
    assert simpler is not None
    assert once.later == simpler.later == {}


def test_a_date_is_as_sure_as_labels_say_of_what_stands_beside_it() -> None:
    sure = signals(math.log(0.8))
    told, against = replace(sure, beside=1.5), replace(sure, beside=-1.5)
    values = [
        Labelled(f"d{at}", "begins", each, right)
        for at in range(40)
        for each, right in ((told, True), (against, at % 5 == 0))
    ]
    group = fit_group(values)
    assert group is not None
    for_it, against_it, nothing = confidences(group, ["begins"] * 3, [told, against, sure])
    assert against_it < 0.4 < nothing < for_it
    # Where what speaks for a date goes with mistakes, it is left aside.
    turned = fit_group([replace(value, right=not value.right) for value in values])
    assert turned is not None
    assert turned.weights.beside == 0


def test_the_group_counts_its_labels(drawn: Drawer) -> None:
    values = drawn(50)
    group = fit_group(values)
    assert isinstance(group, Group)
    assert (group.values, group.right) == (50, sum(v.right for v in values))
