"""Installed models: found, checked, removed; local ones taken in or refused with all reasons."""

import errno
import json
import os
import shutil
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.base_facts import FACTS_FILE
from thresher.adapters.errors import ModelError, NoModelError, UsageError
from thresher.adapters.tensor_file import all_tensors, fingerprint, parameter_count
from thresher.adapters.tokens import PromptTokenizer
from thresher.app.models.library import (
    broken_models,
    find,
    list_models,
    remove,
    verify,
)
from thresher.app.models.local import add
from thresher.app.models.offline import go_offline
from thresher.app.models.staging import staging


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def test_a_model_that_may_not_be_read_is_not_to_be_removed(
    models: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(models, tiny_model, "mine")

    def forbidden(path: Path) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("thresher.adapters.base_facts.read_regular_text", forbidden)
    ((name, words),) = broken_models(models)
    assert name == "mine"
    assert words.endswith("thresher.json: may not be read. Change its permissions.")


def test_a_local_folder_becomes_a_model(models: Path, tiny_model: Path) -> None:
    (tiny_model / "notes.bin").write_bytes(b"never copied")
    model = add(models, tiny_model, "mine")
    assert [m.name for m in list_models(models)] == ["mine"]
    assert find(models, "mine") == model
    assert not (model.folder / "notes.bin").exists()
    assert model.facts.parameters == sum(np.prod(t.shape) for t in all_tensors(tiny_model))
    assert model.facts.memory > (tiny_model / "model.safetensors").stat().st_size
    PromptTokenizer(model.folder)


def test_a_gguf_becomes_a_model(models: Path, tiny_gguf: Path, tiny_model: Path) -> None:
    model = add(models, tiny_gguf, "converted")
    assert model.facts.architecture == "llama"
    # The same weights in another container are the same model.
    assert model.fingerprint == add(models, tiny_model, "original").fingerprint


def test_the_original_may_vanish(models: Path, tiny_model: Path) -> None:
    model = add(models, tiny_model, "mine")
    shutil.rmtree(tiny_model)
    assert verify(model) == []


def break_it(folder: Path, how: str) -> None:
    config = json.loads((folder / "config.json").read_text())
    match how:
        case "cut":
            weights = folder / "model.safetensors"
            weights.write_bytes(weights.read_bytes()[:-100])
        case "not safetensors":
            (folder / "model.safetensors").write_bytes(b"\x80\x04pickle" * 10)
        case "pickled":
            (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
        case "shard":
            index = {"weight_map": {"a": "model-00002-of-00002.safetensors"}}
            (folder / "model.safetensors.index.json").write_text(json.dumps(index))
        case "remote code":
            (folder / "config.json").write_text(json.dumps(config | {"auto_map": {"AutoModel": "m.M"}}))
        case "module":
            (folder / "modeling_x.py").write_text("")
        case "architecture":
            (folder / "config.json").write_text(json.dumps(config | {"model_type": "../../evil"}))
        case "no template":
            (folder / "tokenizer_config.json").write_text("{}")
        case "no tokenizer":
            (folder / "tokenizer.json").unlink()
        case "cut tokenizer":
            (folder / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes()[:1000])
        case "template":
            (folder / "chat_template.jinja").write_text("{% if %}")
        case "template that rejects":
            (folder / "chat_template.jinja").write_text("{{ raise_exception('no system role') }}")
        case "no end":
            settings = json.loads((folder / "tokenizer_config.json").read_text())
            del settings["eos_token"]
            (folder / "tokenizer_config.json").write_text(json.dumps(settings))
        case "json":
            (folder / "config.json").write_text("{")


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("cut", r"not a whole safetensors file \([\d,]+ of [\d,]+ bytes"),
        ("not safetensors", "not a whole safetensors file"),
        ("pickled", "pickled"),
        ("shard", "model-00002-of-00002.safetensors is missing"),
        ("remote code", "code of its own \\(auto_map\\)"),
        ("module", "modeling_x.py"),
        ("architecture", "mlx-lm has no architecture"),
        ("no template", "no chat template"),
        ("no tokenizer", "no tokenizer.json"),
        ("cut tokenizer", "the tokenizer cannot be read"),
        ("template", "chat template cannot be rendered"),
        ("template that rejects", "chat template cannot be rendered .no system role"),
        ("no end", "no token that ends an answer"),
        ("json", "config.json cannot be read"),
    ],
)
def test_what_cannot_run_is_refused(models: Path, tiny_model: Path, how: str, reason: str) -> None:
    break_it(tiny_model, how)
    with pytest.raises(ModelError, match=reason):
        add(models, tiny_model, "mine")
    assert list_models(models) == []


@pytest.mark.parametrize(
    ("file", "change", "reason"),
    [
        ("model.safetensors.index.json", {"weight_map": ["model.safetensors"]}, "weight_map: "),
        ("model.safetensors.index.json", {"weight_map": {"a": 1}}, "weight_map.a: "),
        ("config.json", {"quantization": [4]}, "quantization: "),
        ("config.json", {"quantization": {"bits": "four"}}, "quantization.bits: "),
        ("config.json", {"text_config": None}, "text_config: "),
        ("config.json", {"text_config": {"hidden_size": -1}}, "text_config.hidden_size: "),
        ("config.json", {"max_position_embeddings": None}, "max_position_embeddings: "),
        ("config.json", {"hidden_size": "x"}, "hidden_size: "),
        ("config.json", {"num_attention_heads": 0}, "num_attention_heads: "),
        ("config.json", {"model_type": None}, "model_type: "),
        ("config.json", {"model_type": ["llama"]}, "model_type: "),
    ],
)
def test_a_key_of_the_wrong_kind_is_named(
    models: Path, tiny_model: Path, file: str, change: dict[str, Any], reason: str
) -> None:
    path = tiny_model / file
    content = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(content | change))
    with pytest.raises(ModelError, match=f"cannot be used: {file}: {reason}"):
        add(models, tiny_model, "mine")
    assert list_models(models) == []


