"""A linear layer that adds to each row of a batch what the row's adapter changes.

The matrices of all adapters are stacked, and `mx.gather_mm` takes for each row those of its slot. Knows
nothing of which adapters there are, or why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import mlx.core as mx
import mlx.nn as nn


@dataclass(frozen=True, eq=False)
class Resident:
    """One registered version of an adapter. A replaced one is another, whatever its key.

    `ranks` by the path of each linear layer that it changes.
    """

    key: str
    ranks: Mapping[str, int]


class Stack:
    """One linear layer's matrices of all adapters that change it. Slot 0 is zeros: a row without one.

    `a` has shape (slots, inputs, rank), `b` (slots, rank, outputs), rank being the largest; the rest is
    zeros. The scale is in `b`.
    """

    def __init__(self, a: mx.array, b: mx.array, slots: Mapping[Resident, int]) -> None:
        self.a = a
        self.b = b
        self.slots = slots
        self._alone: dict[int, tuple[mx.array, mx.array]] = {}

    def alone(self, slot: int) -> tuple[mx.array, mx.array]:
        """One slot's two matrices."""
        if slot not in self._alone:
            self._alone[slot] = self.a[slot], self.b[slot]
        return self._alone[slot]


class ChosenRows:
    """Which adapter each row of the next pass uses; shared by all layers. Empty: no row uses any."""

    def __init__(self) -> None:
        self.rows: tuple[Resident | None, ...] = ()
        self.gathers = True  # whether mx.gather_mm can be trusted here
        self._indices: dict[tuple[int, ...], mx.array] = {}

    def set(self, rows: Sequence[Resident | None]) -> None:
        """Chooses for the passes to come."""
        self.rows = tuple(rows) if any(rows) else ()
        self._indices.clear()

    def index(self, slots: tuple[int, ...]) -> mx.array:
        """The slots as an array, made once for all layers of a pass that have the same."""
        if slots not in self._indices:
            self._indices[slots] = mx.array(slots, dtype=mx.uint32)
        return self._indices[slots]


class AdaptedLinear(nn.Module):  # type: ignore[misc]  # mlx has no types here
    """A linear layer, and what the rows' adapters add to it. Quantised weights stay as they are."""

    def __init__(self, base: Any, chosen: ChosenRows) -> None:
        super().__init__()
        self.base = base
        self.stack: Stack | None = None
        self._chosen = chosen

    @property
    def shape(self) -> tuple[int, int]:
        """Inputs and outputs."""
        outputs, inputs = self.base.weight.shape
        return (inputs * 32 // self.base.bits if "scales" in self.base else inputs), outputs

    @property
    def dtype(self) -> Any:
        """Of the stack: float32 on a CPU, where nothing else is fast or, for `gather_mm`, possible."""
        own = self.base.scales.dtype if "scales" in self.base else self.base.weight.dtype
        on_cpu = mx.default_device().type == mx.DeviceType.cpu
        return own if mx.issubdtype(own, mx.floating) and not on_cpu else mx.float32

    def __call__(self, x: mx.array) -> mx.array:
        """From (rows, tokens, inputs) to (rows, tokens, outputs)."""
        y: mx.array = self.base(x)
        if self.stack is None or not self._chosen.rows:
            return y
        held = self.stack.slots
        slots = tuple(0 if row is None else held.get(row, 0) for row in self._chosen.rows)
        if not any(slots):
            return y
        narrow = x.astype(self.stack.a.dtype)
        if len(set(slots)) == 1:
            a, b = self.stack.alone(slots[0])
            change = narrow @ a @ b
        elif self._chosen.gathers:
            change = gathered(narrow, self.stack, self._chosen.index(slots))
        else:
            change = row_by_row(narrow, self.stack, slots)
        return y + change.astype(y.dtype)


def gathered(x: mx.array, stack: Stack, index: mx.array) -> mx.array:
    """Each row of `x` by the two matrices of its slot."""
    z = mx.gather_mm(x, stack.a, rhs_indices=index)
    return mx.gather_mm(z, stack.b, rhs_indices=index)


def row_by_row(x: mx.array, stack: Stack, slots: Sequence[int]) -> mx.array:
    """The same without `gather_mm`, for a back end that gets it wrong."""
    return mx.stack([x[row] @ stack.a[slot] @ stack.b[slot] for row, slot in enumerate(slots)])


def gathering_agrees(layer: AdaptedLinear) -> bool:
    """Whether `mx.gather_mm` gives here what a product for each row does: a back end's kernel may not."""
    inputs, outputs = layer.shape
    keys = mx.random.split(mx.random.key(7), 4)
    a = mx.random.normal((4, inputs, 8), key=keys[0]).astype(layer.dtype)
    b = mx.random.normal((4, 8, outputs), key=keys[1]).astype(layer.dtype)
    stack, slots = Stack(a, b, {}), (3, 0, 1, 3, 2)
    for tokens, key in ((1, keys[2]), (5, keys[3])):  # their kernels differ
        x = mx.random.normal((len(slots), tokens, inputs), key=key).astype(layer.dtype)
        expected = row_by_row(x, stack, slots)
        error = mx.abs(gathered(x, stack, mx.array(slots)) - expected).max() / mx.abs(expected).max()
        if not bool(error < 1e-2):  # so written, NaN is caught too
            return False
    return True
