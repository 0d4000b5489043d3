"""What adapted layers compute: each row gets what its adapter alone would give it."""

import json
import shutil
from pathlib import Path
from typing import Any, TypedDict

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest

from thresher.app.engine import weights
from thresher.app.engine.adapted_linear import AdaptedLinear, Resident
from thresher.app.engine.cache import RowLengths
from thresher.app.engine.weights import LoadedModel, load_weights

from .conftest import ROOM, random_adapter, register

Logits = np.ndarray[Any, np.dtype[np.float32]]

PROMPTS = [[5 + row, *range(20, 23 + row % 4)] for row in range(13)]


class Tolerance(TypedDict):
    rtol: float
    atol: float


#: Of a row in a mixed batch against the row alone; a product of another width adds in another order.
TOLERANCE: Tolerance = {"rtol": 1e-4, "atol": 1e-4}


def logits(model: LoadedModel, prompts: list[list[int]], adapters: list[Resident | None]) -> Logits:
    """After a prompt and one token more: the second pass has the shape of decoding."""
    held = model.cache(RowLengths([0] * len(prompts)))
    model.feed(prompts, held, adapters)
    return np.array(model.feed([[31]] * len(prompts), held, adapters))


def mixed(model: LoadedModel, folder: Path) -> list[Resident | None]:
    """Twelve adapters of ranks 1 to 16 for different layers, and a row without one."""
    endings = ["", "q_proj", "mlp.down_proj", "0.self_attn.v_proj", "1.mlp.gate_proj", "o_proj"]
    chosen: list[Resident | None] = []
    for number in range(12):
        layers = random_adapter(folder, number, 1 + number * 15 // 11, ending=endings[number % 6])
        chosen.append(register(model, f"adapter-{number}", layers))
    return [*chosen[:7], None, *chosen[7:]]


def assert_as_alone(model: LoadedModel, chosen: list[Resident | None], tolerance: Tolerance) -> None:
    prompts = PROMPTS[: len(chosen)]
    together = logits(model, prompts, chosen)
    alone = np.concatenate([logits(model, [p], [one]) for p, one in zip(prompts, chosen, strict=True)])
    np.testing.assert_allclose(together, alone, **tolerance)
    assert int((together.argmax(1) != alone.argmax(1)).sum()) == 0


@pytest.fixture(scope="module")
def quantised_base(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny base in 4 bits."""
    from mlx_lm.utils import load_model, quantize_model, save_model

    plain, config = load_model(tiny_base)
    quantised, config = quantize_model(plain, config, group_size=32, bits=4)
    folder = tmp_path_factory.mktemp("quantised") / tiny_base.name
    save_model(folder, quantised)
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    for path in tiny_base.iterdir():
        if not (folder / path.name).exists():
            shutil.copy(path, folder)
    return folder


def test_there_and_back_gives_the_same_bits(model: LoadedModel, tiny_base: Path) -> None:
    plain = logits(model, PROMPTS[:3], [None] * 3)
    a = register(model, "a", random_adapter(tiny_base, 1))
    b = register(model, "b", random_adapter(tiny_base, 2, rank=9))
    first, second, third = (logits(model, PROMPTS[:3], [one] * 3) for one in (a, b, a))
    assert np.array_equal(first, third)
    assert np.array_equal(logits(model, PROMPTS[:3], [None] * 3), plain)
    assert np.abs(first - second).max() > 0.1
    assert np.abs(first - plain).max() > 0.1


def test_a_batch_of_twelve_adapters_gives_each_row_what_it_gets_alone(
    model: LoadedModel, tiny_base: Path
) -> None:
    assert_as_alone(model, mixed(model, tiny_base), TOLERANCE)


def test_adapters_on_a_quantised_base(quantised_base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_EXPAND_SHARE", 0)
    model = load_weights(quantised_base, ROOM)
    layer = dict(model._model.named_modules())["model.layers.0.mlp.down_proj"]
    assert isinstance(layer, AdaptedLinear)
    assert isinstance(layer.base, nn.QuantizedLinear)
    assert_as_alone(model, mixed(model, quantised_base), TOLERANCE)
    assert_as_lora_linear(model, quantised_base)


def test_the_starter_mixes_adapters(starter: Path) -> None:
    model = load_weights(starter, ROOM)
    chosen: list[Resident | None] = [
        register(model, str(rank), random_adapter(starter, rank, rank, strength=0.2)) for rank in (2, 8, 16)
    ]
    chosen.insert(1, None)
    assert_as_alone(model, chosen, {"rtol": 0, "atol": 2e-3})
    one = [chosen[0]] * 4
    before = logits(model, PROMPTS[:4], one)
    logits(model, PROMPTS[:4], chosen)
    assert np.array_equal(logits(model, PROMPTS[:4], one), before)


def assert_as_lora_linear(model: LoadedModel, folder: Path) -> None:
    """Against mlx_lm's own layers on the same base: all of the adapter's, square and not."""
    from mlx.utils import tree_unflatten
    from mlx_lm.tuner.lora import LoRALinear
    from mlx_lm.utils import load_model

    layers = random_adapter(folder, 5, rank=6)
    theirs, _ = load_model(folder)
    modules = dict(theirs.named_modules())
    replaced = []
    for path, layer in layers.items():
        lora = LoRALinear.from_base(modules[path], r=6, scale=2.5)
        lora.lora_a, lora.lora_b = mx.array(layer.a.T), mx.array(layer.b.T)
        replaced.append((path, lora))
    shapes = {layer.b.shape[0] == layer.a.shape[1] for layer in layers.values()}
    assert shapes == {True, False}
    theirs.update_modules(tree_unflatten(replaced))
    expected = np.array(theirs(mx.array([PROMPTS[3]]))[:, -1].astype(mx.float32))
    adapter = register(model, "ours", layers, scale=2.5)
    ours = np.array(model.feed([PROMPTS[3]], model.cache(RowLengths([0])), [adapter]))
    np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-4)


def test_layers_compute_what_mlx_lm_computes(model: LoadedModel, tiny_base: Path) -> None:
    assert_as_lora_linear(model, tiny_base)


def test_a_back_end_whose_gathering_is_wrong_is_found_out_and_got_round(
    tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gather = mx.gather_mm

    def wrong_after_the_first(a: mx.array, b: mx.array, rhs_indices: mx.array) -> mx.array:
        return gather(a, b, rhs_indices=mx.zeros_like(rhs_indices) + rhs_indices[:1])

    monkeypatch.setattr(mx, "gather_mm", wrong_after_the_first)
    model = load_weights(tiny_base, ROOM)
    assert not model.residents.chosen.gathers
    assert_as_alone(model, mixed(model, tiny_base), TOLERANCE)


def test_gathering_is_used_where_it_is_right(model: LoadedModel) -> None:
    assert model.residents.chosen.gathers