@pytest.mark.parametrize(
    "content",
    ["{}", "[" * 100_000, '{"model_type": "llama", "hidden_size": 1e999}'],
    ids=["empty", "deep", "endless"],
)
def test_a_config_that_says_nothing_of_use_is_refused(models: Path, tiny_model: Path, content: str) -> None:
    (tiny_model / "config.json").write_text(content)
    with pytest.raises(ModelError, match=r"config\.json"):
        add(models, tiny_model, "mine")


def test_all_reasons_come_at_once(models: Path, tiny_model: Path) -> None:
    for how in ("cut", "no template", "architecture"):
        break_it(tiny_model, how)
    with pytest.raises(ModelError, match=r"chat template.*architecture.*whole safetensors"):
        add(models, tiny_model, "mine")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
@pytest.mark.parametrize(
    "file", ["config.json", "chat_template.jinja", "special_tokens_map.json", "model-2.safetensors"]
)
def test_a_pipe_is_refused_and_not_waited_for(models: Path, tiny_model: Path, file: str) -> None:
    (tiny_model / file).unlink(missing_ok=True)
    os.mkfifo(tiny_model / file)
    with pytest.raises(ModelError, match=f"{file} is no regular file"):
        add(models, tiny_model, "mine")


def test_nothing_there_is_wrong_use(models: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither"):
        add(models, tmp_path / "none", "mine")


def test_verify_names_every_file_that_differs(models: Path, tiny_model: Path) -> None:
    model = add(models, tiny_model, "mine")
    weights = model.folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1  # the same size
    weights.unlink()  # it may be a link to the original
    weights.write_bytes(bytes(content))
    (model.folder / "config.json").write_text("{}")
    (model.folder / "tokenizer.json").unlink()
    problems = verify(model)
    assert [problem.split()[0] for problem in problems] == [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
    ]
    with pytest.raises(ModelError, match=r"config\.json has 2 bytes.*pull or add it again"):
        find(models, "mine")


def test_what_is_missing_is_said_with_the_remedy(models: Path) -> None:
    with pytest.raises(NoModelError, match="thresher models pull starter"):
        find(models, "starter")
    with pytest.raises(NoModelError, match="thresher models pull qwen3-4b"):
        find(models, "qwen3-4b")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "is missing"),
        ("{", "cannot be read"),
        ('{"format": 2}', "newer Thresher"),
        ('{"name": 3}', "name: Input should be a valid string"),
    ],
)
def test_a_folder_without_facts_is_no_model(models: Path, content: str | None, problem: str) -> None:
    (models / "odd").mkdir(parents=True)
    if content:
        (models / "odd" / FACTS_FILE).write_text(content)
    assert list_models(models) == []
    [(name, words)] = broken_models(models)
    assert name == "odd"
    assert problem in words
    with pytest.raises(ModelError, match=problem):
        find(models, "odd")
    remove(models, "odd")
    assert broken_models(models) == []


def test_remove_takes_the_model_and_nothing_else(models: Path, tiny_model: Path) -> None:
    add(models, tiny_model, "one")
    add(models, tiny_model, "two")
    assert remove(models, "one") > 0
    assert [m.name for m in list_models(models)] == ["two"]
    with pytest.raises(NoModelError):
        remove(models, "one")
    (models / "link").symlink_to(models / "two")
    remove(models, "link")
    assert verify(find(models, "two")) == []


def test_two_at_once_do_not_meet(models: Path) -> None:
    with staging(models, "mine"), pytest.raises(ModelError, match="another process"), staging(models, "mine"):
        pass


def test_a_folder_that_may_not_be_written_to(models: Path, tiny_model: Path) -> None:
    models.parent.mkdir(exist_ok=True)
    models.write_text("a file in the way")
    with pytest.raises((ModelError, OSError)):
        add(models, tiny_model, "mine")


def test_an_installed_model_opens_no_socket(
    models: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("a socket was opened")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    add(models, tiny_model, "mine")
    go_offline()
    assert list_models(models)
    model = find(models, "mine")
    assert verify(model) == []
    PromptTokenizer(model.folder).prompt("s", "u")


def test_the_fingerprint_is_of_the_weights_alone(tmp_path: Path, tiny_model: Path, model_writer: Any) -> None:
    from safetensors.numpy import load_file, save_file

    first = fingerprint(all_tensors(tiny_model))
    weights = load_file(tiny_model / "model.safetensors")
    model_writer(tmp_path / "split")
    (tmp_path / "split" / "model.safetensors").unlink()
    names = sorted(weights)
    for n, part in enumerate((names[::2], names[1::2])):
        save_file({name: weights[name] for name in part}, tmp_path / "split" / f"model-{n}.safetensors")
    assert fingerprint(all_tensors(tmp_path / "split")) == first
    weights["model.norm.weight"][3] += 1e-3
    save_file(weights, tiny_model / "model.safetensors")
    assert fingerprint(all_tensors(tiny_model)) != first


def test_the_starters_weights_are_counted(starter: Path) -> None:
    assert parameter_count(all_tensors(starter), 32) == 134_515_008  # SmolLM2-135M, as its authors count


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=200))
def test_hostile_weights_are_refused_not_crashed_on(content: bytes) -> None:
    import tempfile

    from thresher.adapters.tensor_file import read_tensors

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.safetensors"
        file.write_bytes(content)
        # Anything but a ModelError fails the test.
        with suppress(ModelError):
            assert read_tensors(file) == []
