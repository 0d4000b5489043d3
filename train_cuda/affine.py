"""MLX's affine quantisation in torch: w = scale * q + bias for each group of a row.

The numbers are MLX's own, bit for bit, at any of its widths. Knows no model.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from thresher.train_cuda.rough_linear import rough_linear, rough_product

BITS = (2, 3, 4, 5, 6, 8)


@dataclass(frozen=True)
class Packing:
    """How a layer is quantised: the bits of a number, and how many numbers of a row share a scale."""

    bits: int
    group_size: int


def packing_of(module: str, quantisation: Mapping[str, Any]) -> Packing:
    """The packing of a module by config.json's `quantization`. Raises ValueError where it is not affine."""
    own = quantisation.get(module)
    asked = {**quantisation, **own} if isinstance(own, dict) else quantisation
    bits, mode = asked.get("bits"), asked.get("mode", "affine")
    if bits not in BITS or mode != "affine" or not isinstance(asked.get("group_size"), int):
        raise ValueError(f"{module} is quantised in mode {mode} with {bits} bits")
    return Packing(int(bits), int(asked["group_size"]))


def dequantise(weight: Tensor, scales: Tensor, biases: Tensor, packing: Packing) -> Tensor:
    """The numbers of `weight` (rows, words of 32 bits) in the type of the scales, (rows, columns).

    `scales` and `biases` have shape (rows, columns / group size). Rounds as MLX does: after the product and
    after the sum.
    """
    numbers = _unpacked(weight.view(torch.uint8), packing.bits)
    grouped = numbers.view(*scales.shape, packing.group_size).to(scales.dtype)
    return grouped.mul_(scales.unsqueeze(-1)).add_(biases.unsqueeze(-1)).view(numbers.shape)


def _unpacked(data: Tensor, bits: int) -> Tensor:
    """The numbers of rows of bytes: a stream of bits, the lowest first."""
    if 8 % bits == 0:
        shifts = torch.arange(0, 8, bits, dtype=torch.uint8, device=data.device)
        return (data.unsqueeze(-1) >> shifts).bitwise_and_(2**bits - 1).flatten(-2)
    # Eight numbers take `bits` bytes: together a number of 64 bits.
    eights = data.view(*data.shape[:-1], -1, bits).to(torch.int64)
    places = torch.arange(bits, device=data.device) * 8
    wide = (eights << places).sum(-1, keepdim=True)
    numbers: Tensor = wide >> torch.arange(8, device=data.device) * bits
    return numbers.bitwise_and_(2**bits - 1).flatten(-2)


class PackedLinear(nn.Linear):
    """A frozen linear layer whose weight stays packed: `weight` holds words of 32 bits.

    The weight is expanded for each pass and each way back, and never kept. Half a byte a weight at 4 bits.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        parts: tuple[Tensor, Tensor, Tensor],
        bias: Tensor | None,
        packing: Packing,
        dtype: torch.dtype,
    ) -> None:
        """`shape` is (outputs, inputs), `parts` are weight, scales and biases as in MLX's file."""
        nn.Module.__init__(self)
        self.out_features, self.in_features = shape
        weight, scales, biases = parts
        self.weight = nn.Parameter(weight.view(torch.int32), requires_grad=False)
        self.scales = nn.Parameter(scales, requires_grad=False)
        self.biases = nn.Parameter(biases, requires_grad=False)
        self.register_parameter("bias", None if bias is None else nn.Parameter(bias, requires_grad=False))
        self._packing = packing
        self._dtype = dtype

    def dense(self) -> Tensor:
        """The weight, expanded, (outputs, inputs), in the type of its products."""
        return dequantise(self.weight, self.scales, self.biases, self._packing).to(self._dtype)

    def forward(self, input: Tensor) -> Tensor:
        """From (…, inputs) to (…, outputs)."""
        return _Packed.apply(input, self)  # type: ignore[no-any-return, no-untyped-call]


class _Packed(torch.autograd.Function):
    """A product with an expanded weight that the way back expands again."""

    @staticmethod
    def forward(context: Any, x: Tensor, layer: PackedLinear) -> Tensor:
        context.layer = layer
        return rough_linear(x, layer.dense(), layer.bias)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return rough_product(gradient, context.layer.dense()), None
