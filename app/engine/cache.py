"""The attention cache of a batch whose rows have different lengths.

Each row writes at its own place, so rows may take in different numbers of tokens at a step. What lies after
a row's length is left over from padding, is never attended to, and is overwritten.
"""

import threading
from collections.abc import Sequence
from typing import Any

import mlx.core as mx

#: Capacity grows by this many tokens, so that a copy is rare.
_GROWTH = 256


class Interrupted(Exception):
    """The batch was given up within a pass; its cache is of no more use."""


class RowLengths:
    """How many tokens each row holds; shared by all layers' caches. `offsets` is int32, shape (rows,).

    `interrupt`, once set, breaks a pass off at its next layer.
    """

    def __init__(self, lengths: Sequence[int]) -> None:
        self.interrupt = threading.Event()
        self.set(lengths)

    def set(self, lengths: Sequence[int]) -> None:
        """Replaces all lengths."""
        self.lengths = list(lengths)
        self.offsets = mx.array(self.lengths, dtype=mx.int32)
        #: This pass's mask without a window, the same array to all who ask: who meets it knows what it says.
        self.causal: mx.array | None = None

    def advance(self, counts: Sequence[int]) -> None:
        """Adds to each row the tokens that it took in."""
        self.set([length + count for length, count in zip(self.lengths, counts, strict=True)])


class RowCache:
    """One layer's keys and values, each of shape (rows, heads, capacity, head size).

    It offers what mlx-lm's models ask of a cache: `offset`, `update_and_fetch` and `make_mask`.
    """

    def __init__(self, rows: RowLengths) -> None:
        self.rows = rows
        self.keys: Any = None
        self.values: Any = None

    @property
    def offset(self) -> mx.array:
        """Each row's next position, for the rotary embedding."""
        return self.rows.offsets

    def update_and_fetch(self, keys: mx.array, values: mx.array) -> tuple[mx.array, mx.array]:
        """Writes (rows, heads, tokens, size) behind each row; returns all up to the longest row's end.

        Raises Interrupted: on a slow processor a pass takes many seconds, and every layer comes by here.
        """
        if self.rows.interrupt.is_set():
            raise Interrupted
        count, _, tokens, _ = keys.shape
        end = max(self.rows.lengths) + tokens
        self._grow(end, keys, values)
        row = mx.arange(count)[:, None]
        position = self.rows.offsets[:, None] + mx.arange(tokens)
        self.keys[row, :, position] = keys.swapaxes(1, 2)
        self.values[row, :, position] = values.swapaxes(1, 2)
        return self.keys[:, :, :end], self.values[:, :, :end]

    def make_mask(
        self,
        tokens: int,
        return_array: bool = False,  # noqa: ARG002 - mlx-lm passes it; this mask is always an array
        window_size: int | None = None,
    ) -> mx.array:
        """True where a token of a row may look: boolean, shape (rows, 1, tokens, longest row + tokens)."""
        end = max(self.rows.lengths) + tokens
        column = mx.arange(end)
        position = (self.rows.offsets[:, None] + mx.arange(tokens))[:, None, :, None]
        if window_size is not None and window_size < end:
            return (column <= position) & (column > position - window_size)
        if self.rows.causal is None or self.rows.causal.shape[2] != tokens:
            self.rows.causal = column <= position
        return self.rows.causal

    def keep(self, rows: Sequence[int]) -> None:
        """Drops every row but these, and the capacity that they do not need."""
        index = mx.array(list(rows))
        end = _rounded(max(self.rows.lengths[row] for row in rows))
        self.keys, self.values = self.keys[index, :, :end], self.values[index, :, :end]

    def join(self, other: "RowCache") -> None:
        """Appends the other cache's rows."""
        capacity = max(self.keys.shape[2], other.keys.shape[2])
        self.keys = mx.concatenate([_padded(self.keys, capacity), _padded(other.keys, capacity)])
        self.values = mx.concatenate([_padded(self.values, capacity), _padded(other.values, capacity)])

    @classmethod
    def begun(cls, heads: "Sequence[RowCache]", rows: RowLengths) -> "RowCache":
        """A cache whose rows begin as the single rows of these caches, which may come again."""
        distinct = list(dict.fromkeys(heads))
        capacity = max(head.keys.shape[2] for head in distinct)
        index = mx.array([distinct.index(head) for head in heads])
        cache = cls(rows)
        cache.keys = mx.concatenate([_padded(head.keys, capacity) for head in distinct])[index]
        cache.values = mx.concatenate([_padded(head.values, capacity) for head in distinct])[index]
        return cache

    def _grow(self, end: int, keys: mx.array, values: mx.array) -> None:
        if self.keys is None:
            count, heads, _, size = keys.shape
            self.keys = mx.zeros((count, heads, _rounded(end), size), keys.dtype)
            self.values = mx.zeros((count, heads, _rounded(end), values.shape[3]), values.dtype)
        elif end > self.keys.shape[2]:
            self.keys = _padded(self.keys, _rounded(end))
            self.values = _padded(self.values, _rounded(end))


def _rounded(tokens: int) -> int:
    return -(-tokens // _GROWTH) * _GROWTH


def _padded(array: mx.array, capacity: int) -> mx.array:
    missing = capacity - array.shape[2]
    return mx.pad(array, [(0, 0), (0, 0), (0, missing), (0, 0)]) if missing > 0 else array
