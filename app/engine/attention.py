"""Attention on a CPU, in NumPy, block by block.

MLX's CPU back end computes exp one number at a time and walks over the whole matrix of scores several times:
past some 500 tokens of context its attention costs more than all linear layers. Here the scores are made in
blocks that stay in the processor's cache, nothing behind a row's length or a token's own place is computed,
grouped heads are folded into one product, and NumPy's exp2 is vectorised. Beside MLX's kernel, one layer of
512 tokens after 1,536 takes a fifth of the time, of a prompt of 1,500 tokens an eighth, and a decoding step
of 8 rows of 1,500 tokens a third (`tests/benchmarks/bench_attention.py`; one core).

It knows neither the model nor its weights. On Metal and CUDA it is not used.
"""

import ctypes
import importlib
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import mlx.core as mx
import numpy as np
from numpy.typing import NDArray

from thresher.adapters import blas
from thresher.app.engine.cache import RowCache

Floats = NDArray[np.float32]
#: One block: a row, its key heads, and a span of its new tokens.
Block = tuple[int, slice, slice]

#: Scores of one block: 1 MB, about a core's second-level cache.
_BLOCK_SCORES = 1 << 18
#: From this many queries a key head on, scores are fast as they come; fewer are copied key by key.
_WIDE = 32
#: Scores of a layer below which a second thread costs more than it saves.
_THREADED_SCORES = 1 << 17

_NAME = "scaled_dot_product_attention"


def install(model: Any) -> None:
    """Gives the modules that define this model's layers the attention of this file, for a RowCache alone.

    For all else (no cache or another, a window, sinks, other types than float32) theirs is called.
    """
    attend = None
    for name in {type(layer).__module__ for layer in model.modules()}:
        module = sys.modules[name]
        theirs = getattr(module, _NAME, None)
        if theirs is not None and not isinstance(theirs, Attention):
            attend = attend or _on_this_machine()
            setattr(module, _NAME, Attention(theirs, attend))


class Attention:
    """What mlx-lm's models call in place of `theirs`, with the same arguments."""

    def __init__(self, theirs: Callable[..., mx.array], attend: "BlockedAttention") -> None:
        self.theirs = theirs
        self._attend = attend

    def __call__(
        self,
        queries: mx.array,
        keys: mx.array,
        values: mx.array,
        cache: Any,
        scale: float,
        mask: Any,
        sinks: mx.array | None = None,
    ) -> mx.array:
        """Takes (rows, heads, tokens, size) of queries, keys and values; returns that of the values."""
        causal = isinstance(cache, RowCache) and mask is not None and mask is cache.rows.causal
        if causal and sinks is None and queries.dtype == keys.dtype == values.dtype == mx.float32:
            return self._attend(queries, keys, values, cache.rows.lengths, scale)
        return self.theirs(queries, keys, values, cache=cache, scale=scale, mask=mask, sinks=sinks)


class BlockedAttention:
    """Causal attention over rows of different lengths, on `most` threads, or as many as `now` says."""

    def __init__(self, most: int, now: Callable[[], int] | None = None) -> None:
        self._threads = now or (lambda: most)
        self._pool = ThreadPoolExecutor(most - 1, "attention") if most > 1 else None

    def __call__(
        self, queries: mx.array, keys: mx.array, values: mx.array, lengths: list[int], scale: float
    ) -> mx.array:
        """The new tokens of a row stand behind its `lengths` tokens; keys and values hold both."""
        # Evaluated here: NumPy must see what the cache has written. The views end with this call, so that
        # the next write finds the cache's memory unshared and need not copy it.
        mx.eval(queries, keys, values)
        q, k, v = (np.array(array, copy=False) for array in (queries, keys, values))
        rows, heads, tokens, _ = q.shape
        out = np.empty((rows, heads, tokens, v.shape[3]), np.float32)
        work = _Work(q, k, v, out, lengths, scale)
        scores = heads * tokens * sum(length + tokens for length in lengths)
        if self._pool is None or scores < _THREADED_SCORES:
            work.run()
        else:
            others = [self._pool.submit(work.run) for _ in range(self._threads() - 1)]
            work.run()
            for other in others:
                other.result()
        return mx.array(out)


