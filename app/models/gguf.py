"""A GGUF file of the llama architecture → an MLX folder, once, without requantising.

`mx.load` reads Q4_0, Q4_1 and Q8_0 tensors as MLX's affine form (weight, scales, biases; group 32), so
their numbers pass unchanged. Knows nothing of where the file came from, nor of thresher.json.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from thresher.adapters.errors import ModelError
from thresher.app.models.gguf_tokenizer import write_tokenizer

_GROUP = 32
#: llama.cpp's leaf names → mlx-lm's, within a layer.
_LEAVES = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_down": "mlp.down_proj",
    "ffn_up": "mlp.up_proj",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}
_TOP = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
_REMEDY = "Use an MLX folder or a Hub repository of this model instead."


def convert(gguf: Path, folder: Path) -> None:
    """Write config.json, model.safetensors and the tokenizer's files for `gguf` into the existing `folder`.

    Raises ModelError where the file is not GGUF, or its architecture, tensors or tokenizer are not known.
    """
    ready_mlx()
    import mlx.core as mx

    with gguf.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ModelError(f"{gguf.name}: this is not a GGUF file. {_REMEDY}")
    try:
        loaded: Any = mx.load(str(gguf), format="gguf", return_metadata=True)
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"{gguf.name}: MLX cannot read this GGUF file ({error}). {_REMEDY}") from error
    tensors, metadata = loaded
    facts = {name: _plain(value) for name, value in metadata.items()}
    config = _config(gguf.name, facts, tensors)
    weights = _weights(gguf.name, tensors, config)
    _refuse_missing(gguf.name, weights, config["num_hidden_layers"])
    config["quantization"] = _quantisation(weights)
    if config["quantization"] is None:
        del config["quantization"]
    config |= write_tokenizer(gguf.name, facts, folder)
    mx.save_safetensors(str(folder / "model.safetensors"), weights, metadata={"format": "mlx"})
    generation = {
        key: config[key] for key in ("bos_token_id", "eos_token_id", "pad_token_id") if key in config
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")
    (folder / "generation_config.json").write_text(json.dumps(generation, indent=2) + "\n", "utf-8")


def ready_mlx() -> None:
    """Load the fast BLAS before MLX is first imported, lest a model that is loaded later be slow."""
    from thresher.adapters.blas import load_fast_blas

    if "mlx.core" not in sys.modules:
        load_fast_blas()


def _plain(value: Any) -> Any:
    """Metadata as Python values: MLX gives numbers as arrays."""
    return value.tolist() if hasattr(value, "tolist") else value


def _config(name: str, facts: Mapping[str, Any], tensors: Mapping[str, Any]) -> dict[str, Any]:
    """The model's hyper-parameters under the names of config.json."""
    if (architecture := facts.get("general.architecture")) != "llama":
        raise ModelError(f"{name}: architecture {architecture!r}; only llama GGUF files are read. {_REMEDY}")
    scaling = [key for key in facts if key.startswith("llama.rope.scaling.")]
    if scaling or "rope_freqs.weight" in tensors:
        raise ModelError(f"{name}: its scaled rotary positions would be lost. {_REMEDY}")

    def fact(key: str) -> Any:
        try:
            return facts[f"llama.{key}"]
        except KeyError:
            raise ModelError(f"{name}: the metadata lacks llama.{key}. Download the file again.") from None

    heads = fact("attention.head_count")
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": fact("embedding_length"),
        "intermediate_size": fact("feed_forward_length"),
        "num_hidden_layers": fact("block_count"),
        "num_attention_heads": heads,
        "num_key_value_heads": facts.get("llama.attention.head_count_kv", heads),
        "head_dim": facts.get("llama.attention.key_length", fact("embedding_length") // heads),
        # The file holds it as float32: 9.999999747378752e-06 is 1e-05.
        "rms_norm_eps": float(f"{fact('attention.layer_norm_rms_epsilon'):.6g}"),
        "rope_theta": float(facts.get("llama.rope.freq_base", 10000.0)),
        "max_position_embeddings": fact("context_length"),
        "vocab_size": len(facts.get("tokenizer.ggml.tokens", ())),
        "attention_bias": "blk.0.attn_q.bias" in tensors,
        "mlp_bias": "blk.0.ffn_up.bias" in tensors,
        "tie_word_embeddings": "output.weight" not in tensors,
    }


def _weights(name: str, tensors: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    """All tensors under mlx-lm's names, with attention rows in their original order."""
    heads = {"attn_q": config["num_attention_heads"], "attn_k": config["num_key_value_heads"]}
    weights: dict[str, Any] = {}
    unknown: list[str] = []
    for source, tensor in tensors.items():
        layer = re.fullmatch(r"blk\.(\d+)\.(\w+)\.(weight|scales|biases|bias)", source)
        top = re.fullmatch(r"(\w+)\.(weight|scales|biases)", source)
        if layer and layer[2] in _LEAVES:
            if layer[2] in heads:
                tensor = unpermute(tensor, heads[layer[2]])
            weights[f"model.layers.{layer[1]}.{_LEAVES[layer[2]]}.{layer[3]}"] = tensor
        elif top and top[1] in _TOP:
            weights[f"{_TOP[top[1]]}.{top[2]}"] = tensor
        else:
            unknown.append(source)
    if unknown:
        raise ModelError(f"{name}: tensors that no llama model has: {', '.join(sorted(unknown))}. {_REMEDY}")
    return weights


def unpermute(rows: Any, heads: int) -> Any:
    """Undo llama.cpp's order of rows for its rotary positions: (heads × d, …) → (heads × d, …).

    Rows of a quantised tensor are independent, so weight, scales and biases are treated alike.
    """
    half = rows.shape[0] // heads // 2
    rest = rows.shape[1:]
    return rows.reshape(heads, half, 2, *rest).swapaxes(1, 2).reshape(rows.shape)


def _refuse_missing(name: str, weights: Mapping[str, Any], layers: int) -> None:
    expected = {"model.embed_tokens.weight", "model.norm.weight"}
    expected |= {f"model.layers.{n}.{leaf}.weight" for n in range(layers) for leaf in _LEAVES.values()}
    if missing := sorted(expected - weights.keys()):
        raise ModelError(f"{name}: tensors are missing: {', '.join(missing)}. Download the file again.")


def _quantisation(weights: Mapping[str, Any]) -> dict[str, Any] | None:
    """mlx-lm's `quantization` entry: the commonest width, and each module that has another."""
    bits = {
        key.removesuffix(".scales"): 32
        * weights[key.replace(".scales", ".weight")].shape[1]
        // (_GROUP * scales.shape[1])
        for key, scales in weights.items()
        if key.endswith(".scales")
    }
    if not bits:
        return None
    common = Counter(bits.values()).most_common(1)[0][0]
    others = {
        module: {"group_size": _GROUP, "bits": width} for module, width in bits.items() if width != common
    }
    return {"group_size": _GROUP, "bits": common, **others}
