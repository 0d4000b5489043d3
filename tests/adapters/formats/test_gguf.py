"""What is written for llama.cpp: read back, and merged into a base as llama.cpp would store it."""

import json
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from thresher.adapters.environment import install_command
from thresher.adapters.errors import AdapterError, UsageError
from thresher.adapters.formats.exporting import export
from thresher.adapters.formats.gguf import permuted
from thresher.adapters.formats.importing import import_peft
from thresher.app.models.gguf import _LEAVES, _weights

from .twin import Twins


def exported(twin: Any, folder: Path) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """An adapter for all layers, and the file's facts and tensors."""
    from gguf import GGUFReader

    twin.save_peft(folder / "peft", target_modules=r"(?!.*vision).*_proj")
    adapter = import_peft(folder / "peft", twin.base, None, "mine")
    export(adapter, twin.base, folder / "mine.gguf", "gguf")
    reader = GGUFReader(folder / "mine.gguf")
    facts = {field.name: field.contents() for field in reader.fields.values()}
    return adapter, facts, {tensor.name: np.array(tensor.data) for tensor in reader.tensors}


def test_merged_into_the_base_it_computes_the_same(twin: Twins, tmp_path: Path) -> None:
    """The starter's conversion undoes llama.cpp's order of rows: what comes out must be the adapted model."""
    here = twin("llama")
    adapter, facts, tensors = exported(here, tmp_path)
    assert (facts["general.type"], facts["adapter.type"]) == ("adapter", "lora")
    assert (facts["general.architecture"], facts["adapter.lora.alpha"]) == ("llama", 8.0)
    assert len(tensors) == 2 * len(here.base.linear)
    theirs = {name: leaf for leaf, name in _LEAVES.items()}
    stored = {}
    for name, weight in load_file(here.folder / "model.safetensors").items():
        match name.split("."):
            case ["model", "layers", number, *leaf, "weight"]:
                own = theirs[".".join(leaf)]
                key = f"blk.{number}.{own}.weight"
                heads = {"attn_q": 4, "attn_k": 2}.get(own)
                stored[key] = permuted(weight, heads) if heads else weight
                if f"{key}.lora_a" in tensors:
                    a, b = tensors[f"{key}.lora_a"], tensors[f"{key}.lora_b"]
                    stored[key] = stored[key] + facts["adapter.lora.alpha"] / b.shape[1] * b @ a
            case _:
                stored[{"model.embed_tokens.weight": "token_embd.weight"}.get(name, "output_norm.weight")] = (
                    weight
                )
    merged = tmp_path / "merged"
    shutil.copytree(here.folder, merged)
    config = json.loads((merged / "config.json").read_text("utf-8"))
    save_file(_weights("merged", stored, config), merged / "model.safetensors")
    np.testing.assert_allclose(here.mlx_lm(base=merged), here.engine(adapter), atol=2e-5)


@pytest.mark.parametrize(
    ("kind", "architecture", "query"),
    [
        ("qwen3", "qwen3", "attn_q"),
        ("gemma", "gemma", "attn_q"),
        ("gemma3_text", "gemma3", "attn_q"),
        ("gemma3", "gemma3", "attn_q"),
        ("phi3", "phi3", "attn_qkv"),
    ],
)
def test_other_architectures_keep_their_rows(
    twin: Twins, kind: str, architecture: str, query: str, tmp_path: Path
) -> None:
    here = twin(kind)
    adapter, facts, tensors = exported(here, tmp_path)
    assert facts["general.architecture"] == architecture
    assert len(tensors) == 2 * len(adapter.layers)
    own = next(
        name
        for name in adapter.layers
        if name.endswith(("layers.2.self_attn.q_proj", "2.self_attn.qkv_proj"))
    )
    np.testing.assert_array_equal(tensors[f"blk.2.{query}.weight.lora_a"], adapter.layers[own].a)
    np.testing.assert_array_equal(tensors[f"blk.2.{query}.weight.lora_b"], adapter.layers[own].b)


def test_an_architecture_that_is_not_known_is_refused(twin: Twins, tmp_path: Path) -> None:
    here = twin("llama")
    here.save_peft(tmp_path / "peft", target_modules=["q_proj"])
    adapter = import_peft(tmp_path / "peft", here.base, None, "mine")
    other = replace(here.base, identity=here.base.identity.model_copy(update={"architecture": "mamba"}))
    with pytest.raises(AdapterError, match=r"how llama\.cpp stores the architecture mamba is not known here"):
        export(adapter, other, tmp_path / "mine.gguf", "gguf")
    assert [path.name for path in tmp_path.iterdir()] == ["peft"]


def test_without_the_package_the_extra_is_named(
    twin: Twins, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = twin("llama")
    here.save_peft(tmp_path / "peft", target_modules=["q_proj"])
    adapter = import_peft(tmp_path / "peft", here.base, None, "mine")
    monkeypatch.setitem(sys.modules, "gguf", None)
    with pytest.raises(UsageError, match=re.escape(install_command("thresher[gguf]"))):
        export(adapter, here.base, tmp_path / "mine.gguf", "gguf")
    assert [path.name for path in tmp_path.iterdir()] == ["peft"]
