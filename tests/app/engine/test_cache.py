"""Ragged batches give what their rows give alone."""

from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
import pytest

from thresher.app.engine.cache import Interrupted, RowCache, RowLengths
from thresher.app.engine.weights import LoadedModel, load_weights

PROMPTS = [[5, 6, 7, 8, 9, 10, 11], [12, 13], [14, 15, 16, 17]]
NEXT = [[21], [22, 23, 24], [25, 26]]


@pytest.fixture(scope="module")
def model(tiny_base: Path) -> LoadedModel:
    return load_weights(tiny_base, adapter_bytes=0)


def alone(model: LoadedModel, *parts: list[int]) -> Any:
    cache = model.cache(RowLengths([0]))
    for part in parts:
        logits = model.feed([part], cache)
    return np.array(logits)[0]


def test_rows_of_different_lengths_agree_with_each_row_alone(model: LoadedModel) -> None:
    cache = model.cache(RowLengths([0, 0, 0]))
    first = np.array(model.feed(PROMPTS, cache))
    second = np.array(model.feed(NEXT, cache))
    for row, (prompt, after) in enumerate(zip(PROMPTS, NEXT, strict=True)):
        np.testing.assert_allclose(first[row], alone(model, prompt), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(second[row], alone(model, prompt, after), rtol=1e-4, atol=1e-5)
    assert cache[0].rows.lengths == [8, 5, 6]


def test_a_prompt_fed_in_several_passes_agrees_with_one(
    model: LoadedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = np.array(model.feed(PROMPTS, model.cache(RowLengths([0, 0, 0]))))
    monkeypatch.setattr("thresher.app.engine.weights._PASS_TOKENS", 6)
    parts = np.array(model.feed(PROMPTS, model.cache(RowLengths([0, 0, 0]))))
    np.testing.assert_allclose(parts, whole, rtol=1e-4, atol=1e-5)


def test_rows_leave_and_join_without_changing_the_others(model: LoadedModel) -> None:
    cache = model.cache(RowLengths([0, 0, 0]))
    model.feed(PROMPTS, cache)
    for layer in cache:
        layer.keep([0, 2])
    cache[0].rows.set([cache[0].rows.lengths[row] for row in (0, 2)])
    newcomer = model.cache(RowLengths([0]))
    model.feed([[31, 32, 33]], newcomer)
    for layer, new in zip(cache, newcomer, strict=True):
        layer.join(new)
    cache[0].rows.set([*cache[0].rows.lengths, *newcomer[0].rows.lengths])
    logits = np.array(model.feed([NEXT[0], NEXT[2], [41]], cache))
    expected = [alone(model, PROMPTS[0], NEXT[0]), alone(model, PROMPTS[2], NEXT[2])]
    expected.append(alone(model, [31, 32, 33], [41]))
    np.testing.assert_allclose(logits, np.stack(expected), rtol=1e-4, atol=1e-5)


def test_a_shared_head_is_fed_once_for_all_rows(model: LoadedModel) -> None:
    head = model.cache(RowLengths([0]))
    model.feed([[1, 2, 3]], head)
    rows = RowLengths([3, 3])
    cache = [RowCache.begun([layer, layer], rows) for layer in head]
    logits = np.array(model.feed([[4], [5, 6]], cache))
    np.testing.assert_allclose(logits[0], alone(model, [1, 2, 3, 4]), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(logits[1], alone(model, [1, 2, 3, 5, 6]), rtol=1e-4, atol=1e-5)


def test_a_sliding_window_hides_what_lies_before_it() -> None:
    mask = np.array(RowCache(RowLengths([3])).make_mask(2, window_size=2))[0, 0]
    assert mask.tolist() == [[False, False, True, True, False], [False, False, False, True, True]]


def test_the_ragged_self_test_passes(model: LoadedModel) -> None:
    assert model.rows_agree()


def test_an_interrupt_ends_a_feed(model: LoadedModel) -> None:
    model.interrupt.set()
    with pytest.raises(Interrupted):
        model.feed(PROMPTS, model.cache(RowLengths([0, 0, 0])))
    model.interrupt.clear()


def test_an_interrupt_ends_a_pass_within_it(model: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass over a prompt takes many seconds on a busy processor."""
    layers: list[RowCache] = []
    write = RowCache.update_and_fetch

    def written(self: RowCache, *arrays: Any) -> Any:
        fetched = write(self, *arrays)
        layers.append(self)
        model.interrupt.set()
        return fetched

    cache = model.cache(RowLengths([0]))
    monkeypatch.setattr(RowCache, "update_and_fetch", written)
    with pytest.raises(Interrupted):
        model.feed([PROMPTS[0]], cache)
    model.interrupt.clear()
    assert layers == cache[:1]


def test_the_vocabulary_projection_agrees_with_the_whole_model(model: LoadedModel) -> None:
    whole = model._model(mx.array([PROMPTS[0]]))[0, -1]
    np.testing.assert_allclose(np.array(whole), alone(model, PROMPTS[0]), rtol=1e-4, atol=1e-5)
