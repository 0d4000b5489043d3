"""Batches by head and length: which examples go through the model together, and their padded arrays.

The order of an epoch is a pure function of the seed and the epoch, so that a run goes on at any step by its
number alone. Knows no model and no array library but NumPy.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.errors import UsageError
from thresher.adapters.training.examples import Example

#: Examples are shuffled among those whose lengths differ by no more than this share.
_SPREAD = 0.06
#: The most padding of a batch whose examples have no others of like length.
_MOST_PADDING = 0.1


class BatchPlan:
    """The batches of examples of these lengths, epoch for epoch.

    A batch has at most `batch_tokens` tokens, padding included, at most `batch_size` examples, and at most
    a tenth of padding. Examples that share their head (equal numbers in `heads`: see `heads_of`) go together
    where they fill at least half of their batches; the others go by length alone. Every example is in one
    batch of each epoch. All epochs have equally many batches, of the same sizes. A step of the optimiser
    takes `accumulation` batches, an epoch's last step what is left.
    """

    def __init__(
        self,
        lengths: Sequence[int],
        batch_tokens: int,
        batch_size: int,
        seed: int,
        accumulation: int = 1,
        heads: Sequence[int] = (),
    ) -> None:
        """Raises UsageError where there is no example, or the longest is longer than `batch_tokens`."""
        if not len(lengths):
            raise UsageError("there is no example to train on. Give labels.")
        if max(lengths) > batch_tokens:
            raise UsageError(
                f"batch_tokens: the longest example has {max(lengths)} tokens, a batch only {batch_tokens}. "
                f"Set batch_tokens to {max(lengths)} or more, or window_tokens lower."
            )
        self.seed = seed
        self.accumulation = accumulation
        self._pools = _pools_by_head(np.asarray(lengths), np.asarray(heads), batch_tokens, batch_size)
        self.batches_per_epoch = sum(count for _, count in self._pools)
        self.steps_per_epoch = -(-self.batches_per_epoch // accumulation)
        self._drawn: tuple[int, list[NDArray[np.int64]]] | None = None

    def epoch(self, epoch: int) -> list[NDArray[np.int64]]:
        """The batches of an epoch (0 the first), each as the numbers of its examples, in order."""
        if self._drawn is None or self._drawn[0] != epoch:
            # Philox's stream is fixed for all releases of NumPy; the shuffle is a sort, for the same reason.
            draw = np.random.Generator(np.random.Philox(key=[self.seed, epoch]))
            batches = [
                part
                for members, count in self._pools
                for part in np.array_split(_shuffled(members, draw), count)
            ]
            order = _shuffled(np.arange(len(batches)), draw)
            self._drawn = epoch, [batches[at] for at in order]
        return self._drawn[1]

    def step(self, step: int) -> list[NDArray[np.int64]]:
        """The batches of a step of the run (0 the first): at least one, at most `accumulation`."""
        epoch, at = divmod(step, self.steps_per_epoch)
        return self.epoch(epoch)[at * self.accumulation : (at + 1) * self.accumulation]


@dataclass(frozen=True, eq=False)
class Batch:
    """Padded arrays of shape (rows, width): `tokens` int32 go in, `targets` int32 are the next tokens.

    `mask` is true where a target counts, never at padding; padding is on the right, token 0. `ids` names the
    rows, `lengths` int32 of shape (rows,) has their real tokens in `tokens`. The first `head` tokens are the
    same in all rows and none of them is a target: a trainer may compute them once.
    """

    ids: tuple[str, ...]
    tokens: NDArray[np.int32]
    targets: NDArray[np.int32]
    mask: NDArray[np.bool_]
    lengths: NDArray[np.int32]
    head: int = 0

    @property
    def target_count(self) -> int:
        """How many targets count: the weight of this batch among those of a step."""
        return int(np.count_nonzero(self.mask))


def collate(
    examples: Sequence[Example], numbers: Sequence[int] | NDArray[np.int64], multiple: int = 1
) -> Batch:
    """The batch of these examples, its width rounded up to a `multiple`, for kernels that like few shapes."""
    rows = [examples[number] for number in numbers]
    lengths = np.array([len(example) - 1 for example in rows], dtype=np.int32)
    width = -(-int(lengths.max()) // multiple) * multiple
    tokens = np.zeros((len(rows), width), dtype=np.int32)
    targets = np.zeros_like(tokens)
    mask = np.zeros(tokens.shape, dtype=np.bool_)
    for row, (example, length) in enumerate(zip(rows, lengths, strict=True)):
        tokens[row, :length] = example.tokens[:-1]
        targets[row, :length] = example.tokens[1:]
        mask[row, :length] = example.mask[1:]
    return Batch(tuple(example.id for example in rows), tokens, targets, mask, lengths, _head(rows))


def as_padding(batch: Batch) -> Batch:
    """The batch's first row, all of it padding: it goes through a model as any other and adds nothing."""
    first = slice(0, 1)
    return replace(
        batch,
        ids=batch.ids[first],
        tokens=batch.tokens[first],
        targets=batch.targets[first],
        mask=np.zeros_like(batch.mask[first]),
        lengths=np.zeros_like(batch.lengths[first]),
    )


