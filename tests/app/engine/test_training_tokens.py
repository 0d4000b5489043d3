"""What training teaches is what the engine writes: the grammar takes every answer, token for token.

Where the grammar leaves no choice the engine feeds tokens of its own making: they must be those of training.
"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llguidance import LLMatcher, LLTokenizer

from thresher.adapters.fields import Field
from thresher.adapters.pack_library import find_packs
from thresher.adapters.tokens import PromptTokenizer
from thresher.adapters.training.examples import answer_tokens
from thresher.adapters.training.labels import Label, read_labels
from thresher.adapters.training.statements import Placing, statements
from thresher.adapters.window_prompts import WindowPrompts, WindowSizes
from thresher.app.engine.grammar import answer_grammar

from .conftest import grammar_tokenizer

FIELDS = (
    Field(name="company", type="string"),
    Field(name='odd "name"', type="list[string]"),
    Field(name="total", type="number"),
    Field(name="day", type="date"),
    Field(name="kind", type="enum", values=("net 30", "on sight")),
    Field(name="paid", type="boolean"),
)


@pytest.fixture(scope="module")
def tokenizer(starter: Path) -> PromptTokenizer:
    return PromptTokenizer(starter)


@pytest.fixture(scope="module")
def matching(starter: Path) -> LLTokenizer:
    return grammar_tokenizer(starter)


def follow(label: Label, prompts: WindowPrompts, matching: LLTokenizer) -> int:
    """Has the grammar of use write what is taught; returns how many tokens it forced."""
    forced = 0
    asked = prompts.of(label.text, label.instructions, label.fields)
    for prompt, statement in zip(
        asked, statements(label, [one.text for one in asked], Placing()), strict=True
    ):
        tokens = answer_tokens(prompts.tokenizer, label.fields, statement)[0][:-1]
        matcher = LLMatcher(
            matching, answer_grammar(label.fields, prompt.text, prompt.conventions), log_level=0
        )
        at = 0
        while at < len(tokens):
            fed = matcher.compute_ff_tokens()
            assert fed == tokens[at : at + len(fed)], label.id
            forced += len(fed)
            step = fed or [tokens[at]]
            assert matcher.consume_tokens(step), (label.id, matching.decode_str(tokens[at : at + 4]))
            at += len(step)
        assert matcher.is_accepting() or matcher.is_stopped()
    return forced


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_grammar_takes_every_taught_answer(
    tokenizer: PromptTokenizer, matching: LLTokenizer, data: st.DataObject
) -> None:
    word = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=9)
    words = data.draw(st.lists(word, min_size=2, max_size=30))
    text = data.draw(st.sampled_from([" ", "\n", "  "])).join(words)
    part = st.integers(0, len(text)).flatmap(lambda at: st.just(text[at : at + 12]))
    values = {
        "company": data.draw(part),
        'odd "name"': data.draw(st.lists(part, max_size=5)),
        "total": data.draw(st.none() | st.floats(-1e18, 1e18) | st.integers(-(10**18), 10**18)),
        "day": data.draw(st.none() | st.dates().map(lambda day: day.isoformat())),
        "kind": data.draw(st.sampled_from([None, "net 30", "on sight"])),
        "paid": data.draw(st.none() | st.booleans()),
    }
    label = Label("drawn", text, "Read.", FIELDS, values)
    prompts = WindowPrompts(tokenizer, WindowSizes(2048, 768, 96, 512))
    if text.strip():
        assert follow(label, prompts, matching) > 0


@pytest.mark.parametrize("name", ["expenses/receipt", "manufacturing/work_order", "legal/nda"])
def test_it_does_on_real_labels(
    tokenizer: PromptTokenizer, matching: LLTokenizer, shared_data: Path, name: str
) -> None:
    asked = find_packs().pick(*name.split("/"))
    labels = read_labels([shared_data / name / "dev.jsonl"], asked.fields, asked.instructions, unfit=[])
    prompts = WindowPrompts(tokenizer, WindowSizes(8192, 768, 96, 1024))
    assert sum(follow(label, prompts, matching) for label in labels[:12]) > 0
