"""A loopback file server that breaks off on demand, and a tiny llama model in both forms."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest


@dataclass
class FileServer:
    """Serves `files` (path → bytes) with ETag and Range; counts what it sends."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)
    break_after: list[int] = field(default_factory=list)  # bytes of a body, an answer each, then cut
    statuses: list[int] = field(default_factory=list)  # answered first, one each
    ranges: bool = True
    sent: int = 0
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)

    def etag(self, path: str) -> str:
        return self.etags.get(path) or f'"{sha256(self.files[path]).hexdigest()}"'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: FileServer

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        state, path = self.state, unquote(urlsplit(self.path).path)
        state.requests.append((self.command, path, self.headers.get("Range")))
        if body and state.statuses:
            return self._send(state.statuses.pop(0), {}, b"")
        if path in state.answers:
            status, headers, content = state.answers[path]
            return self._send(status, headers, content if body else b"")
        if path not in state.files:
            return self._send(404, {}, b"")
        content, headers, status = state.files[path], dict(state.headers.get(path, {})), 200
        headers |= {"ETag": state.etag(path), "Accept-Ranges": "bytes"}
        asked = self.headers.get("Range")
        fits = self.headers.get("If-Range") in (None, state.etag(path))
        if asked and state.ranges and fits:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                return self._send(416, {}, b"")
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            content, status = content[start:], 206
        return self._send(status, headers, content, body=body)

    def _send(self, status: int, headers: dict[str, str], content: bytes, *, body: bool = True) -> None:
        state = self.state
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if not body:
            return
        if status < 300 and content and state.break_after:
            content = content[: state.break_after.pop(0)]
            self.close_connection = True
        state.sent += len(content)  # before it goes: who has read it all may look at once
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[FileServer]:
    state = FileServer()
    handler = type("Handler", (_Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        state.url = f"http://127.0.0.1:{http.server_address[1]}"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield state
        http.shutdown()
        thread.join()


TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
HIDDEN, HEADS, KV_HEADS, LAYERS, INNER = 64, 4, 2, 2, 96


def vocabulary() -> tuple[list[str], list[str]]:
    """Tokens and merges of a byte-level BPE that knows two words."""
    from tokenizers import pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = ["t o", "to t", "a l", "tot al", "Ġ d", "Ġd u"]
    return [*SPECIAL, *letters, *(merge.replace(" ", "") for merge in merges)], merges


def hyper_parameters() -> dict[str, Any]:
    return {
        "model_type": "llama",
        "hidden_size": HIDDEN,
        "intermediate_size": INNER,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": KV_HEADS,
        "head_dim": HIDDEN // HEADS,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0,
        "vocab_size": len(vocabulary()[0]),
        "max_position_embeddings": 256,
        "tie_word_embeddings": True,
    }


def random_weights() -> dict[str, np.ndarray[Any, np.dtype[np.float32]]]:
    """Weights under mlx-lm's names, (out, in) each, the same at each call."""
    rng = np.random.default_rng(7)
    kv = HIDDEN * KV_HEADS // HEADS
    shapes = {"model.embed_tokens": (len(vocabulary()[0]), HIDDEN), "model.norm": (HIDDEN,)}
    for n in range(LAYERS):
        at = f"model.layers.{n}."
        shapes |= {at + "self_attn.q_proj": (HIDDEN, HIDDEN), at + "self_attn.k_proj": (kv, HIDDEN)}
        shapes |= {at + "self_attn.v_proj": (kv, HIDDEN), at + "self_attn.o_proj": (HIDDEN, HIDDEN)}
        shapes |= {at + "mlp.gate_proj": (INNER, HIDDEN), at + "mlp.up_proj": (INNER, HIDDEN)}
        shapes |= {at + "mlp.down_proj": (HIDDEN, INNER), at + "input_layernorm": (HIDDEN,)}
        shapes |= {at + "post_attention_layernorm": (HIDDEN,)}
    return {f"{k}.weight": rng.normal(0, 0.2, s).astype(np.float32) for k, s in shapes.items()}


def write_model(folder: Path) -> None:
    """A whole MLX folder: config, weights in safetensors, tokenizer with chat template."""
    from safetensors.numpy import save_file
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(hyper_parameters()))
    save_file(random_weights(), folder / "model.safetensors", metadata={"format": "mlx"})
    tokens, merges = vocabulary()
    ids = {token: n for n, token in enumerate(tokens)}
    tokenizer = Tokenizer(
        models.BPE(vocab=ids, merges=[(left, right) for left, right in map(str.split, merges)])
    )
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "<|im_end|>",
        "chat_template": TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))


@pytest.fixture
def tiny_model(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    write_model(folder)
    return folder


_NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}


def write_gguf(path: Path, **changes: Any) -> None:
    """The tiny model as llama.cpp would write it; `changes` replace metadata (None leaves a key out)."""
    import mlx.core as mx

    tensors = {}
    for name, weight in random_weights().items():
        name = name.replace("model.embed_tokens", "token_embd").replace("model.norm", "output_norm")
        name = name.replace("model.layers.", "blk.")
        for ours, theirs in _NAMES.items():
            name = name.replace(ours, theirs)
        heads = {"attn_q": HEADS, "attn_k": KV_HEADS}.get(name.split(".")[-2])
        if heads:  # as in llama.cpp's convert_hf_to_gguf.py, `permute`
            rows = weight.shape[0]
            weight = weight.reshape(heads, 2, rows // heads // 2, HIDDEN).swapaxes(1, 2).reshape(rows, HIDDEN)
        tensors[name] = mx.array(weight)
    tokens, merges = vocabulary()
    metadata: dict[str, Any] = {
        "general.architecture": "llama",
        "llama.embedding_length": mx.array(HIDDEN, mx.uint32),
        "llama.feed_forward_length": mx.array(INNER, mx.uint32),
        "llama.block_count": mx.array(LAYERS, mx.uint32),
        "llama.context_length": mx.array(256, mx.uint32),
        "llama.attention.head_count": mx.array(HEADS, mx.uint32),
        "llama.attention.head_count_kv": mx.array(KV_HEADS, mx.uint32),
        "llama.attention.layer_norm_rms_epsilon": mx.array(1e-5, mx.float32),
        "llama.rope.freq_base": mx.array(10000.0, mx.float32),
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.merges": merges,
        "tokenizer.ggml.token_type": mx.array(
            [3] * len(SPECIAL) + [1] * (len(tokens) - len(SPECIAL)), mx.int32
        ),
        "tokenizer.ggml.bos_token_id": mx.array(1, mx.uint32),
        "tokenizer.ggml.eos_token_id": mx.array(2, mx.uint32),
        "tokenizer.chat_template": TEMPLATE,
    }
    for key, value in changes.items():
        metadata[key.replace("__", ".")] = value
    mx.save_gguf(str(path), tensors, {k: v for k, v in metadata.items() if v is not None})


@pytest.fixture
def tiny_gguf(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.gguf"
    write_gguf(path)
    return path


@pytest.fixture
def gguf_writer() -> Any:
    return write_gguf


@pytest.fixture
def model_writer() -> Any:
    return write_model
