"""Fused and split projections: whatever pieces a file has, the base's rows change as the file's did."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.base_model import BaseModel
from thresher.adapters.errors import AdapterError
from thresher.adapters.formats.names import original, stem, view
from thresher.adapters.formats.uniform import ScaledLayer, uniform

AT = "layers.0.self_attn."
PARTS = {"q_proj": 16, "k_proj": 8, "v_proj": 8}


def based(base: BaseModel, linear: dict[str, tuple[int, int]]) -> BaseModel:
    base.folder.mkdir(exist_ok=True)
    config = {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 4}
    (base.folder / "config.json").write_text(json.dumps(config), "utf-8")
    return replace(base, linear=linear)


def delta(layer: ScaledLayer) -> Any:
    return layer.scale * layer.b.astype(np.float64) @ layer.a.astype(np.float64)


layers = st.tuples(st.integers(1, 5), st.sampled_from([0.25, 1.0, 2.0, 3.7]), st.integers(0, 1 << 30))


def random_layer(outputs: int, rank: int, scale: float, seed: int) -> ScaledLayer:
    generator = np.random.default_rng(seed)
    a, b = generator.normal(size=(rank, 12)), generator.normal(size=(outputs, rank))
    return ScaledLayer(a.astype(np.float32), b.astype(np.float32), scale)


@pytest.fixture
def fused(base: BaseModel) -> BaseModel:
    return based(base, {f"model.{AT}qkv_proj": (32, 12), f"model.{AT}o_proj": (12, 16)})


@pytest.fixture
def apart(base: BaseModel) -> BaseModel:
    return based(base, {f"model.{AT}{part}": (rows, 12) for part, rows in PARTS.items()})


@pytest.mark.parametrize("shared", [False, True])
def test_parts_are_joined_and_scaled(fused: BaseModel, shared: bool) -> None:
    @given(st.dictionaries(st.sampled_from(sorted(PARTS)), layers, min_size=1))
    def check(drawn: dict[str, tuple[int, float, int]]) -> None:
        held = {}
        for part, (rank, scale, seed) in drawn.items():
            held[f"model.{AT}{part}"] = random_layer(PARTS[part], rank, scale, seed)
        if shared:
            first = next(iter(held.values()))
            width = first.a.shape[0]
            held = {
                name: ScaledLayer(first.a, random_layer(layer.b.shape[0], width, 1, 0).b, layer.scale)
                for name, layer in held.items()
            }
        seen = view(fused, list(held))
        assert seen.linear[f"model.{AT}k_proj"] == (8, 12)
        got = seen.to_base(held)
        assert list(got) == [f"model.{AT}qkv_proj"]
        expected = [
            delta(held[f"model.{AT}{part}"]) if f"model.{AT}{part}" in held else np.zeros((rows, 12))
            for part, rows in PARTS.items()
        ]
        np.testing.assert_allclose(
            delta(got[f"model.{AT}qkv_proj"]), np.vstack(expected), rtol=1e-5, atol=1e-5
        )
        if shared:
            assert got[f"model.{AT}qkv_proj"].a.shape[0] == width

    check()


def test_a_whole_is_split(apart: BaseModel) -> None:
    whole = random_layer(32, 3, 2.0, 1)
    seen = view(apart, [f"{AT}qkv_proj"])
    assert seen.linear == {f"{AT}qkv_proj": (32, 12)}
    got = seen.to_base({f"{AT}qkv_proj": whole})
    together = np.vstack([delta(got[f"model.{AT}{part}"]) for part in PARTS])
    np.testing.assert_allclose(together, delta(whole), rtol=1e-6)


def test_what_is_the_same_stays_the_same(apart: BaseModel) -> None:
    seen = view(apart, [f"model.{AT}q_proj"])
    assert seen.linear == apart.linear
    assert seen.changes([f"model.{AT}q_proj"]) == []


def test_heads_that_do_not_add_up_are_refused(fused: BaseModel) -> None:
    wide = replace(fused, linear={f"model.{AT}qkv_proj": (36, 12)})
    with pytest.raises(AdapterError, match=r"qkv_proj of tiny has 36 outputs, its heads \[16, 8, 8\]"):
        view(wide, [f"model.{AT}q_proj"])
    (fused.folder / "config.json").unlink()
    with pytest.raises(AdapterError, match="does not say how many attention heads the base has"):
        view(fused, [f"model.{AT}q_proj"])


def test_stems_and_originals() -> None:
    for prefix in ("", "model.", "language_model.", "model.language_model.", "language_model.model."):
        assert stem(f"{prefix}{AT}q_proj") == f"{AT}q_proj"
    assert stem("vision_tower.model.layers.0.x") == "vision_tower.model.layers.0.x"
    assert original(f"language_model.model.{AT}q_proj") == f"model.language_model.{AT}q_proj"
    assert original(f"model.{AT}q_proj") == f"model.{AT}q_proj"


@given(st.dictionaries(st.sampled_from("abcdef"), layers, min_size=1))
def test_one_rank_and_one_scale_change_no_result(drawn: dict[str, tuple[int, float, int]]) -> None:
    held = {name: random_layer(7, *each) for name, each in drawn.items()}
    even, alpha = uniform(held)
    rank = max(layer.a.shape[0] for layer in held.values())
    for name, layer in even.items():
        assert layer.rank == rank
        np.testing.assert_allclose(alpha / rank * layer.b @ layer.a, delta(held[name]), rtol=1e-4, atol=1e-5)


def test_ranks_that_would_fill_the_memory_are_refused() -> None:
    """One layer of a huge rank in a small file would have every other layer padded to it."""

    def layer(rank: int) -> ScaledLayer:  # a view of one number
        number = np.zeros((), np.float32)
        return ScaledLayer(np.broadcast_to(number, (rank, 4096)), np.broadcast_to(number, (4096, rank)), 1.0)

    layers = {f"layers.{n}.up_proj": layer(8) for n in range(200)}
    with pytest.raises(
        AdapterError, match=r"padded to its largest rank, 4096, .* Train it with ranks that differ"
    ):
        uniform({**layers, "layers.200.up_proj": layer(4096)})
