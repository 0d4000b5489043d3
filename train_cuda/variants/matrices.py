"""rsLoRA and DoRA: the run's matrices, another scale or a magnitude beside them."""

import math
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.lora.layer import Linear
from torch import nn

from thresher.adapters.formats.uniform import ScaledLayer
from thresher.adapters.manifest import Manifest
from thresher.adapters.training.plan import Plan
from thresher.train_cuda.lora import LoraLinear
from thresher.train_cuda.loss import TargetLoss
from thresher.train_cuda.variants.folders import write_peft, write_plain
from thresher.train_cuda.variants.variant import Variant, trained_in

#: PEFT's name for the one adapter in the model.
_ADAPTER = "default"


class RsLora(Variant):
    """The product of the matrices is scaled by alpha / √rank in place of alpha / rank."""

    def __init__(self, model: Any, plan: Plan, shares: bool) -> None:
        """Starts from the matrices of the run's own first adapter."""
        config = _config(plan, rslora=True)
        config._register_custom_module({nn.Linear: LoraLinear})
        get_peft_model(model, config)
        self._layers = _started(model, plan)
        super().__init__(model, plan, trained_in(model), TargetLoss(model, shares))

    def write(self, folder: Path, manifest: Manifest, /) -> None:
        """Plain LoRA with the same scale."""
        scale = self.plan.config.used_alpha / math.sqrt(self.plan.config.rank)
        layers = {
            name: ScaledLayer(
                layer.lora_A[_ADAPTER].weight.detach().cpu().numpy(),
                layer.lora_B[_ADAPTER].weight.detach().cpu().numpy(),
                scale,
            )
            for name, layer in self._layers.items()
        }
        write_plain(folder, layers, manifest)


class DoRa(Variant):
    """Each row of a layer's weight has a magnitude of its own; the matrices turn its direction."""

    def __init__(self, model: Any, plan: Plan, shares: bool) -> None:
        """Starts from the matrices of the run's own first adapter."""
        self._peft: PeftModel = get_peft_model(model, _config(plan, dora=True))
        _started(model, plan)
        super().__init__(model, plan, trained_in(model), TargetLoss(model, shares))

    def write(self, folder: Path, manifest: Manifest, /) -> None:
        """PEFT's own folder: plain LoRA has no place for the magnitudes."""
        write_peft(folder, self._peft, manifest.base.name)


def _config(plan: Plan, rslora: bool = False, dora: bool = False) -> LoraConfig:
    config = plan.config
    return LoraConfig(
        r=config.rank,
        lora_alpha=config.used_alpha,  # type: ignore[arg-type]  # PEFT divides it, whole or not
        lora_dropout=config.dropout,
        target_modules=list(plan.layers),
        bias="none",
        use_rslora=rslora,
        use_dora=dora,
    )


def _started(model: nn.Module, plan: Plan) -> dict[str, Any]:
    """The adapted layers by name, A as the run's first adapter has it. B is zero, as PEFT made it."""
    layers: dict[str, Any] = {}
    for name in plan.layers:
        layers[name] = model.get_submodule(name)
        if not isinstance(layers[name], Linear):
            raise ValueError(f"PEFT did not adapt {name}")
        with torch.no_grad():
            layers[name].lora_A[_ADAPTER].weight.copy_(torch.from_numpy(plan.first[name].a))
    return layers
