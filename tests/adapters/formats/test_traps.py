"""The fifteen ways in which an adapter of another format loads, runs, and answers as another adapter.

Each test is named for its trap. Equality is of outputs: PEFT's own on torch, mlx-lm's and our engine's, on
the same weights.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thresher.adapters.adapter_folder import read_adapter, unfit, write_adapter
from thresher.adapters.errors import AdapterError
from thresher.adapters.formats.exporting import export
from thresher.adapters.formats.importing import detect, import_adapter, import_mlx_lm, import_peft

TOLERANCE = 2e-5
ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
Twins = Callable[[str], Any]
Same = Callable[..., Any]


def reconfigure(folder: Path, **changes: Any) -> None:
    path = folder / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")


def retensor(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Changes the tensors of the one safetensors file in the folder."""
    from safetensors.numpy import load_file, save_file

    (path,) = folder.glob("*.safetensors")
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path)


def as_mlx_lm(twin: Any, folder: Path, **config: Any) -> tuple[Path, Any]:
    """The folder of an adapter in mlx-lm's form, and its logits by PEFT."""
    logits = twin.save_peft(folder / "peft", **{"target_modules": ALL, **config})
    adapter = import_peft(folder / "peft", twin.base, None, "it")
    export(adapter, twin.base, folder / "mlx", "mlx_lm")
    return folder / "mlx", logits


def refusal(folder: Path, base: Any) -> str:
    with pytest.raises(AdapterError) as error:
        import_adapter(folder, base, None, "it")
    return str(error.value)


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
