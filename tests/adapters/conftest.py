"""A base model's shapes and a tokenizer built in code, and adapters, with no model behind them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from thresher.adapters.adapter import Adapter, LoraLayer
from thresher.adapters.base_model import BaseModel
from thresher.adapters.manifest import BoundBase, BoundPack, Manifest
from thresher.adapters.tokens import PromptTokenizer
from thresher.adapters.window_prompts import WindowPrompts, WindowSizes

from .post_pack import Write

HASH = "0" * 64
#: Square and not, as in a model with grouped heads.
SHAPES = {"self_attn.q_proj": (16, 16), "self_attn.k_proj": (8, 16), "mlp.down_proj": (16, 24)}

_TEXT = (
    "You extract records from documents. Answer with one JSON object that has exactly the listed fields. "
    '{"company": "Corner Café", "total": null, "items": [], "paid": true, "kind": "cash"} '
    "the fee is 12.50 on 2019-03-04 of the agreement between the parties. Fields: Document: "
    "Use null for what it does not say. "
)
_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


@pytest.fixture
def base(tmp_path: Path) -> BaseModel:
    """Three blocks of three linear layers."""
    identity = BoundBase(name="tiny", architecture="llama", fingerprint=HASH, tokenizer=HASH, template=HASH)
    linear = {f"model.layers.{n}.{name}": shape for n in range(3) for name, shape in SHAPES.items()}
    return BaseModel(tmp_path / "tiny", identity, linear, 16)


def make_adapter(
    base: BaseModel, rank: int = 4, alpha: float = 8.0, seed: int = 0, **manifest: Any
) -> Adapter:
    """Random matrices for every linear layer of the base."""
    generator = np.random.default_rng(seed)

    def numbers(*shape: int) -> Any:
        return generator.normal(size=shape).astype(np.float32)

    layers = {
        name: LoraLayer(numbers(rank, inputs), numbers(outputs, rank))
        for name, (outputs, inputs) in base.linear.items()
    }
    stated = {
        "name": "expenses-1",
        "made": datetime(2026, 1, 2, tzinfo=UTC),
        "origin": "trained",
        "base": base.identity,
        "pack": BoundPack(domain="expenses", hash=HASH),
        "weights": "",
        **manifest,
    }
    return Adapter(layers, alpha, Manifest.model_validate(stated))


@pytest.fixture
def adapter(base: BaseModel) -> Adapter:
    """An adapter for all layers of the base."""
    return make_adapter(base)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a pack.yaml (text, or content to dump) into the folder of the domain 'post'."""

    def write(pack: Any) -> Path:
        folder = tmp_path / "post"
        folder.mkdir(exist_ok=True)
        data = pack if isinstance(pack, bytes) else yaml.safe_dump(pack, sort_keys=False).encode()
        (folder / "pack.yaml").write_bytes(data)
        return folder

    return write


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> PromptTokenizer:
    """Of a small base: byte-level BPE, trained in milliseconds; it ends an answer with <|im_end|>."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=_CONTROL, initial_alphabet=alphabet, show_progress=False
    )
    made.train_from_iterator([_TEXT] * 4, trainer)
    folder: Path = tmp_path_factory.mktemp("tokenizer")
    made.save(str(folder / "tokenizer.json"))
    about = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "<|im_end|>",
        "chat_template": _TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(about), "utf-8")
    return PromptTokenizer(folder)


@pytest.fixture(scope="session")
def prompts(tokenizer: PromptTokenizer) -> WindowPrompts:
    """Windows of 128 tokens in a context that holds many fields."""
    return WindowPrompts(
        tokenizer, WindowSizes(context=4096, window_tokens=128, overlap=16, answer_tokens=512)
    )
