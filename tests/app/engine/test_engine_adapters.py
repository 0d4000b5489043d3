"""The engine with adapters: each request is answered by its own, whatever comes and goes meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from thresher.adapters.adapter import LoraLayer
from thresher.adapters.conventions import Conventions
from thresher.adapters.errors import AdapterError, ModelError
from thresher.adapters.fields import Field
from thresher.adapters.prompt import render_prompt
from thresher.adapters.tokens import PromptTokenizer
from thresher.app.engine.engine import Engine
from thresher.app.engine.request import Answered, Failed, Reply, Request

from .conftest import random_adapter

FIELDS = (Field(name="who", type="string"), Field(name="parts", type="list[string]"))
TEXT = "Letter 4711 from ACME Ltd. of 3 March 2024 about bolts, nuts, hinges and two tins of white paint"


@pytest.fixture
def engine(tiny_base: Path) -> Iterator[Engine]:
    with Engine(tiny_base, PromptTokenizer(tiny_base), batch_tokens=8192) as engine:
        yield engine


def request(engine: Engine, key: object, adapter: str | None) -> Request:
    prompt = engine.tokenizer.prompt(*render_prompt("Extract the record.", FIELDS))
    ids, _ = engine.tokenizer.document(TEXT)
    tokens = (*prompt.head, *ids, *prompt.tail)
    return Request(key, tokens, len(prompt.head), FIELDS, TEXT, Conventions(TEXT), 80, adapter)


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
    for seed, name in enumerate("ab"):
        engine.register(name, random_adapter(tiny_base, seed, strength=2), 2.0)
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
    layer = LoraLayer(np.zeros((2, 3), np.float32), np.zeros((4, 2), np.float32))
    with pytest.raises(AdapterError, match=r"model\.layers\.0\.mlp\.up_proj: a is \(2, 3\)"):
        engine.register("a", {"model.layers.0.mlp.up_proj": layer}, 1.0)
    engine.submit(request(engine, 0, None))
    assert isinstance(replies(engine, 1)[0], Answered)


def test_a_closed_engine_says_so(engine: Engine) -> None:
    engine.close()
    with pytest.raises(ModelError, match="the engine is closed"):
        engine.resident()
