"""Resident adapters: each row gets what its adapter alone would give it, whatever else is in the batch."""

import json
import shutil
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.adapter import LoraLayer
from thresher.adapters.base_model import read_base
from thresher.adapters.errors import AdapterError, ModelError
from thresher.adapters.fields import Field
from thresher.adapters.prompt import render_prompt
from thresher.adapters.tokens import PromptTokenizer
from thresher.app.engine import weights
from thresher.app.engine.adapted_linear import AdaptedLinear, Resident
from thresher.app.engine.cache import RowLengths
from thresher.app.engine.engine import Engine
from thresher.app.engine.request import Answered, Failed, Reply, Request
from thresher.app.engine.residents import Residents
from thresher.app.engine.weights import LoadedModel, load_weights

Layers = dict[str, LoraLayer]
Logits = np.ndarray[Any, np.dtype[np.float32]]

ROOM = 1 << 30
PROMPTS = [[5 + row, *range(20, 23 + row % 4)] for row in range(13)]
#: Of a row in a mixed batch against the row alone; a product of another width adds in another order.
TOLERANCE = {"rtol": 1e-4, "atol": 1e-4}
FIELDS = (Field(name="who", type="string"), Field(name="parts", type="list[string]"))
TEXT = "Letter 4711 from ACME Ltd. of 3 March 2024 about bolts, nuts, hinges and two tins of white paint"


@cache
def linear_layers(folder: Path) -> Mapping[str, tuple[int, int]]:
    return read_base(folder).linear


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


def assert_as_alone(
    model: LoadedModel, chosen: list[Resident | None], tolerance: Mapping[str, float]
) -> None:
    prompts = PROMPTS[: len(chosen)]
    together = logits(model, prompts, chosen)
    alone = np.concatenate([logits(model, [p], [one]) for p, one in zip(prompts, chosen, strict=True)])
    np.testing.assert_allclose(together, alone, **tolerance)
    assert int((together.argmax(1) != alone.argmax(1)).sum()) == 0


@pytest.fixture
def model(tiny_base: Path) -> LoadedModel:
    return load_weights(tiny_base, ROOM)


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
        residents.chosen.set([key and residents.use(key) for key in keys])
        x = mx.random.normal((len(keys), 3, 6), key=mx.random.key(seed))
        for path, linear in plain.items():
            y = np.array(getattr(model, path)(x))
            for row, one in enumerate(keys):
                expected = np.array(linear(x[row]))
                if one and path in live[one]:
                    layer = live[one][path]
                    expected = expected + 0.5 * np.array(x[row]) @ layer.a.T @ layer.b.T
                np.testing.assert_allclose(y[row], expected, rtol=1e-4, atol=1e-4)


@pytest.fixture
def engine(tiny_base: Path) -> Iterator[Engine]:
    with Engine(tiny_base, PromptTokenizer(tiny_base), batch_tokens=8192) as engine:
        yield engine


def request(engine: Engine, key: object, adapter: str | None) -> Request:
    prompt = engine.tokenizer.prompt(*render_prompt("Extract the record.", FIELDS))
    ids, _ = engine.tokenizer.document(TEXT)
    return Request(key, (*prompt.head, *ids, *prompt.tail), len(prompt.head), FIELDS, TEXT, 80, adapter)


def replies(engine: Engine, count: int) -> dict[object, Reply]:
    heard = {}
    for _ in range(count):
        reply = engine.reply(timeout=60)
        assert reply is not None
        heard[reply.request.key] = reply
    return heard


def text(reply: Reply) -> str:
    assert isinstance(reply, Answered), reply
    return reply.answer.text


def scores(reply: Reply) -> list[float]:
    assert isinstance(reply, Answered), reply
    return [score for *_, score in reply.answer.pieces]


def test_rows_that_share_a_prompt_but_no_adapter_do_not_share_a_cache(
    engine: Engine, tiny_base: Path
) -> None:
    keys = [None, "a", "b", "a", None, "b"]
    for seed, key in enumerate("ab"):
        engine.register(key, random_adapter(tiny_base, seed, strength=2), 2.0)
    for row, key in enumerate(keys):
        engine.submit(request(engine, row, key))
    together = replies(engine, len(keys))
    alone: dict[str | None, Reply] = {}
    for key in ("b", None, "a"):
        engine.submit(request(engine, key, key))
        alone[key] = replies(engine, 1)[key]
    for row, key in enumerate(keys):
        assert text(together[row]) == text(alone[key])
        assert scores(together[row]) == pytest.approx(scores(alone[key]), rel=1e-3, abs=1e-3)
    first = {round(scores(reply)[0], 2) for reply in alone.values()}
    assert len(first) == 3


def test_replacing_and_removing_leave_requests_in_work_alone(engine: Engine, tiny_base: Path) -> None:
    versions = [random_adapter(tiny_base, seed, rank=3 + seed, strength=2) for seed in (11, 12)]
    alone = []
    for layers in versions:
        engine.register("a", layers, 2.0)
        engine.submit(request(engine, 0, "a"))
        alone.append(text(replies(engine, 1)[0]))
    assert alone[0] != alone[1]
    engine.register("a", versions[0], 2.0)
    for number in range(4):
        engine.submit(request(engine, ("old", number), "a"))
    engine.register("a", versions[1], 2.0)
    for number in range(4):
        engine.submit(request(engine, ("new", number), "a"))
    engine.register("b", versions[0], 1.0)
    engine.remove("a")
    engine.submit(request(engine, "late", "a"))
    heard = replies(engine, 9)
    late = heard.pop("late")
    assert isinstance(late, Failed)
    assert "the adapter a is not resident" in late.message
    assert {key: text(reply) for key, reply in heard.items()} == {
        (age, number): alone[age == "new"] for age in ("old", "new") for number in range(4)
    }
    assert list(engine.resident()) == ["b"]


def test_an_adapter_that_a_queued_request_names_is_not_evicted(tiny_base: Path) -> None:
    layers = random_adapter(tiny_base, 1)
    with Engine(tiny_base, PromptTokenizer(tiny_base), batch_tokens=8192, adapter_bytes=1) as engine:
        engine.register("a", layers, 2.0)
        engine.submit(request(engine, 0, "a"))
        engine.register("b", layers, 2.0)
        assert list(engine.resident()) in (["a", "b"], ["b"])
        assert isinstance(replies(engine, 1)[0], Answered)
        engine.register("c", layers, 2.0)
        assert list(engine.resident()) == ["c"]
        engine.submit(request(engine, 1, "a"))
        assert isinstance(replies(engine, 1)[1], Failed)


def test_an_adapter_that_does_not_fit_leaves_the_engine_at_work(engine: Engine) -> None:
    with pytest.raises(AdapterError, match=r"model\.layers\.0\.mlp\.up_proj: a is \(2, 3\)"):
        engine.register(
            "a", {"model.layers.0.mlp.up_proj": LoraLayer(np.zeros((2, 3)), np.zeros((4, 2)))}, 1.0
        )
    engine.submit(request(engine, 0, None))
    assert isinstance(replies(engine, 1)[0], Answered)


def test_a_closed_engine_says_so(engine: Engine) -> None:
    engine.close()
    with pytest.raises(ModelError, match="the engine is closed"):
        engine.resident()