def heads_of(examples: Sequence[Example]) -> list[int]:
    """A number for each example's head, the same for the same tokens."""
    known: dict[bytes, int] = {}
    return [known.setdefault(one.tokens[: one.shared].tobytes(), len(known)) for one in examples]


def _head(rows: Sequence[Example]) -> int:
    first = rows[0].tokens[: rows[0].shared]
    alike = all(np.array_equal(row.tokens[: row.shared], first) for row in rows)
    # The head's last token may have the first target behind it.
    return max(int(first.size) - 1, 0) if alike else 0


def padding_share(lengths: Sequence[int], batches: Sequence[NDArray[np.int64]]) -> float:
    """The share of padding in these batches of examples of these lengths."""
    real = sum(int(lengths[number]) for batch in batches for number in batch)
    held = sum(len(batch) * max(int(lengths[number]) for number in batch) for batch in batches)
    return 1 - real / held


def _pools_by_head(
    lengths: NDArray[np.int64], heads: NDArray[np.int64], batch_tokens: int, batch_size: int
) -> list[tuple[NDArray[np.int64], int]]:
    """Pools of examples that share their head and fill their batches, and of all others together."""
    if len(np.unique(heads)) < 2:
        return _pools(lengths, batch_tokens, batch_size)
    kept, others = [], []
    for head in np.unique(heads):
        members = np.flatnonzero(heads == head)
        for pool, count in _pools(lengths[members], batch_tokens, batch_size):
            room = min(batch_size, batch_tokens // int(lengths[members[pool]].max()))
            if 2 * len(pool) >= count * room:
                kept.append((members[pool], count))
            else:
                others.append(members[pool])
    if others:
        rest = np.sort(np.concatenate(others))
        kept += [(rest[pool], count) for pool, count in _pools(lengths[rest], batch_tokens, batch_size)]
    return kept


def _pools(
    lengths: NDArray[np.int64], batch_tokens: int, batch_size: int
) -> list[tuple[NDArray[np.int64], int]]:
    """Examples of like length, longest first, and into how many batches each pool goes."""
    order = np.argsort(-lengths, kind="stable")
    sizes = lengths[order]
    pools = []
    start = 0
    while start < len(order):
        longest = int(sizes[start])
        rows = max(1, min(batch_size, batch_tokens // longest))
        like = int(np.searchsorted(-sizes, -longest * (1 - _SPREAD), side="right")) - start
        whole = like if start + like == len(sizes) else like // rows * rows
        size = whole or _fitting(sizes[start : start + rows])
        pools.append((order[start : start + size], -(-size // rows)))
        start += size
    return pools


def _fitting(sizes: NDArray[np.int64]) -> int:
    """How many of these examples, longest first, make one batch without too much padding."""
    padding = 1 - np.cumsum(sizes) / (sizes[0] * np.arange(1, len(sizes) + 1))
    return int(np.count_nonzero(padding <= _MOST_PADDING))  # it grows with every shorter example


def _shuffled(items: NDArray[np.int64], draw: np.random.Generator) -> NDArray[np.int64]:
    return items[np.argsort(draw.random(len(items)), kind="stable")]
