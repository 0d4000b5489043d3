"""The risk-coverage curve against what counting one by one gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.app.evaluation.risk_coverage import area, coverage_at, risk_coverage, thinned

#: Few different confidences, so that ties are common.
pairs = st.lists(st.tuples(st.sampled_from([0.0, 0.3, 0.5, 0.9, 1.0]) | st.floats(0, 1), st.booleans()))


@given(pairs)
def test_every_point_is_what_counting_gives(pairs: list[tuple[float, bool]]) -> None:
    points = risk_coverage([c for c, _ in pairs], [r for _, r in pairs])
    assert [point.confidence for point in points] == sorted({c for c, _ in pairs}, reverse=True)
    for point in points:
        taken = [right for confidence, right in pairs if confidence >= point.confidence]
        assert point.coverage == pytest.approx(len(taken) / len(pairs))
        assert point.risk == pytest.approx(taken.count(False) / len(taken))


@given(pairs)
def test_the_area_is_the_mean_risk_at_each_value(pairs: list[tuple[float, bool]]) -> None:
    risks = []
    for confidence, _ in pairs:
        taken = [right for other, right in pairs if other >= confidence]
        risks.append(taken.count(False) / len(taken))
    found = area(risk_coverage([c for c, _ in pairs], [r for _, r in pairs]))
    assert found == (pytest.approx(sum(risks) / len(risks)) if pairs else None)


@given(pairs, st.sampled_from([0.5, 0.9, 0.98, 1.0]))
def test_the_coverage_at_a_share_is_the_largest(pairs: list[tuple[float, bool]], wanted: float) -> None:
    found = coverage_at(risk_coverage([c for c, _ in pairs], [r for _, r in pairs]), wanted)
    best = 0.0
    for floor in {c for c, _ in pairs}:
        taken = [right for confidence, right in pairs if confidence >= floor]
        if sum(taken) / len(taken) >= wanted - 1e-12:
            best = max(best, len(taken) / len(pairs))
    assert (found.coverage if found else 0.0) == pytest.approx(best)


def test_sure_values_first_make_the_least_area() -> None:
    right = [True] * 80 + [False] * 20
    falling = [1 - number / 100 for number in range(100)]
    best, worst = area(risk_coverage(falling, right)), area(risk_coverage(falling[::-1], right))
    assert best is not None
    assert worst is not None
    assert best < 0.05 < 0.4 < worst


@given(pairs, st.integers(1, 12))
def test_a_thinned_curve_keeps_its_end(pairs: list[tuple[float, bool]], most: int) -> None:
    points = risk_coverage([c for c, _ in pairs], [r for _, r in pairs])
    few = thinned(points, most)
    assert len(few) <= most
    assert set(few) <= set(points)
    assert few[-1:] == points[-1:]
