"""Twins: one set of small random weights that torch and MLX both read, and what each computes from it.

Outputs are logits after every token of one prompt, so that a difference anywhere in an adapter shows.
"""

import copy
import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.adapter import Adapter
from thresher.adapters.base_model import BaseModel, read_base

TOKENS = [3, 14, 15, 9, 2, 6, 5, 35, 8, 9, 7, 9]
#: Of logits around 1, which an adapter of these tests moves by 0.1 and more.
TOLERANCE = 2e-5
#: Square layers (q_proj and o_proj, but for Qwen3) and others; grouped heads; enough blocks for gaps.
SIZES: dict[str, Any] = {
    "vocab_size": 48,
    "hidden_size": 64,  # mlx-lm rounds its square root to bfloat16 for Gemma: 8 is exact
    "intermediate_size": 96,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 128,
    "tie_word_embeddings": True,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
_GEMMA3_TEXT = {
    "head_dim": 16,
    "sliding_window_pattern": 2,
    "sliding_window": 64,
    "query_pre_attn_scalar": 16,
}
#: Its text model lies within, beside one that sees.
_GEMMA3: dict[str, Any] = {
    "text_config": SIZES | _GEMMA3_TEXT,
    "vision_config": {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "image_size": 16,
        "patch_size": 8,
    },
    "mm_tokens_per_image": 1,
    "image_token_index": 44,
}
Logits = NDArray[np.float32]


@contextmanager
def quiet() -> Iterator[None]:
    """Without what PEFT warns of on every use; any other warning stays an error."""
    with warnings.catch_warnings():
        # PEFT asks transformers by the old name.
        warnings.filterwarnings("ignore", ".*is_gradient_checkpointing.*", FutureWarning)
        yield


def torch_model(kind: str) -> Any:
    """A transformers model of that kind with random weights."""
    import torch
    import transformers as t

    kinds: dict[str, tuple[Any, Any, dict[str, Any]]] = {
        "llama": (t.LlamaConfig, t.LlamaForCausalLM, {"head_dim": 16}),
        "qwen3": (t.Qwen3Config, t.Qwen3ForCausalLM, {"head_dim": 32}),
        # The exact gelu, which mlx-lm has here.
        "gemma": (t.GemmaConfig, t.GemmaForCausalLM, {"head_dim": 16, "hidden_act": "gelu_python"}),
        "gemma3_text": (t.Gemma3TextConfig, t.Gemma3ForCausalLM, _GEMMA3_TEXT),
        "gemma3": (t.Gemma3Config, t.Gemma3ForConditionalGeneration, _GEMMA3),
        "phi3": (t.Phi3Config, t.Phi3ForCausalLM, {"rms_norm_eps": 1e-6}),
    }
    config_class, model_class, own = kinds[kind]
    torch.manual_seed(5)
    with quiet():
        model = model_class(config_class(**SIZES | own)).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "norm" not in name:
                weight.normal_(std=0.15)
    return model


class Twin:
    """A model in torch, and an MLX folder with the same weights."""

    def __init__(self, folder: Path, model: Any, weights: dict[str, Any], config: dict[str, Any]) -> None:
        from safetensors.torch import save_file

        folder.mkdir(parents=True)
        self.folder = folder
        self.model = model
        save_file(weights, folder / "model.safetensors", {"format": "pt"})
        (folder / "config.json").write_text(json.dumps(config), "utf-8")
        (folder / "tokenizer.json").write_text("{}", "utf-8")
        (folder / "chat_template.jinja").write_text("{{ messages }}", "utf-8")
        model.config._name_or_path = model.name_or_path = str(folder)

    @cached_property
    def base(self) -> BaseModel:
        return read_base(self.folder)

    @cached_property
    def plain(self) -> Logits:
        """Of the base alone, in torch."""
        return _run(self.model)

    def save_peft(self, folder: Path, **config: Any) -> Logits:
        """Has PEFT write an adapter of random matrices; what PEFT computes with it: nothing like the base."""
        with quiet():
            adapted = self.peft_model(**config)
            adapted.save_pretrained(folder)
        logits = _run(adapted)
        assert np.abs(logits - self.plain).max() > 1000 * TOLERANCE
        return logits

    def peft_model(self, **config: Any) -> Any:
        import torch
        from peft import LoraConfig, get_peft_model

        torch.manual_seed(11)
        with quiet():
            settings = {"r": 4, "lora_alpha": 8, "init_lora_weights": False, **config}
            return get_peft_model(copy.deepcopy(self.model), LoraConfig(**settings)).eval()

    def peft(self, folder: Path) -> Logits:
        """What PEFT computes with the adapter in `folder`. Its warning of missing matrices is an error."""
        from peft import PeftModel

        with quiet():
            return _run(PeftModel.from_pretrained(copy.deepcopy(self.model), folder).eval())

    def last_bits(self, folder: Path) -> float:
        """How far PEFT's logits with that adapter move where the last bit of each weight of the base changes.

        Float32 promises no less: what is right to the bit up to here may differ by some such steps. It is
        around 5e-6, and a hundred times that where a random adapter drives a softmax or a norm to an edge.
        """
        import torch
        from peft import PeftModel

        stirred = copy.deepcopy(self.model)
        generator = torch.Generator().manual_seed(3)
        with torch.no_grad():
            for weight in stirred.parameters():
                signs = 2 * torch.randint(0, 2, weight.shape, generator=generator) - 1
                weight.mul_(1 + signs * torch.finfo(torch.float32).eps)
        with quiet():
            moved = _run(PeftModel.from_pretrained(stirred, folder).eval())
        return float(np.abs(moved - self.peft(folder)).max())

    def mlx_lm(self, folder: Path | None = None, base: Path | None = None) -> Logits:
        """What mlx-lm computes with the adapter in `folder`, on this base or another."""
        import mlx.core as mx
        from mlx_lm.tuner.utils import load_adapters
        from mlx_lm.utils import load_model

        model, _ = load_model(base or self.folder)
        if folder is not None:
            load_adapters(model, str(folder))
            model.eval()
        return np.array(model(mx.array([TOKENS]))[0], np.float32)

    @cached_property
    def _loaded(self) -> Any:
        from thresher.app.engine.weights import load_weights

        return load_weights(self.folder, 1 << 30)

    def engine(self, adapter: Adapter | None) -> Logits:
        """What our engine computes, a token at a time."""
        from thresher.app.engine.cache import RowLengths

        residents, used = self._loaded.residents, []
        if adapter is not None:
            residents.register("it", adapter.layers, adapter.scale, [])
            used = [residents.use("it")]
        rows = self._loaded.cache(RowLengths([0]))
        return np.array([np.array(self._loaded.feed([[token]], rows, used)[0]) for token in TOKENS])


def _run(model: Any) -> Logits:
    import torch

    with torch.no_grad(), quiet():
        logits: Logits = model(torch.tensor([TOKENS])).logits[0].float().numpy()
    return logits


#: The twin of a kind.
Twins = Callable[[str], Twin]
