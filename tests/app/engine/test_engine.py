"""The engine: every request gets a reply, answers parse, batches change nothing, cancelling works."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from llguidance import LLTokenizer

from thresher.adapters.answer import parse_answer
from thresher.adapters.conventions import Conventions
from thresher.adapters.errors import ModelError
from thresher.adapters.fields import Field
from thresher.adapters.prompt import render_prompt
from thresher.adapters.tokens import PromptTokenizer
from thresher.app.engine.engine import Engine
from thresher.app.engine.grammar import answer_grammar
from thresher.app.engine.request import Answer, Answered, Failed, Reply, Request
from thresher.app.engine.row import Row
from thresher.app.engine.weights import LoadedModel

from .conftest import grammar_tokenizer

FIELDS = (
    Field(name="who", type="string"),
    Field(name="when", type="date"),
    Field(name="parts", type="list[string]"),
)
TEXTS = [
    f"Letter {number} from ACME Ltd. of 3 March 2024 " + "about bolts, nuts " * number for number in range(6)
]


@pytest.fixture(scope="module")
def engine(tiny_base: Path) -> Iterator[Engine]:
    with Engine(tiny_base, PromptTokenizer(tiny_base), batch_tokens=4096) as engine:
        yield engine


def request(engine: Engine, key: int, text: str, answer_tokens: int = 120) -> Request:
    prompt = engine.tokenizer.prompt(*render_prompt("Extract the record.", FIELDS))
    ids, _ = engine.tokenizer.document(text)
    tokens = (*prompt.head, *ids, *prompt.tail)
    return Request(key, tokens, len(prompt.head), FIELDS, text, Conventions(text), answer_tokens)


def towards(wanted: str, row: Row, tokenizer: LLTokenizer) -> "np.ndarray[Any, np.dtype[np.float32]]":
    """Logits of a model that would write `wanted`: the longest token that goes on from the row's text."""
    rest = wanted.removeprefix(row.answer().text).encode()
    logits = np.zeros(tokenizer.vocab_size, dtype=np.float32)
    for token in range(tokenizer.vocab_size):
        piece = tokenizer.decode_bytes([token])
        if piece and rest.startswith(piece):
            logits[token] = len(piece)
    return logits


def replies(engine: Engine, requests: list[Request]) -> dict[object, Reply]:
    for one in requests:
        engine.submit(one)
    heard = {}
    for _ in requests:
        reply = engine.reply(timeout=60)
        assert reply is not None
        heard[reply.request.key] = reply
    return heard


def test_a_batch_answers_as_each_request_alone(engine: Engine) -> None:
    requests = [request(engine, key, text) for key, text in enumerate(TEXTS)]
    together = replies(engine, requests)
    for one in requests:
        reply, alone = together[one.key], replies(engine, [one])[one.key]
        assert isinstance(reply, Answered)
        assert isinstance(alone, Answered)
        assert reply.answer.text == alone.answer.text


def test_answers_are_records_with_a_probability_for_each_chosen_token(engine: Engine) -> None:
    for reply in replies(engine, [request(engine, key, text) for key, text in enumerate(TEXTS)]).values():
        assert isinstance(reply, Answered)
        answer = reply.answer
        parsed = parse_answer(FIELDS, answer.text)
        if parsed.cut is None:
            assert list(json.loads(answer.text)) == [field.name for field in FIELDS]
        assert answer.pieces
        for start, end, score in answer.pieces:
            assert 0 <= start <= end <= len(answer.text)
            assert score <= 0


def test_an_answer_that_does_not_fit_is_cut_and_says_so(engine: Engine) -> None:
    reply = replies(engine, [request(engine, 0, TEXTS[3], answer_tokens=6)])[0]
    assert isinstance(reply, Answered)
    assert parse_answer(FIELDS, reply.answer.text).cut is not None


def test_a_request_beyond_the_context_fails_alone(engine: Engine) -> None:
    heard = replies(engine, [request(engine, 0, "word " * 3000), request(engine, 1, TEXTS[1])])
    failed = heard[0]
    assert isinstance(failed, Failed)
    assert "context of 2048" in failed.message
    assert isinstance(heard[1], Answered)


def test_cancelling_drops_everything_and_leaves_the_engine_ready(engine: Engine) -> None:
    for key, text in enumerate(TEXTS * 3):
        engine.submit(request(engine, key, text))
    engine.cancel()
    assert engine.reply(timeout=0.5) is None
    assert isinstance(replies(engine, [request(engine, 99, TEXTS[0])])[99], Answered)


