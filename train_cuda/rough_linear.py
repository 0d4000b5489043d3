"""A frozen linear layer whose products are rougher than what lies between them.

The weights and both factors of a product are of the weights' type, as on matrix units that multiply
bfloat16; sums of layers, norms and the adapter keep the activations' type.
"""

import torch
from torch import Tensor, nn


class RoughLinear(nn.Linear):
    """Takes and gives the activations' type, whatever its weight has."""

    def forward(self, input: Tensor) -> Tensor:
        """From (…, inputs) to (…, outputs)."""
        return rough_linear(input, self.weight, self.bias)


def rough_linear(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """x @ weight.T + bias in x's type, computed in the weight's."""
    return nn.functional.linear(x.to(weight.dtype), weight, bias).to(x.dtype)


def rough_product(x: Tensor, weight: Tensor) -> Tensor:
    """x @ weight in x's type, computed in the weight's."""
    return (x.to(weight.dtype) @ weight).to(x.dtype)


def roughen(model: nn.Module, kept: frozenset[str]) -> set[str]:
    """Puts a RoughLinear, without weights yet, in the place of each linear layer; gives their names.

    `kept`: last parts of names that stay as they are.
    """
    names = {
        name
        for name, module in model.named_modules()
        if type(module) is nn.Linear and name.rpartition(".")[2] not in kept
    }
    for name in names:
        parent, _, leaf = name.rpartition(".")
        layer = model.get_submodule(name)
        assert isinstance(layer, nn.Linear)
        with torch.device("meta"):
            rough = RoughLinear(layer.in_features, layer.out_features, bias=layer.bias is not None)
        setattr(model.get_submodule(parent), leaf, rough)
    return names
