"""How fast records are extracted, beside mlx_lm: python tests/benchmarks/bench_extraction.py [ROUNDS]

The same model, prompts, fast BLAS and expanded float32 weights for both: mlx_lm.generate takes the prompts
one by one, as it is used, and mlx_lm.batch_generate all at once. Each may write as many tokens as our answers
have on average; it has no grammar, so what it writes need not be a record. mlx_lm on the quantised weights,
as it loads them, is timed on one document.

The receipts are made up here. The sides take turns; the table gives medians and ratios to ours.
"""

import random
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from thresher.adapters.conventions import Conventions
from thresher.adapters.pack_library import find_packs
from thresher.adapters.prompt import render_prompt
from thresher.adapters.tokens import PromptTokenizer
from thresher.app.engine.engine import Engine
from thresher.app.engine.request import Answered, Request
from thresher.app.locations import Locations
from thresher.app.models import library
from thresher.app.models.offline import go_offline

DOCUMENTS, ANSWER_TOKENS = 16, 160
SHOPS = ("ADA & CO HARDWARE", "NORTH QUAY BAKERY", "PENROSE BOOKS LTD", "GREEN LANE GARAGE")
STREETS = ("12 STATION ROAD, YORK YO1 6GA", "4 HARBOUR STREET, LEEDS LS1 4AP", "77 MILL LANE, BATH BA1 1AA")
ITEMS = ("NAILS 50MM", "SCREWS LONG", "PAINT WHITE 2L", "BRUSH", "TIMBER 2M", "HINGE", "SAND PAPER", "GLUE")

#: Seconds, and tokens written.
Turn = tuple[float, int]


def receipts() -> list[str]:
    """Plain texts of receipts, of 8 to 24 items."""
    chance = random.Random(4713)
    texts = []
    for number in range(DOCUMENTS):
        prices = [chance.randrange(100, 9_999) / 100 for _ in range(chance.randrange(8, 25))]
        lines = [chance.choice(SHOPS), chance.choice(STREETS), f"RECEIPT {4711 + number}"]
        lines.append(f"DATE {chance.randrange(1, 29):02}/{chance.randrange(1, 13):02}/2025")
        lines += [f"{chance.choice(ITEMS)}   {price:.2f}" for price in prices]
        texts.append("\n".join([*lines, f"TOTAL   {sum(prices):.2f}", "THANK YOU"]))
    return texts


def requests(tokenizer: PromptTokenizer) -> list[Request]:
    """What the engine is asked of the receipts."""
    kind = find_packs().pick("expenses", "receipt")
    prompt = tokenizer.prompt(*render_prompt(kind.instructions, kind.fields))
    made = []
    for number, text in enumerate(receipts()):
        tokens = (*prompt.head, *tokenizer.document(text)[0], *prompt.tail)
        conventions = Conventions(text)
        made.append(Request(number, tokens, len(prompt.head), kind.fields, text, conventions, ANSWER_TOKENS))
    return made


def ours(engine: Engine, asked: list[Request]) -> int:
    """Answers all; returns the tokens written."""
    written = 0
    for one in asked:
        engine.submit(one)
    for _ in asked:
        reply = engine.reply()
        assert isinstance(reply, Answered)
        written += len(engine.tokenizer.document(reply.answer.text)[0])
    return written


def main(rounds: int = 3) -> None:
    """Load each side once, let them take turns, print the table."""
    go_offline()
    folder = library.find(Locations.default().models, "starter").folder
    tokenizer = PromptTokenizer(folder)
    asked = requests(tokenizer)
    with Engine(folder, tokenizer, batch_tokens=32_768) as engine:
        # After the engine, which loads the fast BLAS first: both sides run on it.
        import mlx.core as mx
        from mlx_lm import batch_generate, generate, load

        from thresher.adapters.mlx_base import prepare_for_cpu

        quantised, chat = load(str(folder))[:2]
        expanded, _ = load(str(folder))[:2]
        prepare_for_cpu(expanded)
        mx.eval(expanded.parameters())
        prompts = [list(one.tokens) for one in asked]
        most = ours(engine, asked) // DOCUMENTS

        def one_by_one(model: Any, count: int) -> int:
            texts = [generate(model, chat, prompt, max_tokens=most) for prompt in prompts[:count]]
            return sum(len(tokenizer.document(text)[0]) for text in texts)

        def at_once() -> int:
            texts = batch_generate(expanded, chat, prompts, max_tokens=most).texts
            return sum(len(tokenizer.document(text)[0]) for text in texts)

        sides: dict[str, tuple[int, Callable[[], int]]] = {
            "thresher": (DOCUMENTS, lambda: ours(engine, asked)),
            "mlx_lm.generate": (DOCUMENTS, lambda: one_by_one(expanded, DOCUMENTS)),
            "mlx_lm.batch_generate": (DOCUMENTS, at_once),
            "mlx_lm.generate, quantised": (1, lambda: one_by_one(quantised, 1)),
        }
        turns: dict[str, list[Turn]] = {name: [] for name in sides}
        for _ in range(rounds):
            for name, (_count, run) in sides.items():
                start = time.perf_counter()
                written = run()
                turns[name].append((time.perf_counter() - start, written))
    prompt_tokens = sum(map(len, prompts)) // DOCUMENTS
    out = sys.stdout
    out.write(f"{DOCUMENTS} receipts of {prompt_tokens} prompt tokens on average, median of {rounds}\n")
    out.write(f"{'':28}{'s/document':>12}{'times ours':>12}{'tokens/document':>17}{'s/token':>10}\n")
    base = median(seconds for seconds, _ in turns["thresher"]) / DOCUMENTS
    for name, (count, _run) in sides.items():
        each = median(seconds for seconds, _ in turns[name]) / count
        tokens = median(written for _, written in turns[name]) / count
        out.write(f"{name:28}{each:12.2f}{each / base:12.2f}{tokens:17.0f}{each / max(tokens, 1):10.3f}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
