"""A converted GGUF must compute what the original model computes, and split text alike."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.errors import ModelError
from thresher.adapters.tokens import PromptTokenizer
from thresher.app.models.gguf import convert, unpermute


def converted(gguf: Path, folder: Path) -> Path:
    folder.mkdir()
    convert(gguf, folder)
    return folder


def test_the_converted_model_computes_what_the_original_does(
    tiny_model: Path, tiny_gguf: Path, tmp_path: Path
) -> None:
    import mlx.core as mx
    from mlx_lm.utils import load_model

    folder = converted(tiny_gguf, tmp_path / "out")
    tokens = mx.array([[5, 9, 200, 31, 7, 90]])
    original, _ = load_model(tiny_model)
    ours, _ = load_model(folder)
    expected, got = np.array(original(tokens)), np.array(ours(tokens))
    assert np.abs(expected).max() > 0.1
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-5)


def test_without_unpermuting_it_would_not(tiny_gguf: Path, tmp_path: Path, monkeypatch: Any) -> None:
    """The test above can fail: rows as llama.cpp orders them give other numbers."""
    import mlx.core as mx
    from mlx_lm.utils import load_model

    right, _ = load_model(converted(tiny_gguf, tmp_path / "right"))
    monkeypatch.setattr("thresher.app.models.gguf.unpermute", lambda rows, heads: rows)
    wrong, _ = load_model(converted(tiny_gguf, tmp_path / "wrong"))
    tokens = mx.array([[5, 9, 200, 31, 7, 90]])
    assert np.abs(np.array(right(tokens)) - np.array(wrong(tokens))).max() > 0.01


@settings(deadline=None)  # the machine may be busy
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
def test_unpermute_undoes_llama_cpp(heads: int, half: int, columns: int) -> None:
    rows = np.arange(heads * 2 * half * columns).reshape(-1, columns)
    permuted = rows.reshape(heads, 2, half, columns).swapaxes(1, 2).reshape(rows.shape)
    assert (unpermute(permuted, heads) == rows).all()


def test_text_is_split_as_in_training(tiny_gguf: Path, tmp_path: Path) -> None:
    folder = converted(tiny_gguf, tmp_path / "out")
    tokenizer = PromptTokenizer(folder)
    text = "total 1234 due <|im_end|>"
    ids, offsets = tokenizer.document(text)
    pieces = [text[start:end] for start, end in offsets]
    assert pieces[:6] == ["total", " ", "1", "2", "3", "4"]  # each digit by itself
    assert 2 not in ids  # a control token in a document is text
    assert tokenizer.end_ids == (2,)
    prompt = tokenizer.prompt("s", "u")
    assert prompt.head[0] == 1
    assert 2 in prompt.tail


def test_config_tells_context_and_quantisation(tiny_gguf: Path, tmp_path: Path) -> None:
    config = json.loads((converted(tiny_gguf, tmp_path / "out") / "config.json").read_text())
    assert config["max_position_embeddings"] == 256
    assert config["rms_norm_eps"] == 1e-5
    assert config["eos_token_id"] == 2
    assert "quantization" not in config  # float32 in, float32 out


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"general__architecture": "mamba"}, "architecture 'mamba'"),
        ({"tokenizer__ggml__pre": "llama-bpe"}, "splitting 'llama-bpe' is not known"),
        ({"tokenizer__chat_template": None}, "no chat template"),
        ({"tokenizer__ggml__eos_token_id": None}, "no token that ends an answer"),
        ({"llama__block_count": None}, "llama.block_count"),
        ({"llama__rope__scaling__type": "linear"}, "scaled rotary positions"),
    ],
)
def test_what_is_not_known_is_refused(
    changes: dict[str, Any], reason: str, tmp_path: Path, gguf_writer: Any
) -> None:
    gguf_writer(tmp_path / "odd.gguf", **changes)
    with pytest.raises(ModelError, match=reason) as refusal:
        converted(tmp_path / "odd.gguf", tmp_path / "out")
    assert "odd.gguf" in str(refusal.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a zip", b"GGUF\x03\x00\x00\x00 cut short"])
def test_broken_files_are_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "broken.gguf").write_bytes(content)
    with pytest.raises(ModelError, match=r"broken\.gguf"):
        converted(tmp_path / "broken.gguf", tmp_path / "out")


def test_missing_tensors_are_named(tiny_gguf: Path, tmp_path: Path) -> None:
    import mlx.core as mx

    loaded = mx.load(str(tiny_gguf), return_metadata=True)
    assert isinstance(loaded, tuple)
    tensors, metadata = loaded
    del tensors["blk.1.ffn_up.weight"]
    mx.save_gguf(str(tmp_path / "less.gguf"), tensors, metadata)
    with pytest.raises(ModelError, match=r"model\.layers\.1\.mlp\.up_proj\.weight"):
        converted(tmp_path / "less.gguf", tmp_path / "out")


def test_the_starter_keeps_its_bits_and_answers(starter: Path) -> None:
    """4 bits in groups of 32 with an 8-bit embedding, and a sensible answer: rows and tokens are right."""
    import mlx_lm

    config = json.loads((starter / "config.json").read_text())
    assert config["quantization"] == {
        "bits": 4,
        "group_size": 32,
        "model.embed_tokens": {"bits": 8, "group_size": 32},
    }
    model, tokenizer, *_ = mlx_lm.load(str(starter))
    prompt = tokenizer.apply_chat_template(
        [{"role": "user", "content": "What is the capital of France?"}], add_generation_prompt=True
    )
    assert "Paris" in mlx_lm.generate(model, tokenizer, prompt, max_tokens=8)
