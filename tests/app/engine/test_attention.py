"""Attention block by block gives what MLX's own gives, and leaves to it what it does not cover."""

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import mlx.core as mx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.app.engine import attention
from thresher.app.engine.attention import Attention, BlockedAttention
from thresher.app.engine.cache import RowCache, RowLengths
from thresher.app.engine.weights import LoadedModel, load_weights

#: Values are of unit variance: what is left is the rounding of float32 sums in another order.
TOLERANCE = 2e-5

#: rows' lengths, new tokens, key heads, group, size
SHAPES = {
    "decoding, ragged": ([1500, 3, 700], 1, 3, 3, 64),
    "decoding, one head a group": ([40, 41], 1, 4, 1, 16),
    "a prompt": ([0], 700, 2, 3, 32),
    "a prompt's second part": ([600], 300, 2, 4, 32),
    "ragged parts": ([900, 0, 17], 130, 1, 2, 8),
    "one token alone": ([0], 1, 1, 1, 4),
}


@pytest.fixture(scope="module", params=[1, 3])
def attend(request: pytest.FixtureRequest) -> Iterator[BlockedAttention]:
    """On the caller's thread alone, and with two more."""
    blocked = BlockedAttention(request.param)
    yield blocked
    if blocked._pool:
        blocked._pool.shutdown()


def arrays(
    lengths: list[int], tokens: int, heads: int, group: int, size: int
) -> tuple[mx.array, mx.array, mx.array]:
    """Queries, keys and values; what lies behind a row's end is nan, so that looking there shows."""
    chance = np.random.default_rng(tokens + 31 * sum(lengths))
    end = max(lengths) + tokens
    shapes = [(heads * group, tokens, size), (heads, end, size), (heads, end, size + 4)]
    queries, keys, values = (
        chance.standard_normal((len(lengths), *shape), dtype=np.float32) for shape in shapes
    )
    for row, length in enumerate(lengths):
        keys[row, :, length + tokens :] = values[row, :, length + tokens :] = np.nan
    return mx.array(queries), mx.array(keys), mx.array(values)


def expected(queries: mx.array, keys: mx.array, values: mx.array, lengths: list[int], scale: float) -> Any:
    """MLX's own, row by row."""
    tokens = queries.shape[2]
    rows = [
        mx.fast.scaled_dot_product_attention(
            queries[row : row + 1],
            keys[row : row + 1, :, : length + tokens],
            values[row : row + 1, :, : length + tokens],
            scale=scale,
            mask="causal",
        )
        for row, length in enumerate(lengths)
    ]
    return np.array(mx.concatenate(rows))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_it_gives_what_mlx_gives(
    attend: BlockedAttention, shape: tuple[list[int], int, int, int, int]
) -> None:
    given_arrays = arrays(*shape)
    ours = np.array(attend(*given_arrays, shape[0], 0.3))
    np.testing.assert_allclose(ours, expected(*given_arrays, shape[0], 0.3), rtol=0, atol=TOLERANCE)


@settings(deadline=None, max_examples=40)
@given(
    lengths=st.lists(st.integers(0, 90), min_size=1, max_size=4),
    tokens=st.integers(1, 40),
    heads=st.integers(1, 3),
    group=st.integers(1, 4),
    size=st.sampled_from([1, 4, 8, 20]),
    block=st.sampled_from([1, 500, 5_000, 1 << 18]),
    scale=st.floats(0.01, 2.0),
)
def test_it_gives_what_mlx_gives_at_any_shape_and_block(
    lengths: list[int], tokens: int, heads: int, group: int, size: int, block: int, scale: float
) -> None:
    given_arrays = arrays(lengths, tokens, heads, group, size)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attention, "_BLOCK_SCORES", block)
        ours = np.array(BlockedAttention(1)(*given_arrays, lengths, scale))
    np.testing.assert_allclose(ours, expected(*given_arrays, lengths, scale), rtol=0, atol=TOLERANCE)


def test_large_scores_neither_overflow_nor_warn(attend: BlockedAttention) -> None:
    queries, keys, values = arrays([5], 3, 1, 2, 8)
    ours = np.array(attend(queries * 1e4, keys * 1e4, values, [5], 1.0))
    theirs = expected(queries * 1e4, keys * 1e4, values, [5], 1.0)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE)


def test_a_flag_that_a_product_raises_is_no_warning(attend: BlockedAttention) -> None:
    """Some BLAS kernels raise it for numbers beside the matrix; infinities raise it on every machine."""
    queries, keys, values = arrays([5], 3, 1, 2, 8)
    values[..., 0] = mx.array([1.0, -1.0] * 4) * np.inf
    ours = np.array(attend(queries, keys, values, [5], 0.3))
    assert np.isnan(ours[..., 0]).any()
    np.testing.assert_allclose(ours, expected(queries, keys, values, [5], 0.3), rtol=0, atol=TOLERANCE)


def test_two_threads_share_a_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    future, both, seen = attention._future, threading.Event(), set()

    def wait_for_the_other(count: int) -> Any:
        seen.add(threading.get_ident())
        if len(seen) == 2:
            both.set()
        assert both.wait(20), "one thread does all blocks"
        return future(count)

    monkeypatch.setattr(attention, "_future", wait_for_the_other)
    BlockedAttention(2)(*arrays([0], 700, 2, 3, 32), [0], 1.0)


def test_an_error_in_another_thread_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(count: int) -> Any:
        raise MemoryError

    monkeypatch.setattr(attention, "_future", fail)
    with pytest.raises(MemoryError):
        BlockedAttention(2)(*arrays([900, 900], 130, 1, 2, 8), [900, 900], 1.0)


