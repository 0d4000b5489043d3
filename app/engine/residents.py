"""The adapters that stay in memory: stacked in the model's linear layers, and chosen by row.

Changing an adapter is choosing another index; the base's weights are never touched. Knows neither files nor
manifests: an adapter comes as plain arrays.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import mlx.core as mx
import mlx.nn as nn
import numpy as np

from thresher.adapters.adapter import LoraLayer
from thresher.adapters.base_model import OUTSIDE
from thresher.adapters.errors import AdapterError
from thresher.app.engine.adapted_linear import AdaptedLinear, ChosenRows, Resident, Stack, gathering_agrees


class Residents:
    """All adapters of a model, in the order of their last use.

    Above `most_bytes` of stacks, registering evicts those least recently used, but none that a request uses:
    where all are in use, the stacks grow beyond it until a later registration.
    """

    def __init__(self, model: Any, most_bytes: int) -> None:
        """Wraps the linear layers of the model's blocks."""
        self.chosen = ChosenRows()
        self._most_bytes = most_bytes
        self._live: dict[str, Resident] = {}
        self._leaving: list[Resident] = []  # replaced or removed, and still in use
        self._layers = {
            path: AdaptedLinear(module, self.chosen)
            for path, module in model.named_modules()
            if isinstance(module, nn.Linear | nn.QuantizedLinear) and path.rpartition(".")[2] not in OUTSIDE
        }
        model.update_modules(_tree(list(self._layers.items())))
        if self._layers:
            self.chosen.gathers = gathering_agrees(next(iter(self._layers.values())))

    @property
    def nbytes(self) -> int:
        """Of all stacks, slots of zeros and padding with them."""
        stacks = [layer.stack for layer in self._layers.values() if layer.stack]
        return sum(stack.a.nbytes + stack.b.nbytes for stack in stacks)

    def sizes(self) -> dict[str, int]:
        """The bytes that each adapter takes in the stacks, padding with it. The least recently used first."""
        sizes = dict.fromkeys(self._live, 0)
        for path, layer in self._layers.items():
            for resident in layer.stack.slots if layer.stack else ():
                if self._live.get(resident.key) is resident:
                    assert layer.stack is not None
                    sizes[resident.key] += self._slot_bytes(path, layer.stack.a.shape[2])
        return sizes

    def use(self, key: str) -> Resident:
        """The adapter for a new request. Raises AdapterError where it is not resident."""
        if key not in self._live:
            raise AdapterError(
                f"the adapter {key} is not resident. Register it with the engine and ask again."
            )
        self._live[key] = self._live.pop(key)
        return self._live[key]

    def register(
        self, key: str, layers: Mapping[str, LoraLayer], scale: float, in_use: Collection[Resident]
    ) -> None:
        """Adds an adapter, or replaces the one of that key: rows in work keep the one that they began with.

        Raises AdapterError that lists all that does not fit the base model; nothing is changed then.
        """
        if wrong := self._mismatches(layers, scale):
            listed = "\n".join(f"  {line}" for line in wrong)
            raise AdapterError(
                f"the adapter {key} does not fit the base model:\n{listed}\nUse one that was made for it."
            )
        self._retire(key)
        new = Resident(key, {path: layer.a.shape[0] for path, layer in layers.items()})
        kept = [*self._live.values(), *(old for old in self._leaving if old in in_use)]
        for old in [old for old in self._live.values() if old not in in_use]:
            if self._bytes([*kept, new]) <= self._most_bytes:
                break
            kept.remove(old)
            del self._live[old.key]
        self._restack(kept, {new: {path: (layer.a, layer.b * scale) for path, layer in layers.items()}})
        self._live[key] = new  # only now: memory may have run out

    def remove(self, key: str, in_use: Collection[Resident]) -> None:
        """Drops the adapter of that key, if there is one; from memory once no row in work uses it."""
        self._retire(key)
        self.release(in_use)

    def release(self, in_use: Collection[Resident]) -> None:
        """Frees what was replaced or removed and is no longer in use."""
        if any(old not in in_use for old in self._leaving):
            self._restack([*self._live.values(), *(old for old in self._leaving if old in in_use)], {})

    def _retire(self, key: str) -> None:
        if old := self._live.pop(key, None):
            self._leaving.append(old)

    def _mismatches(self, layers: Mapping[str, LoraLayer], scale: float) -> list[str]:
        wrong = [] if layers else ["it changes no layer"]
        if not math.isfinite(scale):
            wrong.append(f"its scale is {scale}")
            scale = 1.0
        for path, layer in layers.items():
            if path not in self._layers:
                wrong.append(f"{path}: the base has no such linear layer")
                continue
            inputs, outputs = self._layers[path].shape
            rank = layer.a.shape[0] if layer.a.ndim == 2 else 0
            expected = (rank, inputs), (outputs, rank)
            if rank == 0 or (layer.a.shape, layer.b.shape) != expected:
                wrong.append(
                    f"{path}: a is {layer.a.shape} and b {layer.b.shape}, "
                    f"where (rank, {inputs}) and ({outputs}, rank) fit"
                )
                continue
            largest = float(mx.finfo(self._layers[path].dtype).max)
            with np.errstate(over="ignore", invalid="ignore"):
                scaled = layer.b * scale
            for name, matrix in (("a", layer.a), ("scale × b", scaled)):
                if not np.all(np.abs(matrix) <= largest):  # so written, NaN is caught too
                    wrong.append(f"{path}: {name} has values that are not finite")
        return wrong

    def _bytes(self, residents: Sequence[Resident]) -> int:
        """What the stacks of these would take."""
        total = 0
        for path in self._layers:
            ranks = [resident.ranks[path] for resident in residents if path in resident.ranks]
            total += self._slot_bytes(path, max(ranks)) * (1 + len(ranks)) if ranks else 0
        return total

    def _slot_bytes(self, path: str, rank: int) -> int:
        layer = self._layers[path]
        return int(rank * sum(layer.shape) * layer.dtype.size)

    def _restack(self, kept: Sequence[Resident], new: Mapping[Resident, Mapping[str, Any]]) -> None:
        """Builds the stacks of these adapters anew where they change: from the old, and from new matrices."""
        self._leaving = [old for old in self._leaving if old in kept]
        for path, layer in self._layers.items():
            old = layer.stack
            stay = [resident for resident in kept if path in resident.ranks]
            come = {resident: matrices[path] for resident, matrices in new.items() if path in matrices}
            if not come and len(stay) == (len(old.slots) if old else 0):
                continue
            residents = [*stay, *come]
            if not residents:
                layer.stack = None
                continue
            rank = max(resident.ranks[path] for resident in residents)
            inputs, outputs = layer.shape
            a, b = [mx.zeros((1, inputs, rank), layer.dtype)], [mx.zeros((1, rank, outputs), layer.dtype)]
            if old and stay:
                slots = mx.array([old.slots[resident] for resident in stay])
                a.append(_ranked(old.a[slots], 2, rank))
                b.append(_ranked(old.b[slots], 1, rank))
            for down, up in come.values():
                a.append(_ranked(mx.array(down).T[None].astype(layer.dtype), 2, rank))
                b.append(_ranked(mx.array(up).T[None].astype(layer.dtype), 1, rank))
            stack = Stack(mx.concatenate(a), mx.concatenate(b), {r: at for at, r in enumerate(residents, 1)})
            # A layer at a time: two copies of all stacks would be in memory else.
            mx.eval(stack.a, stack.b)
            layer.stack = stack


def _ranked(matrices: mx.array, axis: int, rank: int) -> mx.array:
    """The matrices with so many ranks: zeros are added, or what only others needed is dropped."""
    have = matrices.shape[axis]
    if have < rank:
        return mx.pad(matrices, [(0, rank - have if at == axis else 0) for at in range(3)])
    return matrices[:, :, :rank] if axis == 2 else matrices[:, :rank]


def _tree(leaves: list[tuple[str, Any]]) -> Any:
    from mlx.utils import tree_unflatten

    return tree_unflatten(leaves)
