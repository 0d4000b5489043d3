"""How long things take, in words."""

import pytest

from thresher.app.wording import time_left, took


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.04, "0.0 s"),
        (2.44, "2.4 s"),
        (59.4, "59.4 s"),
        (60, "1 min"),
        (1080, "18 min"),
        (3570, "1 h 00 min"),
        (29_100, "8 h 05 min"),
    ],
)
def test_what_took_hours_is_not_told_in_seconds(seconds: float, said: str) -> None:
    assert took(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (0.2, "about 1 s left"),
        (2.4, "about 2 s left"),
        (100, "about 2 min left"),
        (7500, "about 2 h 05 min left"),
    ],
)
def test_an_estimate_is_no_more_exact_than_it_can_be(seconds: float | None, said: str) -> None:
    assert time_left(seconds) == said
