"""A batch of answers in work: rows join and leave while the others go on.

Every pass feeds each row its pending tokens (its prompt, what it chose, what the grammar forced) and lets
those rows choose that have none left. Each row has its own adapter.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from thresher.app.engine.adapted_linear import Resident
from thresher.app.engine.cache import RowCache, RowLengths
from thresher.app.engine.row import Row
from thresher.app.engine.weights import LoadedModel

#: Caches of shared heads are kept up to so many tokens in all, so that a run feeds its head once.
_HEAD_TOKENS = 4096

#: A shared head under an adapter: another adapter's cache of it holds other keys and values.
Head = tuple[Resident | None, tuple[int, ...]]


class Batch:
    """Rows and their cache."""

    def __init__(self, model: LoadedModel) -> None:
        self.rows: list[Row] = []
        self._model = model
        self._cache: list[RowCache] = []
        self._heads: dict[Head, list[RowCache]] = {}

    def admit(self, rows: Sequence[Row]) -> None:
        """Takes in the prompts of new rows, what they share but once, and joins them to the batch."""
        heads = [_head(row) for row in rows]
        if all(tokens for _, tokens in heads):
            lengths = RowLengths([len(tokens) for _, tokens in heads])
            fed = self._fed_heads(heads)
            cache = [RowCache.begun(layers, lengths) for layers in zip(*fed, strict=True)]
        else:
            lengths = RowLengths([0] * len(rows))
            cache = self._model.cache(lengths)
        for row, length in zip(rows, lengths.lengths, strict=True):
            _drop(row, length)
        logits = np.array(self._model.feed([list(row.pending) for row in rows], cache, _adapters(rows)))
        for row, scores in zip(rows, logits, strict=True):
            row.pending.clear()
            if not row.is_done:
                row.choose(scores)
        if self.rows:
            for layer, new in zip(self._cache, cache, strict=True):
                layer.join(new)
            self._cache[0].rows.set(self._cache[0].rows.lengths + lengths.lengths)
        else:
            self._cache = cache
        self.rows += rows

    def step(self) -> None:
        """One pass over all rows. A row with more pending than the average waits with the rest."""
        width = math.ceil(sum(len(row.pending) for row in self.rows) / len(self.rows))
        parts = [_pop(row, width) for row in self.rows]
        logits = np.array(self._model.feed(parts, self._cache, _adapters(self.rows)))
        for row, scores in zip(self.rows, logits, strict=True):
            if not row.pending and not row.is_done:
                row.choose(scores)

    def leave(self) -> Iterator[Row]:
        """The rows that are done, which leave the batch."""
        done = [row for row in self.rows if row.is_done]
        if done:
            kept = [at for at, row in enumerate(self.rows) if not row.is_done]
            self._keep(kept)
        yield from done

    def clear(self) -> None:
        """Drops all rows."""
        self._keep([])

    def _keep(self, kept: Sequence[int]) -> None:
        if kept:
            for layer in self._cache:
                layer.keep(kept)
            lengths = self._cache[0].rows
            lengths.set([lengths.lengths[at] for at in kept])
        else:
            self._cache = []
        self.rows = [self.rows[at] for at in kept]

    def _fed_heads(self, heads: Sequence[Head]) -> list[list[RowCache]]:
        """The cache of each head. They are kept, those used longest ago dropped first."""
        for head in dict.fromkeys(heads):
            cache = self._heads.pop(head, None)
            if cache is None:
                adapter, tokens = head
                cache = self._model.cache(RowLengths([0]))
                self._model.feed([tokens], cache, [adapter])
            self._heads[head] = cache
        fed = [self._heads[head] for head in heads]
        while len(self._heads) > 1 and sum(len(tokens) for _, tokens in self._heads) > _HEAD_TOKENS:
            del self._heads[next(iter(self._heads))]
        return fed


def _head(row: Row) -> Head:
    return row.adapter, tuple(row.request.tokens[: row.request.shared])


def _adapters(rows: Sequence[Row]) -> list[Resident | None]:
    return [row.adapter for row in rows]


def _drop(row: Row, count: int) -> None:
    for _ in range(count):
        row.pending.popleft()


def _pop(row: Row, count: int) -> list[int]:
    part = list(islice(row.pending, count))
    _drop(row, len(part))
    return part
