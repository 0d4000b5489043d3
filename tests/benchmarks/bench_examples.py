"""What labels become: python tests/benchmarks/bench_examples.py [DOMAIN/RECORD_TYPE …]

Reads the labelled documents beside the checkout with the starter's tokenizer, in windows of use. A row for
each set: labels, windows, tokens and targets, the windows that state nothing, values that no window states,
the share of padding in batches of 4,096 tokens, and how the grammar of use takes the answers (of the first
100 labels, three windows each): tokens that it forces, answers whose forced tokens are other than those
taught, and answers that it refuses.
"""

import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from llguidance import LLMatcher, LLTokenizer

from thresher.adapters.base_facts import read_facts
from thresher.adapters.pack_library import find_packs
from thresher.adapters.tokens import PromptTokenizer
from thresher.adapters.training.batches import BatchPlan, padding_share
from thresher.adapters.training.examples import answer_tokens, build_examples
from thresher.adapters.training.labels import Label, read_labels
from thresher.adapters.training.statements import Placing, Statement, statements
from thresher.adapters.values import is_absent
from thresher.adapters.window_prompts import WindowPrompt, WindowPrompts, WindowSizes
from thresher.app.engine.grammar import answer_grammar
from thresher.app.locations import Locations

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
COLUMNS = "labels windows tokens targets empty values unplaced padding forced seams refused seconds"
CHECKED, WINDOWS, BATCH_TOKENS = 100, 3, 4096


def main() -> None:
    """Prints a row for each set."""
    folder = Locations.default().models / "starter"
    prompts = WindowPrompts(PromptTokenizer(folder), WindowSizes(read_facts(folder).context, 768, 96, 1024))
    sets = sys.argv[1:] or sorted(
        f"{p.parent.parent.name}/{p.parent.name}" for p in DATA.glob("*/*/train.jsonl")
    )
    for cells in rows(sets, prompts):
        sys.stdout.write(f"{cells[0]:>28}" + "".join(f"{cell:>9}" for cell in cells[1:]) + "\n")


def rows(sets: list[str], prompts: WindowPrompts) -> Iterator[list[Any]]:
    """The head of the table, then a row for each set as it is done."""
    yield ["set", *COLUMNS.split()]
    for name in sets:
        yield [name, *row(name, prompts)]


def row(name: str, prompts: WindowPrompts) -> Iterator[Any]:
    """The figures of one set, in the order of the columns."""
    asked = find_packs().pick(*name.split("/"))
    began = time.monotonic()
    labels = read_labels(
        [DATA / name / "train.jsonl"],
        asked.fields,
        asked.instructions,
        asked.open_fields,
        unfit=[],
        most_windows=asked.most_windows,
    )
    built = build_examples(labels, prompts)
    seconds = time.monotonic() - began
    lengths = [len(example) for example in built.examples]
    plan = BatchPlan(lengths, BATCH_TOKENS, 16, seed=7)
    empty = taken = forced = seams = refused = 0
    for label in labels[:CHECKED]:
        for prompt, statement in stated(label, prompts):
            empty += all(value is False or is_absent(value) for value in statement.values.values())
            taken += 1
            how = follow(label, prompt, statement, prompts.tokenizer)
            forced, seams, refused = forced + how[0], seams + how[1], refused + how[2]
    yield from (len(labels), len(lengths), built.tokens, built.targets)
    yield from (f"{empty / taken:.0%}", built.values, built.unplaced.total())
    yield from (f"{padding_share(lengths, plan.epoch(0)):.1%}", forced, seams, refused, f"{seconds:.1f}")


def stated(label: Label, prompts: WindowPrompts) -> list[tuple[WindowPrompt, Statement]]:
    """The first windows of a label's document, and what is taught of them."""
    asked = prompts.of(label.text, label.instructions, label.fields)
    return list(zip(asked, statements(label, [one.text for one in asked], Placing()), strict=True))[:WINDOWS]


@cache
def matching(tokenizer: PromptTokenizer) -> LLTokenizer:
    """The tokenizer in the form that grammars take."""
    return LLTokenizer(tokenizer.backend_json, eos_token=list(tokenizer.end_ids))


def follow(
    label: Label, prompt: WindowPrompt, statement: Statement, tokenizer: PromptTokenizer
) -> tuple[int, int, int]:
    """Has the grammar of use write the answer: tokens it forced, 1 where they differ, 1 where it refuses."""
    tokens = answer_tokens(tokenizer, label.fields, statement)[0][:-1]
    matcher = LLMatcher(
        matching(tokenizer), answer_grammar(label.fields, prompt.text, prompt.conventions), log_level=0
    )
    at = forced = 0
    while at < len(tokens):
        fed = matcher.compute_ff_tokens()
        if fed != tokens[at : at + len(fed)]:
            return forced, 1, 0
        forced += len(fed)
        step = fed or [tokens[at]]
        if not matcher.consume_tokens(step):
            return forced, 0, 1
        at += len(step)
    return forced, 0, 0


if __name__ == "__main__":
    main()
