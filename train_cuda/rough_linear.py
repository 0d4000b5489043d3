"""A frozen linear layer whose products are rougher than what lies between them.

The weights and both factors of a product are of the weights' type, as on matrix units that multiply
bfloat16; sums of layers, norms and the adapter keep the activations' type.
"""

from torch import Tensor, nn


class RoughLinear(nn.Linear):
    """Takes and gives the activations' type, whatever its weight has."""

    @classmethod
    def like(cls, layer: nn.Linear) -> "RoughLinear":
        """One of the same shape, without memory for its weights."""
        return cls(layer.in_features, layer.out_features, bias=layer.bias is not None, device="meta")

    def forward(self, input: Tensor) -> Tensor:
        """From (…, inputs) to (…, outputs)."""
        return rough_linear(input, self.weight, self.bias)


def rough_linear(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """x @ weight.T + bias in x's type, computed in the weight's."""
    return nn.functional.linear(x.to(weight.dtype), weight, bias).to(x.dtype)


def rough_product(x: Tensor, weight: Tensor) -> Tensor:
    """x @ weight in x's type, computed in the weight's."""
    return (x.to(weight.dtype) @ weight).to(x.dtype)
