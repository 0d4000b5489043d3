"""The gate in NumPy is MLX's gate, whatever comes in."""

from pathlib import Path

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.app.engine.swiglu import Gate, gated, in_use
from thresher.app.engine.weights import load_weights


def theirs(gate: mx.array, values: mx.array) -> mx.array:
    product: mx.array = nn.silu(gate) * values
    return product


@settings(deadline=None)  # the machine may be busy
@given(st.integers(1, 5), st.integers(1, 70_000), st.integers(0, 2**31))
def test_it_gives_what_mlx_gives(rows: int, width: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    gate, values = (mx.array(draw.normal(size=(rows, width)).astype(np.float32)) for _ in range(2))
    np.testing.assert_allclose(gated(gate, values), theirs(gate, values), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("value", [0.0, 88.0, -88.0, 1e30, -1e30, float("inf"), float("nan")])
def test_the_far_ends(value: float) -> None:
    gate, values = mx.array([value, 1.0]), mx.array([2.0, 2.0])
    np.testing.assert_allclose(gated(gate, values), theirs(gate, values), rtol=1e-5)


def test_an_array_that_is_a_view_and_one_of_other_type() -> None:
    gate, values = mx.random.normal((6, 8)).T, mx.random.normal((6, 8)).T
    np.testing.assert_allclose(gated(gate, values), theirs(gate, values), rtol=1e-5, atol=1e-6)
    gate = mx.zeros((2, 2), mx.float16)
    assert Gate(lambda g, v: g + 7)(gate, gate).tolist() == [[7, 7], [7, 7]]


@pytest.mark.skipif(mx.default_device().type != mx.DeviceType.cpu, reason="the gate is for CPUs alone")
def test_a_model_on_a_cpu_uses_it(tiny_base: Path) -> None:
    from mlx_lm.models import llama, qwen3

    load_weights(tiny_base, 1 << 20)
    module = llama if tiny_base.name == "llama" else qwen3
    assert isinstance(module.swiglu, Gate)


def test_it_is_used_for_answers_alone_and_lets_gradients_be() -> None:
    gate = Gate(theirs)
    opened, through = mx.random.normal((3, 4)), mx.random.normal((3, 4))
    expected = mx.grad(lambda g: theirs(g, through).sum())(opened)
    with in_use():
        np.testing.assert_allclose(gate(opened, through), theirs(opened, through), rtol=1e-5)
    np.testing.assert_allclose(mx.grad(lambda g: gate(g, through).sum())(opened), expected, rtol=1e-5)
