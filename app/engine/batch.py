"""A batch of answers in work: rows join and leave while the others go on.

Every pass feeds each row its pending tokens (its prompt, what it chose, what the grammar forced) and lets
those rows choose that have none left.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from thresher.app.engine.cache import RowCache, RowLengths
from thresher.app.engine.request import Request
from thresher.app.engine.row import Row
from thresher.app.engine.weights import LoadedModel


class Batch:
    """Rows and their cache."""

    def __init__(self, model: LoadedModel) -> None:
        self.rows: list[Row] = []
        self._model = model
        self._cache: list[RowCache] = []
        self._head: tuple[int, ...] = ()
        self._head_cache: list[RowCache] = []

    def admit(self, rows: Sequence[Row]) -> None:
        """Takes in the prompts of new rows, what they share but once, and joins them to the batch."""
        shared = _shared([row.request for row in rows])
        lengths = RowLengths([shared] * len(rows))
        if shared:
            cache = [
                layer.repeated(lengths) for layer in self._fed_head(tuple(rows[0].request.tokens[:shared]))
            ]
        else:
            cache = self._model.cache(lengths)
        for row in rows:
            _drop(row, shared)
        logits = np.array(self._model.feed([list(row.pending) for row in rows], cache))
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
        logits = np.array(self._model.feed(parts, self._cache))
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

    def _fed_head(self, head: tuple[int, ...]) -> list[RowCache]:
        """The cache of the shared head; the last one is kept, since a run has one."""
        if head != self._head:
            cache = self._model.cache(RowLengths([0]))
            self._model.feed([head], cache)
            self._head, self._head_cache = head, cache
        return self._head_cache


def _shared(requests: Sequence[Request]) -> int:
    """How many leading tokens the requests state to share, 0 where they differ."""
    first = requests[0]
    head = list(first.tokens[: first.shared])
    same = all(r.shared == first.shared and list(r.tokens[: r.shared]) == head for r in requests)
    return first.shared if same else 0


def _drop(row: Row, count: int) -> None:
    for _ in range(count):
        row.pending.popleft()


def _pop(row: Row, count: int) -> list[int]:
    part = list(islice(row.pending, count))
    _drop(row, len(part))
    return part
