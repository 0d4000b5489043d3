"""The frozen base model, in the form that trains fast on this device."""

from pathlib import Path
from typing import Any

import mlx.core as mx

from thresher.adapters.mlx_base import on_cpu, open_base, prepare_for_cpu


def load_base(folder: Path, precision: str = "auto") -> Any:
    """mlx-lm's model of the folder, evaluated, with nothing to train.

    On a CPU quantised weights become float32. On Metal and CUDA they stay quantised; `precision` "float32" or
    "bfloat16" is then the type of all that is not, "auto" the base's own. Raises ModelError.
    """
    model, _ = open_base(folder)
    if on_cpu():
        prepare_for_cpu(model)
    elif precision != "auto":
        model.set_dtype(getattr(mx, precision))
    mx.eval(model.parameters())
    model.freeze()
    model.eval()
    return model
