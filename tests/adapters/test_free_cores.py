"""The cores that other work leaves free."""

import time

from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.free_cores import Usage, free_cores

START = Usage(clock=100.0, own=20.0, idle=3000.0)


def after(seconds: float, own: float, idle: float) -> Usage:
    return Usage(START.clock + seconds, START.own + own, START.idle + idle)


def test_what_is_used_here_is_free_like_what_idles() -> None:
    assert free_cores(START, after(2.0, own=4.0, idle=0.0)) == 2
    assert free_cores(START, after(2.0, own=2.0, idle=2.0)) == 2
    assert free_cores(START, after(2.0, own=0.0, idle=16.0)) == 8


def test_what_others_use_is_not() -> None:
    # Two threads of ours and one of another process on two cores: each gets two thirds of a core.
    assert free_cores(START, after(3.0, own=4.0, idle=0.0)) == 1
    # Of eight cores three are taken, and little things cost half a core.
    assert free_cores(START, after(1.0, own=3.0, idle=1.6)) == 5


@given(st.floats(0, 10), st.floats(0, 100), st.floats(0, 100))
def test_there_is_always_one(seconds: float, own: float, idle: float) -> None:
    assert free_cores(START, after(seconds, own, idle)) >= 1


def test_the_system_counts_what_this_process_does() -> None:
    before = Usage.now()
    while time.process_time() - before.own < 0.2:
        pass
    now = Usage.now()
    assert now.own - before.own >= 0.2
    assert now.clock - before.clock >= 0.1
    assert now.idle >= before.idle
