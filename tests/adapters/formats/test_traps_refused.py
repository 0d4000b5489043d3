"""Traps 9 to 15: what would answer as another adapter is refused by name, and each is bound to its base.

Each test is named for its trap; those before are in `test_traps.py`.
"""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thresher.adapters.adapter_folder import read_adapter, unfit, write_adapter
from thresher.adapters.formats.importing import detect, import_peft

from .trap_files import ALL, Same, as_mlx_lm, reconfigure, refusal, retensor
from .twin import TOLERANCE, Twins


# What PEFT says when it saves them.
@pytest.mark.filterwarnings("ignore:Setting `save_embedding_layers` to `True` as embedding:UserWarning")
@pytest.mark.parametrize("module", ["lm_head", "embed_tokens"])
def test_trap_09_tied_head_and_embeddings_are_refused(twin: Twins, module: str, tmp_path: Path) -> None:
    here = twin("llama")
    with pytest.warns(UserWarning, match="tie_word_embeddings"):
        here.save_peft(tmp_path / "peft", target_modules=["q_proj", module])
    said = refusal(tmp_path / "peft", here.base)
    assert ("lm_head" if module == "lm_head" else "embed_tokens.lora_embedding_A") in said
    assert "embedding" in said


def test_trap_10_embeddings_saved_after_a_resize_are_refused(twin: Twins, tmp_path: Path) -> None:
    here = twin("llama")
    adapted = here.peft_model(target_modules=["q_proj"])
    adapted.get_base_model().resize_token_embeddings(56, mean_resizing=False)
    with pytest.warns(UserWarning, match="resized during finetuning"):
        adapted.save_pretrained(tmp_path / "peft")
    said = refusal(tmp_path / "peft", here.base)
    assert "embed_tokens.weight: is no LoRA matrix (an embedding or output projection, saved beside" in said


def test_trap_11_doras_magnitudes_are_refused(twin: Twins, tmp_path: Path) -> None:
    """Loaded as plain LoRA, with its magnitudes left out, it would answer without an error."""
    here = twin("llama")
    here.save_peft(tmp_path / "peft", target_modules=["q_proj"], use_dora=True)
    assert "use_dora: DoRA's magnitudes" in refusal(tmp_path / "peft", here.base)
    reconfigure(tmp_path / "peft", use_dora=False)
    assert "lora_magnitude_vector: is no LoRA matrix (DoRA's magnitudes)" in refusal(
        tmp_path / "peft", here.base
    )
    folder, _ = as_mlx_lm(here, tmp_path / "other")
    reconfigure(folder, fine_tune_type="dora")
    assert "fine_tune_type is 'dora': DoRA's magnitudes" in refusal(folder, here.base)
    reconfigure(folder, fine_tune_type="lora")
    name = "model.layers.0.self_attn.q_proj.m"
    retensor(folder, lambda tensors: tensors.update({name: np.ones(64, np.float32)}))
    assert f"{name}: is no LoRA matrix (DoRA's magnitudes)" in refusal(folder, here.base)


@pytest.mark.parametrize(
    "key",
    [
        {"lora_bias": True},
        {"modules_to_save": ["lm_head"]},
        {"init_lora_weights": "pissa"},
        {"init_lora_weights": "pissa_niter_4"},
        {"init_lora_weights": "corda", "corda_config": {"corda_method": "ipm"}},
        {"init_lora_weights": "loftq", "loftq_config": {"loftq_bits": 4}},
        {"init_lora_weights": "olora"},
        {"init_lora_weights": "lora_ga", "lora_ga_config": {"direction": "ArB2r"}},
        {"init_lora_weights": "mica"},
        {"alora_invocation_tokens": [1, 2]},
        {"bias": "lora_only"},
        {"trainable_token_indices": [3]},
        {"target_parameters": ["mlp.experts.gate_up_proj"]},
        {"layer_replication": [[0, 2], [1, 3]]},
        {"fan_in_fan_out": True},
        {"use_qalora": True},
        {"kasa_config": {"beta": 1}},
        {"some_newer_thing": 1},
        {"peft_type": "LOHA"},
    ],
    ids=lambda key: ", ".join(f"{name}={value}" for name, value in key.items()),
)
def test_trap_12_what_is_not_plain_lora_is_refused_by_name(
    twin: Twins, key: dict[str, Any], tmp_path: Path
) -> None:
    here = twin("llama")
    here.save_peft(tmp_path / "peft", target_modules=["q_proj"])
    import_peft(tmp_path / "peft", here.base, None, "it")
    reconfigure(tmp_path / "peft", **key)
    said = refusal(tmp_path / "peft", here.base)
    assert all(f"\n  - {name}" in said for name in key)