class _Work:
    """The blocks of one call; several threads may run it at once, each block is done by one."""

    def __init__(
        self, q: Floats, k: Floats, v: Floats, out: Floats, lengths: list[int], scale: float
    ) -> None:
        self._q, self._k, self._v, self._out, self._lengths = q, k, v, out, lengths
        self._group = q.shape[1] // k.shape[1]
        # Base 2 is the cheaper power.
        self._scale = np.float32(scale * np.log2(np.e))
        # The BLAS adds up a block's rows faster than NumPy does.
        self._ones = np.ones((max(lengths) + q.shape[2], 1), np.float32)
        # An iterator over a list gives each item once, whichever threads ask.
        self._blocks = iter(list(self._cut()))

    def _cut(self) -> Iterator[Block]:
        heads, tokens = self._k.shape[1], self._q.shape[2]
        for row, length in enumerate(self._lengths):
            if heads * self._group * tokens * (length + tokens) <= _BLOCK_SCORES:
                yield row, slice(0, heads), slice(0, tokens)
                continue
            count = max(_BLOCK_SCORES // (self._group * (length + tokens)), 16)
            for head in range(heads):
                for start in range(0, tokens, count):
                    yield row, slice(head, head + 1), slice(start, min(start + count, tokens))

    def run(self) -> None:
        """Does blocks until none is left."""
        # A BLAS may read whole registers where a matrix has an edge, and so raise the processor's flags for
        # numbers that are not the matrix's own: NumPy would warn of results that are right.
        with np.errstate(all="ignore"):
            for row, heads, span in self._blocks:
                self._attend(row, heads, span)

    def _attend(self, row: int, heads: slice, span: slice) -> None:
        count, size = span.stop - span.start, self._q.shape[3]
        end = self._lengths[row] + span.stop
        of_group = slice(heads.start * self._group, heads.stop * self._group)
        key, value = self._k[row, heads, :end], self._v[row, heads, :end]
        query = (self._q[row, of_group, span] * self._scale).reshape(len(key), -1, size)
        # Keys times queries: for few queries the BLAS is twice as fast this way round.
        scores = key @ query.swapaxes(1, 2)
        if count > 1:
            own = scores[:, end - count :].reshape(len(key), count, self._group, count)
            own += _future(count)
        scores = scores.swapaxes(1, 2)
        if scores.shape[1] < _WIDE:
            scores = np.ascontiguousarray(scores)
        scores -= np.maximum.reduce(scores, axis=2, keepdims=True)
        np.exp2(scores, out=scores)
        mixed = scores @ value
        mixed /= scores @ self._ones[:end]
        self._out[row, of_group, span] = mixed.reshape(-1, count, mixed.shape[2])


def _future(count: int) -> Floats:
    """What to add to the scores (key, group, query) of a span with itself: minus infinity for later keys."""
    return np.tril(np.full((count, count), -np.inf, np.float32), -1)[:, None]


def _on_this_machine() -> BlockedAttention:
    """As many threads as MLX's BLAS uses, each with a NumPy whose own BLAS stays on one.

    Left alone, NumPy's would keep a second set of threads, which wait by spinning: beside another busy
    process a product took a hundred times as long.
    """
    extension = importlib.import_module("numpy._core._multiarray_umath").__file__
    pin = getattr(ctypes.CDLL(extension), "scipy_openblas_set_num_threads64_", None)
    if pin is None:  # a NumPy that is not from PyPI may share MLX's BLAS: leave the threads to it
        return BlockedAttention(1)
    pin(1)
    return BlockedAttention(blas.most_threads(), blas.threads)
