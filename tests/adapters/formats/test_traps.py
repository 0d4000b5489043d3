"""Traps 1 to 8: an adapter of another format that loads, runs, and answers as another adapter.

Each test is named for its trap. Equality is of outputs: PEFT's own on torch, mlx-lm's and our engine's, on
the same weights.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thresher.adapters.formats.importing import import_mlx_lm

from .trap_files import ALL, Same, as_mlx_lm, reconfigure, refusal, retensor
from .twin import TOLERANCE, Twins


@pytest.mark.parametrize("kind", ["llama", "qwen3", "gemma", "gemma3_text", "phi3"])
@pytest.mark.parametrize("modules", ["square", "other", "all"])
def test_trap_01_matrices_are_transposed(
    twin: Twins, same_everywhere: Same, kind: str, modules: str, tmp_path: Path
) -> None:
    """A square layer loads untransposed too: only outputs tell."""
    here = twin(kind)
    square = [name for name, (outputs, inputs) in here.base.linear.items() if outputs == inputs]
    chosen = {"square": square, "other": sorted(set(here.base.linear) - set(square))}.get(modules)
    assert square
    logits = here.save_peft(tmp_path / "peft", target_modules=chosen or list(here.base.linear))
    adapter = same_everywhere(here, tmp_path / "peft", logits)
    assert list(adapter.layers) == sorted(chosen or here.base.linear)


def test_trap_02_scale_is_alpha_by_rank(twin: Twins, same_everywhere: Same, tmp_path: Path) -> None:
    here = twin("llama")
    logits = here.save_peft(tmp_path / "peft", r=4, lora_alpha=10, target_modules=ALL)
    adapter = same_everywhere(here, tmp_path / "peft", logits)
    assert (adapter.alpha, adapter.scale) == (10, 2.5)
    config = json.loads((tmp_path / "exported mlx_lm" / "adapter_config.json").read_text("utf-8"))
    assert config["lora_parameters"]["scale"] == 2.5
    reconfigure(tmp_path / "exported mlx_lm", lora_parameters={"rank": 4, "alpha": 10, "dropout": 0.0})
    assert "alpha is not it: the scale is alpha / rank" in refusal(tmp_path / "exported mlx_lm", here.base)


def test_trap_03_rslora_divides_by_the_root(twin: Twins, same_everywhere: Same, tmp_path: Path) -> None:
    here = twin("llama")
    logits = here.save_peft(tmp_path / "peft", r=5, lora_alpha=3, use_rslora=True, target_modules=ALL)
    adapter = same_everywhere(here, tmp_path / "peft", logits)
    assert adapter.scale == pytest.approx(3 / 5**0.5)
    assert "rsLoRA" in " ".join(adapter.manifest.source.notes)


@pytest.mark.parametrize("rslora", [False, True])
def test_trap_04_rank_and_alpha_patterns(
    twin: Twins, same_everywhere: Same, rslora: bool, tmp_path: Path
) -> None:
    here = twin("qwen3")
    logits = here.save_peft(
        tmp_path / "peft",
        target_modules=ALL,
        use_rslora=rslora,
        rank_pattern={"layers.1.self_attn.q_proj": 7, "q_proj": 2, r".*\.2\.mlp.*": 3},
        alpha_pattern={"o_proj": 3, r"layers\.[03]\.mlp\.up_proj": 32},
    )
    adapter = same_everywhere(here, tmp_path / "peft", logits)
    assert adapter.rank == 7
    config = json.loads((tmp_path / "exported peft" / "adapter_config.json").read_text("utf-8"))
    assert (config["r"], config["rank_pattern"], config["alpha_pattern"]) == (7, {}, {})
    notes = " ".join(adapter.manifest.source.notes)
    assert "ranks 2, 3, 4, 7 were padded with zeros to 7" in notes
    assert "were folded into B" in notes


@pytest.mark.parametrize("layers", [[0, 2], [1], [3], 2])
def test_trap_05_layers_with_gaps(twin: Twins, same_everywhere: Same, layers: Any, tmp_path: Path) -> None:
    here = twin("llama")
    logits = here.save_peft(tmp_path / "peft", target_modules=ALL, layers_to_transform=layers)
    adapter = same_everywhere(here, tmp_path / "peft", logits)
    chosen = [layers] if isinstance(layers, int) else layers
    assert sorted({int(name.split(".")[2]) for name in adapter.layers}) == chosen
    config = json.loads((tmp_path / "exported mlx_lm" / "adapter_config.json").read_text("utf-8"))
    assert config["num_layers"] == 4 - min(chosen)


def test_trap_06_the_matched_count_is_the_expected_count(twin: Twins, tmp_path: Path) -> None:
    """PEFT's `q_proj` matches no key of mlx-lm's, whose keys are whole: a file of nothing loads there."""
    here = twin("llama")
    folder, logits = as_mlx_lm(here, tmp_path)
    adapter = import_mlx_lm(folder, here.base, None, "it")
    assert len(adapter.layers) == 28 == len(here.base.linear)
    np.testing.assert_allclose(here.engine(adapter), logits, atol=TOLERANCE)
    reconfigure(folder, lora_parameters={"rank": 4, "scale": 2.0, "dropout": 0.0, "keys": ["q_proj"]})
    said = refusal(folder, here.base)
    assert "keys: 'q_proj' is no linear layer of the base" in said
    assert "its configuration targets no layer of the base" in said
    assert said.count("the configuration does not target it") == 28


def test_trap_06_no_match_in_peft(twin: Twins, tmp_path: Path) -> None:
    here = twin("llama")
    here.save_peft(tmp_path / "peft", target_modules=["q_proj"])
    reconfigure(tmp_path / "peft", target_modules=["self_attn.query"])
    assert "its configuration targets no layer of the base" in refusal(tmp_path / "peft", here.base)


def test_trap_07_prefixes_of_nested_models(twin: Twins, same_everywhere: Same, tmp_path: Path) -> None:
    """Torch's model.language_model is MLX's language_model.model."""
    here = twin("gemma3")
    logits = here.save_peft(tmp_path / "peft", target_modules=r".*language_model.*(q|v|up|down)_proj")
    adapter = same_everywhere(here, tmp_path / "peft", logits)
    assert len(adapter.layers) == 16
    assert all(name.startswith("language_model.model.layers.") for name in adapter.layers)
    assert "model.language_model.… became language_model.model.…" in adapter.manifest.source.notes


@pytest.mark.parametrize("prefix", ["model.", "", "language_model.model.", "model.language_model.model."])
def test_trap_07_other_prefixes(twin: Twins, same_everywhere: Same, prefix: str, tmp_path: Path) -> None:
    here = twin("gemma3")
    logits = here.save_peft(tmp_path / "peft", target_modules=r".*language_model.*_proj")

    def rename(tensors: dict[str, Any]) -> None:
        for name in list(tensors):
            tensors[name.replace("model.language_model.", prefix)] = tensors.pop(name)

    retensor(tmp_path / "peft", rename)
    reconfigure(tmp_path / "peft", target_modules=ALL)
    adapter = same_everywhere(here, tmp_path / "peft", logits)
    assert len(adapter.layers) == 28


def test_trap_07_what_sees_is_not_adapted(twin: Twins, tmp_path: Path) -> None:
    here = twin("gemma3")
    here.save_peft(tmp_path / "peft", target_modules=["q_proj"])
    said = refusal(tmp_path / "peft", here.base)
    assert "model.vision_tower.encoder.layers.0.self_attn.q_proj: the base has no such layer" in said


def test_trap_08_fused_in_the_base_apart_in_the_file(
    twin: Twins, same_everywhere: Same, tmp_path: Path
) -> None:
    here = twin("llama as phi3")
    ranks = {"q_proj": 3, "up_proj": 2}
    logits = here.save_peft(
        tmp_path / "a", target_modules=ALL, rank_pattern=ranks, alpha_pattern={"v_proj": 1}
    )
    adapter = same_everywhere(here, tmp_path / "a", logits, peft_reads=False)
    fused = adapter.layers["model.layers.0.self_attn.qkv_proj"]
    assert (fused.a.shape, fused.b.shape) == ((11, 64), (128, 11))
    assert not fused.b[:64, 3:].any()
    assert not fused.b[64:, :3].any()
    assert "q_proj was joined into qkv_proj" in adapter.manifest.source.notes


def test_trap_08_fused_in_part(twin: Twins, same_everywhere: Same, tmp_path: Path) -> None:
    here = twin("llama as phi3")
    logits = here.save_peft(
        tmp_path / "peft", target_modules=["k_proj", "up_proj"], layers_to_transform=[1, 2]
    )
    adapter = same_everywhere(here, tmp_path / "peft", logits, peft_reads=False)
    assert len(adapter.layers) == 4
    assert not adapter.layers["model.layers.1.self_attn.qkv_proj"].b[:64].any()


def test_trap_08_apart_in_the_base_fused_in_the_file(
    twin: Twins, same_everywhere: Same, tmp_path: Path
) -> None:
    here = twin("phi3 as llama")
    modules = ["qkv_proj", "gate_up_proj", "o_proj", "down_proj"]
    logits = here.save_peft(tmp_path / "peft", target_modules=modules)
    adapter = same_everywhere(here, tmp_path / "peft", logits, peft_reads=False)
    assert len(adapter.layers) == 28
    assert adapter.rank == 4
    assert "gate_up_proj was split into up_proj" in adapter.manifest.source.notes
