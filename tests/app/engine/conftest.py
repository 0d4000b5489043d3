"""A tiny base's model and adapters for it, strong enough to change answers."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from llguidance import LLTokenizer

from thresher.adapters.adapter import LoraLayer
from thresher.adapters.base_model import read_base
from thresher.adapters.conventions import Conventions
from thresher.adapters.fields import Field
from thresher.adapters.tokens import PromptTokenizer
from thresher.app.engine.adapted_linear import Resident
from thresher.app.engine.preferred import Preferred
from thresher.app.engine.request import Answer, Request
from thresher.app.engine.row import Row
from thresher.app.engine.weights import LoadedModel, load_weights

Layers = dict[str, LoraLayer]

#: Bytes for adapters: more than any test needs.
ROOM = 1 << 30


@cache
def linear_layers(folder: Path) -> Mapping[str, tuple[int, int]]:
    return read_base(folder).linear


@cache
def grammar_tokenizer(folder: Path) -> LLTokenizer:
    tokenizer = PromptTokenizer(folder)
    return LLTokenizer(tokenizer.backend_json, eos_token=list(tokenizer.end_ids))


def written(
    folder: Path, text: str, fields: tuple[Field, ...], preferred: tuple[Preferred, ...], liked: str
) -> Answer:
    """What a model writes that likes tokens of `liked`, and of the others the one with the least id."""
    tokenizer = grammar_tokenizer(folder)
    row = Row(Request(0, (1,), 0, fields, text, Conventions(text), 200, preferred=preferred), tokenizer)
    logits = -np.linspace(0, 1, tokenizer.vocab_size, dtype=np.float32)
    for token in tokenizer.tokenize_str(liked):
        logits[token] = 5
    row.begin()
    while not row.is_done:
        row.choose(logits)
    return row.answer()


def random_adapter(folder: Path, seed: int, rank: int = 4, strength: float = 1.0, ending: str = "") -> Layers:
    """For all linear layers of the base, or those whose path ends so. Strong enough to change answers."""
    chance = np.random.default_rng(seed)

    def matrix(*shape: int) -> Any:
        return (strength * chance.standard_normal(shape) / np.sqrt(shape[1])).astype(np.float32)

    return {
        path: LoraLayer(matrix(rank, inputs), matrix(outputs, rank))
        for path, (outputs, inputs) in linear_layers(folder).items()
        if path.endswith(ending)
    }


def register(model: LoadedModel, key: str, layers: Layers, scale: float = 2.0) -> Resident:
    model.residents.register(key, layers, scale, in_use=())
    return model.residents.use(key)


@pytest.fixture(autouse=True)
def steady_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A product's last bits follow from its threads, and those from what else runs: not here."""
    monkeypatch.setattr("thresher.app.engine.weights.fit_threads", lambda: None)


@pytest.fixture
def model(tiny_base: Path) -> LoadedModel:
    return load_weights(tiny_base, ROOM)
