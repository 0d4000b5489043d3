"""The catalogue's entries and the advice by memory."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.app.models.catalogue import catalogue, in_catalogue, recommend
from thresher.app.naming import check_name

GB = 10**9


def test_every_entry_is_whole() -> None:
    names = [base.name for base in catalogue()]
    assert len(set(names)) == len(names)
    assert names[0] == "starter"
    for base in catalogue():
        check_name(base.name, "a model")
        assert base.memory > base.download > 0
        assert base.licence
        assert base.about.endswith(".")
    assert [base.memory for base in catalogue()] == sorted(base.memory for base in catalogue())
    assert in_catalogue("mlx-community/Qwen3-4B-4bit") == in_catalogue("qwen3-4b")


@pytest.mark.parametrize(
    ("memory", "accelerated", "name"),
    [
        (1 * GB, True, "starter"),
        (8 * GB, True, "qwen3-4b"),
        (16 * GB, True, "qwen3-8b"),
        (64 * GB, True, "qwen3-32b"),
        (4 * GB, False, "starter"),
        (16 * GB, False, "qwen3-0.6b"),
        (24 * GB, False, "qwen3-1.7b"),
        (512 * GB, False, "qwen3-4b"),
    ],
)
def test_the_advice(memory: int, accelerated: bool, name: str) -> None:
    assert recommend(memory, accelerated=accelerated).name == name


@settings(deadline=None)  # the machine may be busy
@given(st.integers(0, 10**13), st.integers(0, 10**12))
def test_more_memory_never_gets_a_smaller_model(memory: int, more: int) -> None:
    assert recommend(memory + more).memory >= recommend(memory).memory
    assert recommend(memory, accelerated=False).memory <= recommend(memory).memory