def cached(cache: RowCache, tokens: int, dtype: Any = mx.float32) -> tuple[mx.array, mx.array, mx.array]:
    """Queries, and the keys and values as the cache returns them, not yet evaluated."""
    rows = len(cache.rows.lengths)
    keys = mx.random.normal((rows, 2, tokens, 8)).astype(dtype)
    return (mx.random.normal((rows, 4, tokens, 8)).astype(dtype), *cache.update_and_fetch(keys, keys + 1))


@pytest.fixture
def hooked() -> tuple[Attention, list[str]]:
    """The hook, and a list that says who was called."""
    calls: list[str] = []
    own = BlockedAttention(1)

    def theirs(queries: mx.array, keys: mx.array, values: mx.array, cache: Any, **how: Any) -> mx.array:
        calls.append("theirs")
        return mx.fast.scaled_dot_product_attention(queries, keys, values, **how)

    def ours(*arguments: Any) -> mx.array:
        calls.append("ours")
        return own(*arguments)

    return Attention(theirs, ours), calls  # type: ignore[arg-type]


def test_it_sees_what_the_cache_has_just_written(hooked: tuple[Attention, list[str]]) -> None:
    attend, calls = hooked
    cache = RowCache(RowLengths([0, 0]))
    for counts, tokens in (([7, 3], 7), ([1, 1], 1), ([2, 5], 5), ([250, 250], 250)):
        mask = cache.make_mask(tokens)
        three = cached(cache, tokens)
        ours = np.array(attend(*three, cache=cache, scale=0.5, mask=mask))
        theirs = np.array(mx.fast.scaled_dot_product_attention(*three, scale=0.5, mask=mask))
        for row, count in enumerate(counts):
            np.testing.assert_allclose(ours[row, :, :count], theirs[row, :, :count], rtol=0, atol=TOLERANCE)
        cache.rows.advance(counts)
    assert calls == ["ours"] * 4


def test_a_window_that_holds_all_is_covered_beside_the_mask_without_one(
    hooked: tuple[Attention, list[str]],
) -> None:
    attend, calls = hooked
    cache = RowCache(RowLengths([4]))
    masks = [cache.make_mask(2, window_size=6), cache.make_mask(2)]
    three = cached(cache, 2)
    for mask in masks:
        attend(*three, cache=cache, scale=1.0, mask=mask)
    assert calls == ["ours", "ours"]


def _window(cache: RowCache) -> dict[str, Any]:
    return {"mask": cache.make_mask(3, window_size=2)}


def _other_mask(cache: RowCache) -> dict[str, Any]:
    return {"mask": cache.make_mask(3) & True}


def _mask_of_an_earlier_pass(cache: RowCache) -> dict[str, Any]:
    mask = cache.make_mask(3)
    cache.rows.set(cache.rows.lengths)
    return {"mask": mask}


def _no_mask(cache: RowCache) -> dict[str, Any]:
    return {"mask": None}


def _sinks(cache: RowCache) -> dict[str, Any]:
    return {"mask": cache.make_mask(3), "sinks": mx.zeros(4)}


def _no_cache(cache: RowCache) -> dict[str, Any]:
    return {"mask": cache.make_mask(3), "cache": None}


@pytest.mark.parametrize(
    "case", [_window, _other_mask, _mask_of_an_earlier_pass, _no_mask, _sinks, _no_cache]
)
def test_what_it_does_not_cover_goes_to_mlx(
    hooked: tuple[Attention, list[str]], case: Callable[[RowCache], dict[str, Any]]
) -> None:
    attend, calls = hooked
    cache = RowCache(RowLengths([5, 5]))
    how = {"cache": cache, "scale": 1.0, **case(cache)}
    three = cached(cache, 3)
    got = np.array(attend(*three, **how))
    del how["cache"]
    np.testing.assert_array_equal(got, np.array(mx.fast.scaled_dot_product_attention(*three, **how)))
    assert calls == ["theirs"]


def test_other_types_go_to_mlx(hooked: tuple[Attention, list[str]]) -> None:
    attend, calls = hooked
    cache = RowCache(RowLengths([5]))
    mask = cache.make_mask(3)
    attend(*cached(cache, 3, mx.bfloat16), cache=cache, scale=1.0, mask=mask)
    assert calls == ["theirs"]


@pytest.fixture(scope="module")
def definition(model: LoadedModel) -> ModuleType:
    """The module that defines the loaded model."""
    if mx.default_device().type != mx.DeviceType.cpu:
        pytest.skip("attention is MLX's own on a GPU")
    return sys.modules[type(model._model).__module__]


@pytest.fixture(scope="module")
def model(tiny_base: Path) -> LoadedModel:
    return load_weights(tiny_base, adapter_bytes=0)


def test_a_loaded_model_gives_with_it_what_it_gives_without(
    model: LoadedModel, definition: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def feeds() -> list[Any]:
        cache = model.cache(RowLengths([0, 0]))
        parts = ([[5] * 300, [6, 7]], [[8], [9, 10, 11]], [[12], [13]])
        return [np.array(model.feed(part, cache)) for part in parts]

    hook = definition.scaled_dot_product_attention
    assert isinstance(hook, Attention)
    ours = feeds()
    monkeypatch.setattr(definition, "scaled_dot_product_attention", hook.theirs)
    for mine, other in zip(ours, feeds(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-5)


def test_a_second_model_does_not_wrap_the_hook_again(model: LoadedModel, definition: ModuleType) -> None:
    hook = definition.scaled_dot_product_attention
    attention.install(model._model)
    assert definition.scaled_dot_product_attention is hook
    assert not isinstance(hook.theirs, Attention)
