"""The adapter in the model: PEFT places the matrices, and one product of ours computes with them."""

from collections.abc import Mapping
from typing import Any

import torch
from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora.layer import Linear
from torch import Tensor, nn

from thresher.adapters.adapter import LoraLayer
from thresher.train_cuda.affine import PackedLinear
from thresher.train_cuda.rough_linear import rough_linear, rough_product

#: PEFT's name for the one adapter in the model.
_ADAPTER = "default"


class LoraLinear(Linear):
    """PEFT's layer with the same result in fewer passes over the activations, in the type they have.

    PEFT's own forward turns the inputs of each layer into float32 and keeps them so until the way back. The
    matrices stay float32 here too; it is their copies in the product that have the activations' type. The
    frozen weight's products may be rougher.
    """

    def forward(self, x: Tensor, *_: Any, **__: Any) -> Tensor:
        """From (…, inputs) to (…, outputs)."""
        base = self.base_layer
        a, b = self.lora_A[_ADAPTER].weight, self.lora_B[_ADAPTER].weight
        chance = getattr(self.lora_dropout[_ADAPTER], "p", 0.0) if self.training else 0.0
        kept = torch.rand(x.shape, device=x.device) >= chance if chance else None
        scale = self.scaling[_ADAPTER]
        y: Tensor = _Product.apply(x, a, b, base, scale, kept, 1 / (1 - chance))  # type: ignore[no-untyped-call]
        return y


class _Product(torch.autograd.Function):
    """x @ W.T + scale * (dropped(x) @ a.T) @ b.T; W is frozen, and not kept where it is packed."""

    @staticmethod
    def forward(
        context: Any,
        x: Tensor,
        a: Tensor,
        b: Tensor,
        base: nn.Linear,
        scale: float,
        kept: Tensor | None,
        raised: float,
    ) -> Tensor:
        rows = x.reshape(-1, x.shape[-1])
        y = rough_linear(rows, _weight(base), base.bias)
        dropped = rows if kept is None else rows * kept.view(rows.shape) * raised
        # The scale goes to the narrow side, where there are fewest numbers.
        narrow = dropped @ (a * scale).to(x.dtype).T
        y.addmm_(narrow, b.to(x.dtype).T)
        context.save_for_backward(rows, narrow, a, b, kept)
        context.base, context.scale, context.raised, context.shape = base, scale, raised, x.shape
        return y.view(*x.shape[:-1], -1)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        rows, narrow, a, b, kept = context.saved_tensors
        gradient = gradient.reshape(-1, gradient.shape[-1])
        scaled_a = (a * context.scale).to(rows.dtype)
        inner = gradient @ b.to(rows.dtype)
        dropped = rows if kept is None else rows * kept.view(rows.shape) * context.raised
        to_a = (inner.T @ dropped).to(a.dtype) * context.scale
        to_b = (gradient.T @ narrow).to(b.dtype)
        to_x = None
        if context.needs_input_grad[0]:  # not in the first block: nothing before it trains
            to_x = rough_product(gradient, _weight(context.base))
            if kept is None:
                to_x.addmm_(inner, scaled_a)
            else:
                to_x += inner @ scaled_a * kept.view(rows.shape) * context.raised
            to_x = to_x.view(context.shape)
        return to_x, to_a, to_b, None, None, None, None


def _weight(base: nn.Linear) -> Tensor:
    return base.dense() if isinstance(base, PackedLinear) else base.weight


def insert(
    model: nn.Module, layers: Mapping[str, LoraLayer], rank: int, alpha: float, dropout: float
) -> dict[str, nn.Parameter]:
    """Puts the adapter into a frozen model; returns its matrices, float32, by `MODULE.lora_A` and `.lora_B`.

    They are all that trains. Raises ValueError where the model has no such layer: names come from the base's
    own files.
    """
    config = LoraConfig(
        r=rank,
        lora_alpha=alpha,  # type: ignore[arg-type]  # PEFT divides by the rank, whole or not
        lora_dropout=dropout,
        target_modules=sorted(layers),
        bias="none",
        init_lora_weights=False,
    )
    config._register_custom_module({nn.Linear: LoraLinear})
    inject_adapter_in_model(config, model, _ADAPTER)
    matrices: dict[str, nn.Parameter] = {}
    for name in sorted(layers):
        module: Any = model.get_submodule(name)
        if type(module) is not LoraLinear:
            raise ValueError(f"PEFT did not adapt {name}")
        for side, array in (("lora_A", layers[name].a), ("lora_B", layers[name].b)):
            where: Any = module.base_layer.weight.device
            matrix = nn.Parameter(torch.tensor(array, dtype=torch.float32, device=where))
            getattr(module, side)[_ADAPTER].weight = matrix
            matrices[f"{name}.{side}"] = matrix
    return matrices