def test_the_grammars_of_requests_that_wait_are_not_built(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a long document there are a thousand, and they are large."""
    built: list[str] = []
    at_first_answer: list[int] = []

    def counted(fields: Any, text: str, conventions: Conventions) -> str:
        built.append(text)
        return answer_grammar(fields, text, conventions)

    def counting(self: Row) -> Answer:
        at_first_answer.append(len(built))
        return answer(self)

    answer = Row.answer
    with monkeypatch.context() as patch:
        patch.setattr("thresher.app.engine.row.answer_grammar", counted)
        patch.setattr(Row, "answer", counting)
        replies(engine, [request(engine, key, TEXTS[1]) for key in range(100)])
    assert at_first_answer[0] <= 32
    assert len(built) == 100


def test_a_failing_pass_fails_its_requests_and_the_engine_lives_on(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("out of memory")

    with monkeypatch.context() as patch:
        patch.setattr("thresher.app.engine.weights.LoadedModel.feed", broken)
        reply = replies(engine, [request(engine, 0, TEXTS[0])])[0]
    assert isinstance(reply, Failed)
    assert "out of memory" in reply.message
    assert isinstance(replies(engine, [request(engine, 1, TEXTS[0])])[1], Answered)


def test_a_defect_in_beginning_a_request_costs_that_one(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("Invoice 1 from ACME")

    with monkeypatch.context() as patch:
        patch.setattr(Row, "begin", broken)
        failed = replies(engine, [request(engine, 0, TEXTS[0])])[0]
    assert isinstance(failed, Failed)
    assert "RuntimeError" in failed.message
    assert "ACME" not in failed.message
    assert isinstance(replies(engine, [request(engine, 1, TEXTS[0])])[1], Answered)


def test_of_an_engine_that_has_stopped_no_reply_is_waited_for(starter: Path) -> None:
    engine = Engine(starter, PromptTokenizer(starter), batch_tokens=4096)
    assert engine.is_alive
    engine.close()
    assert not engine.is_alive
    with pytest.raises(ModelError, match="has stopped"):
        engine.reply(timeout=60)


def test_control_tokens_in_a_document_are_plain_text(engine: Engine) -> None:
    control, _ = engine.tokenizer.document("<|im_end|>")
    assert len(control) > 1
    prompt = engine.tokenizer.prompt("system", "user")
    assert not set(control) & (set(prompt.head[:1]) | set(engine.tokenizer.end_ids))


def test_a_broken_model_is_a_named_error(tmp_path: Path, starter: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    for name in ("tokenizer.json", "tokenizer_config.json", "config.json"):
        (folder / name).write_bytes((starter / name).read_bytes())
    if (starter / "chat_template.jinja").exists():
        (folder / "chat_template.jinja").write_bytes((starter / "chat_template.jinja").read_bytes())
    (folder / "model.safetensors").write_bytes(b"not a tensor")
    with pytest.raises(ModelError, match=r"broken: .*thresher models verify"):
        Engine(folder, PromptTokenizer(folder), batch_tokens=4096)


def test_a_model_that_brings_code_is_refused(tmp_path: Path, starter: Path) -> None:
    folder = tmp_path / "codeful"
    folder.mkdir()
    for file in starter.iterdir():
        if file.suffix != ".safetensors":
            (folder / file.name).write_bytes(file.read_bytes())
    config = json.loads((starter / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(config | {"model_file": "evil.py"}), "utf-8")
    (folder / "evil.py").write_text("raise SystemExit('ran')", "utf-8")
    with pytest.raises(ModelError, match="run code"):
        Engine(folder, PromptTokenizer(folder), batch_tokens=4096)


def test_the_fast_blas_must_come_before_mlx() -> None:
    code = (
        "import sys; sys.platform = 'linux'; sys.modules['mlx.core'] = sys\n"
        "from thresher.adapters.blas import load_fast_blas\n"
        "load_fast_blas()"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "must run before mlx.core" in ended.stderr


def test_an_item_that_a_list_already_has_ends_the_list(tiny_base: Path) -> None:
    fields = (Field(name="parts", type="list[string]"),)
    tokenizer = grammar_tokenizer(tiny_base)
    text = "bolts, nuts, bolts"
    row = Row(Request(0, (1,), 0, fields, text, Conventions(text), 200), tokenizer)
    row.begin()
    while not row.is_done:
        row.choose(towards('{"parts": ["bolts", "nuts", "bolts", "nuts", "bolts"]}', row, tokenizer))
    assert row.answer().text == '{"parts": ["bolts", "nuts", "bolts"]}'


def test_a_head_whose_feeding_broke_is_not_taken_for_fed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = request(engine, 0, TEXTS[1])
    expected = replies(engine, [first, request(engine, 1, TEXTS[2])])[0]
    other = replace(first, key=2, tokens=(*first.tokens[:40], *first.tokens[41:]), shared=first.shared - 1)
    feed = LoadedModel.feed

    def breaks_on_the_other(self: LoadedModel, batch: Any, *rest: Any) -> Any:
        if len(batch[0]) == other.shared:
            raise RuntimeError("out of memory")
        return feed(self, batch, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(LoadedModel, "feed", breaks_on_the_other)
        assert isinstance(replies(engine, [other])[2], Failed)
    again = replies(engine, [first])[0]
    assert isinstance(expected, Answered)
    assert isinstance(again, Answered)
    assert again.answer.text == expected.answer.text


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="the system does not tell its threads")
def test_a_closed_engine_has_left_no_thread(engine: Engine) -> None:
    """MLX aborts a process that ends while a thread holds one of its streams."""
    thread = Path(f"/proc/self/task/{engine._thread.native_id}")
    assert thread.exists()
    engine.close()
    assert not thread.exists()
