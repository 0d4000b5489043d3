"""Resident adapters: what fits comes in, what is in use stays, and the rest goes above the cap."""

from collections.abc import Collection
from pathlib import Path

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.adapter import LoraLayer
from thresher.adapters.errors import AdapterError
from thresher.app.engine.adapted_linear import AdaptedLinear, Resident
from thresher.app.engine.residents import Residents
from thresher.app.engine.weights import LoadedModel

from .conftest import ROOM, Layers, linear_layers, random_adapter, register


def test_only_layers_that_an_adapter_changes_have_a_stack(model: LoadedModel, tiny_base: Path) -> None:
    stacked = [layer for _, layer in model._model.named_modules() if isinstance(layer, AdaptedLinear)]
    assert len(stacked) == len(linear_layers(tiny_base))
    register(model, "a", random_adapter(tiny_base, 1, ending="0.mlp.up_proj"))
    assert sum(layer.stack is not None for layer in stacked) == 1
    # 32 inputs, 64 outputs, rank 4, 4 bytes; as much again for rows without an adapter.
    assert model.residents.sizes() == {"a": (32 + 64) * 4 * 4}
    assert model.residents.nbytes == 2 * (32 + 64) * 4 * 4
    model.residents.remove("a", in_use=())
    assert all(layer.stack is None for layer in stacked)
    assert model.residents.sizes() == {}


def test_all_that_does_not_fit_is_said_at_once_and_changes_nothing(
    model: LoadedModel, tiny_base: Path
) -> None:
    good = random_adapter(tiny_base, 1)
    before = register(model, "a", good)
    wrong = dict(good)
    paths = list(wrong)
    wrong["model.layers.9.self_attn.q_proj"] = good[paths[0]]
    wrong["model.embed_tokens"] = good[paths[0]]
    wrong[paths[0]] = LoraLayer(good[paths[0]].a.T, good[paths[0]].b)
    wrong[paths[1]] = LoraLayer(good[paths[1]].a[:2], good[paths[1]].b)
    wrong[paths[2]] = LoraLayer(good[paths[2]].a, np.full_like(good[paths[2]].b, np.nan))
    wrong[paths[3]] = LoraLayer(np.full_like(good[paths[3]].a, np.inf), good[paths[3]].b)
    wrong[paths[4]] = LoraLayer(good[paths[4]].a, np.full_like(good[paths[4]].b, 3e38))
    with pytest.raises(AdapterError) as caught:
        model.residents.register("a", wrong, 2.0, in_use=())
    lines = str(caught.value).splitlines()
    assert len(lines) == 9
    for path in ("model.layers.9.self_attn.q_proj", "model.embed_tokens", *paths[:5]):
        assert sum(line.startswith(f"  {path}: ") for line in lines) == 1
    assert model.residents.use("a") is before
    with pytest.raises(AdapterError, match="its scale is nan"):
        model.residents.register("a", good, float("nan"), in_use=())
    with pytest.raises(AdapterError, match="changes no layer"):
        model.residents.register("a", {}, 1.0, in_use=())


class TwoLayers(nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.square = nn.Linear(6, 6)
        self.wide = nn.Linear(6, 4, bias=False)


def layers_of(rank: int, seed: int, paths: Collection[str] = ("square", "wide")) -> Layers:
    chance = np.random.default_rng(seed)
    made = {}
    for path in paths:
        a = chance.standard_normal((rank, 6)).astype(np.float32)
        b = chance.standard_normal((4 if path == "wide" else 6, rank)).astype(np.float32)
        made[path] = LoraLayer(a, b)
    return made


def test_above_the_cap_those_used_longest_ago_go() -> None:
    one = 4 * (6 + 6) * 4 + 4 * (6 + 4) * 4  # bytes of a slot of rank 4
    residents = Residents(TwoLayers(), most_bytes=4 * one)  # three, and the slot of zeros
    for key in "abc":
        residents.register(key, layers_of(4, 1), 1.0, in_use=())
    residents.use("a")
    residents.register("d", layers_of(4, 2), 1.0, in_use=())
    assert list(residents.sizes()) == ["c", "a", "d"]
    residents.register("c", layers_of(4, 3), 1.0, in_use=())
    assert list(residents.sizes()) == ["a", "d", "c"]
    # Twice the rank widens all slots.
    residents.register("e", layers_of(8, 3), 1.0, in_use=())
    assert residents.sizes() == {"e": 2 * one}
    with pytest.raises(AdapterError, match="a is not resident"):
        residents.use("a")


def test_none_in_use_is_evicted_and_the_cap_gives_way() -> None:
    residents = Residents(TwoLayers(), most_bytes=1)
    in_use: set[Resident] = set()
    for key in "abc":
        residents.register(key, layers_of(2, 1), 1.0, in_use)
        in_use.add(residents.use(key))
    assert list(residents.sizes()) == ["a", "b", "c"]
    in_use = {residents.use("b")}
    residents.register("d", layers_of(2, 1), 1.0, in_use)
    assert list(residents.sizes()) == ["b", "d"]


def test_a_replaced_adapter_serves_its_rows_and_is_then_freed() -> None:
    residents = Residents(TwoLayers(), ROOM)
    residents.register("a", layers_of(2, 1), 1.0, in_use=())
    size, old = residents.nbytes, residents.use("a")
    residents.register("a", layers_of(2, 2), 1.0, in_use={old})
    assert residents.use("a") is not old
    assert residents.nbytes > size
    residents.release(in_use={old})
    assert residents.nbytes > size
    residents.release(in_use=())
    assert residents.nbytes == size


changes = st.tuples(
    st.sampled_from("abc"),
    st.integers(0, 5),  # rank; 0 removes
    st.integers(0, 1000),
    st.sampled_from([("square",), ("wide",), ("square", "wide")]),
)


@settings(deadline=None, max_examples=40)
@given(st.lists(changes, min_size=1, max_size=8))
def test_whatever_came_and_went_each_row_has_its_own_adapter(
    history: list[tuple[str, int, int, tuple[str, ...]]],
) -> None:
    model = TwoLayers()
    plain = {"square": model.square, "wide": model.wide}
    residents = Residents(model, ROOM)
    live: dict[str, Layers] = {}
    for key, rank, seed, paths in history:
        if rank:
            live[key] = layers_of(rank, seed, paths)
            residents.register(key, live[key], 0.5, in_use=())
        else:
            live.pop(key, None)
            residents.remove(key, in_use=())
        keys = [*live, None, *live]
        residents.chosen.set([residents.use(key) if key else None for key in keys])
        x = mx.random.normal((len(keys), 3, 6), key=mx.random.key(seed))
        for path, linear in plain.items():
            y = np.array(getattr(model, path)(x))
            for row, one in enumerate(keys):
                expected = np.array(linear(x[row]))
                if one and path in live[one]:
                    layer = live[one][path]
                    expected = expected + 0.5 * np.array(x[row]) @ layer.a.T @ layer.b.T
                np.testing.assert_allclose(y[row], expected, rtol=1e-4, atol=1e-4)