def test_trap_13_one_name_for_two_configurations(twin: Twins, tmp_path: Path) -> None:
    here = twin("llama")
    folder, _ = as_mlx_lm(here, tmp_path)
    peft = tmp_path / "peft"
    assert (detect(peft), detect(folder)) == ("peft", "mlx_lm")
    shutil.copy(folder / "adapter_config.json", peft / "adapter_config.json")
    assert "adapters.safetensors is missing" in refusal(peft, here.base)
    reconfigure(folder, peft_type="LORA")
    assert "has both PEFT's and mlx-lm's keys" in refusal(folder, here.base)
    (folder / "adapter_config.json").write_text("{}", "utf-8")
    assert "has neither PEFT's nor mlx-lm's keys" in refusal(folder, here.base)


def test_trap_13_a_trainers_folder_names_its_checkpoints(twin: Twins, tmp_path: Path) -> None:
    here = twin("llama")
    here.save_peft(tmp_path / "run" / "checkpoint-9", target_modules=["q_proj"])
    assert "Name a folder in it: checkpoint-9." in refusal(tmp_path / "run", here.base)


def test_trap_13_a_pickle_is_not_read(twin: Twins, tmp_path: Path) -> None:
    here = twin("llama")
    here.save_peft(tmp_path / "peft", target_modules=["q_proj"])
    (tmp_path / "peft" / "adapter_model.safetensors").rename(tmp_path / "peft" / "adapter_model.bin")
    assert "adapter_model.bin can run code when it is loaded" in refusal(tmp_path / "peft", here.base)


@pytest.mark.parametrize("form", ["peft", "mlx"])
def test_trap_14_missing_and_extra_tensors_are_all_told(twin: Twins, form: str, tmp_path: Path) -> None:
    """PEFT warns, and mlx-lm says nothing: the layer then stays as the base has it."""
    here = twin("llama")
    as_mlx_lm(here, tmp_path)
    names = {"peft": "base_model.model.{}.lora_{}.weight", "mlx": "{}.lora_{}"}
    at = "model.layers.{}.self_attn.{}".format

    def change(tensors: dict[str, Any]) -> None:
        def name(module: str, side: str) -> str:
            return names[form].format(module, side.upper() if form == "peft" else side)

        del tensors[name(at(0, "q_proj"), "a")]
        del tensors[name(at(1, "k_proj"), "a")], tensors[name(at(1, "k_proj"), "b")]
        for side in "ab":
            tensors[name(at(9, "q_proj"), side)] = tensors[name(at(3, "q_proj"), side)]
        tensors["model.norm.weight"] = np.ones(64, np.float32)

    retensor(tmp_path / form, change)
    said = refusal(tmp_path / form, here.base)
    assert f"{at(0, 'q_proj')}: its matrix A is missing" in said
    assert f"{at(1, 'k_proj')}: the configuration targets it, the file lacks it" in said
    assert f"{at(9, 'q_proj')}: the base has no such layer" in said
    assert "model.norm.weight: is no LoRA matrix" in said


def test_trap_15_it_is_bound_to_the_weights_it_will_meet(twin: Twins, tmp_path: Path) -> None:
    """Its own file gives the base's name, and a name is no identity."""
    here = twin("llama")
    here.save_peft(tmp_path / "peft", target_modules=["q_proj"])
    reconfigure(tmp_path / "peft", base_model_name_or_path="unsloth/tiny-bnb-4bit")
    adapter = import_peft(tmp_path / "peft", here.base, None, "it")
    source = adapter.manifest.source
    assert source is not None
    assert (adapter.manifest.origin, source.format, source.base) == (
        "imported",
        "peft",
        "unsloth/tiny-bnb-4bit",
    )
    assert "on the user's word: its file names unsloth/tiny-bnb-4bit and no fingerprint" in source.notes[-1]
    assert adapter.manifest.base == here.base.identity
    write_adapter(tmp_path / "ours", adapter)
    read = read_adapter(tmp_path / "ours", here.base)
    assert unfit(read.manifest, here.base, None) == []
    (told,) = [u for u in unfit(read.manifest, twin("phi3 as llama").base, None) if u.what == "the base"]
    assert here.base.identity.fingerprint[:12] in str(told)


def test_trap_15_on_a_base_of_4_bits(twin: Twins, same_everywhere: Same, tmp_path: Path) -> None:
    """The same adapter on other weights is another model: the fingerprint tells them apart, as outputs do."""
    whole, quantised = twin("llama"), twin("llama in 4 bits")
    logits = quantised.save_peft(tmp_path / "peft", target_modules=ALL)
    assert quantised.base.linear == whole.base.linear
    assert quantised.base.identity.fingerprint != whole.base.identity.fingerprint
    adapter = same_everywhere(quantised, tmp_path / "peft", logits)
    elsewhere = import_peft(tmp_path / "peft", whole.base, None, "it")
    assert np.abs(whole.engine(elsewhere) - logits).max() > 1000 * TOLERANCE
    assert "the base" in {u.what for u in unfit(adapter.manifest, whole.base, None)}
