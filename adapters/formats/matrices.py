"""The two matrices of each layer as a file has them, found by name and checked before a byte is read.

Knows no format: how a tensor's name is read, and which layers must be there, its callers say.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from thresher.adapters.base_model import OUTSIDE
from thresher.adapters.errors import AdapterError
from thresher.adapters.formats.uniform import ScaledLayer
from thresher.adapters.tensor_file import Tensor, read_floats, read_tensors

Side = Literal["a", "b"]
#: A tensor's module and side, from its name; None for what is no LoRA matrix.
Parse = Callable[[str], tuple[str, Side] | None]
#: Shapes (outputs, inputs) of linear layers by name.
Linear = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Pair:
    """A layer's tensors. `transposed`: they are (inputs, rank) and (rank, outputs), as mlx-lm has them."""

    a: Tensor
    b: Tensor
    transposed: bool

    @property
    def shapes(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Of A and B in PEFT's orientation: (rank, inputs) and (outputs, rank)."""
        step = -1 if self.transposed else 1
        return self.a.shape[::step], self.b.shape[::step]

    def read(self, scale: float) -> ScaledLayer:
        """The numbers, in PEFT's orientation. A square layer shows no sign of which one it was in."""
        a, b = read_floats(self.a), read_floats(self.b)
        return ScaledLayer(a.T, b.T, scale) if self.transposed else ScaledLayer(a, b, scale)


def tensors_in(folder: Path, file: str) -> list[Tensor]:
    """The tensors of the folder's weights, by their places. Raises AdapterError."""
    if not (folder / file).is_file():
        raise AdapterError(f"{folder.name}: {file} is missing. Fetch the adapter again.")
    return read_tensors(folder / file, AdapterError)


def modules_in(tensors: Sequence[Tensor], parse: Parse) -> list[str]:
    """The modules that there are matrices for, by the file's own names."""
    parsed = (parse(tensor.name) for tensor in tensors)
    return sorted({each[0] for each in parsed if each})


def find_pairs(
    tensors: Sequence[Tensor], parse: Parse, transposed: bool
) -> tuple[dict[str, Pair], list[str]]:
    """The pairs by module, and a sentence on each tensor that is missing, extra, or there twice."""
    found: dict[str, dict[Side, Tensor]] = {}
    problems = []
    for tensor in tensors:
        parsed = parse(tensor.name)
        if parsed is None:
            problems.append(f"{tensor.name}: is no LoRA matrix{_why_extra(tensor.name)}")
        elif parsed[1] in found.setdefault(parsed[0], {}):
            problems.append(f"{tensor.name}: is there twice, under another name too")
        else:
            found[parsed[0]][parsed[1]] = tensor
    for module, sides in sorted(found.items()):
        problems += [
            f"{module}: its matrix {side.upper()} is missing" for side in ("a", "b") if side not in sides
        ]
        if module.rpartition(".")[2] in OUTSIDE:
            problems.append(f"{module}: embeddings and output projections are not adapted; they may be tied")
    if not found:
        problems.append("it holds no LoRA matrix at all")
    whole = {m: Pair(s["a"], s["b"], transposed) for m, s in sorted(found.items()) if len(s) == 2}
    return whole, problems


def unexpected(found: Collection[str], expected: Collection[str], linear: Linear) -> list[str]:
    """What is there and should not be, and the reverse, a sentence each. Nothing expected is wrong too."""
    problems = [
        f"{name}: the configuration targets it, the file lacks it"
        for name in sorted(set(expected) - set(found))
    ]
    for name in sorted(set(found) - set(expected)):
        known = name in linear
        problems.append(
            f"{name}: {'the configuration does not target it' if known else 'the base has no such layer'}"
        )
    if not expected:
        problems.append("its configuration targets no layer of the base")
    return problems


def misshapen(name: str, pair: Pair, rank: int, linear: Linear | None) -> list[str]:
    """What is wrong with the types and shapes of a pair, a sentence each."""
    problems = [
        f"{tensor.name}: has type {tensor.dtype}, not F32, F16 or BF16"
        for tensor in (pair.a, pair.b)
        if tensor.dtype not in ("F32", "F16", "BF16")
    ]
    a, b = pair.shapes
    if len(a) != 2 or len(b) != 2:
        problems.append(f"{name}: {_dimensions(a, b)}; experts' stacked layers are not adapted")
    elif rank < 1 or a[0] != rank or b[1] != rank:
        problems.append(f"{name}: A {a} and B {b} do not have the rank {rank} of the configuration")
    elif linear is not None and name in linear and (b[0], a[1]) != linear[name]:
        outputs, inputs = linear[name]
        problems.append(f"{name}: has {b[0]} outputs and {a[1]} inputs, the base {outputs} and {inputs}")
    return problems


def not_finite(layers: Mapping[str, ScaledLayer]) -> list[str]:
    """The layers that hold NaN or infinity, a sentence each."""
    return [
        f"{name}: holds numbers that are not finite"
        for name, layer in layers.items()
        if not (np.isfinite(layer.a).all() and np.isfinite(layer.b).all())
    ]


def _dimensions(a: tuple[int, ...], b: tuple[int, ...]) -> str:
    return f"its matrices have {len(a)} and {len(b)} dimensions"


def _why_extra(name: str) -> str:
    if "lora_magnitude_vector" in name or name.endswith(".m"):
        return " (DoRA's magnitudes)"
    if name.endswith("bias"):
        return " (a bias)"
    if "lora_embedding" in name or any(f"{part}." in name for part in OUTSIDE):
        return " (an embedding or output projection, saved beside the adapter)"
    return ""
