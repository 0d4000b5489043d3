"""How fast attention is on a CPU, beside MLX's own: python tests/benchmarks/bench_attention.py [ROUNDS]

One layer of the starter's shape (nine heads in groups of three, size 64), and whole passes of the starter
with either. The two take turns, so that a machine that slows down slows both; the table gives medians and
how many times as long MLX's own took. `OPENBLAS_NUM_THREADS=1` shows one process of several side by side.
"""

import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from thresher.adapters.blas import load_fast_blas
from thresher.app.locations import Locations
from thresher.app.models import library

HEADS, KEY_HEADS, SIZE = 9, 3, 64

#: rows' lengths, and each row's new tokens
CASES = {
    "prompt of 1,500": ([0], 1500),
    "512 after 1,000": ([1000], 512),
    "512 after 1,536": ([1536], 512),
    "decode 8 x 1,500": ([1500] * 8, 1),
    "decode 8 x 100 to 1,500": (list(range(100, 1501, 200)), 1),
    "decode 32 x 400": ([400] * 32, 1),
}


def one_layer(lengths: list[int], tokens: int) -> dict[str, Callable[[], Any]]:
    """Either side's attention over the same arrays, which lie as a cache's do."""
    import mlx.core as mx

    from thresher.app.engine import attention
    from thresher.app.engine.cache import RowCache, RowLengths

    cache = RowCache(RowLengths(lengths))
    mask = cache.make_mask(tokens)
    shape = (len(lengths), KEY_HEADS, max(lengths) + 256, SIZE)
    cache.keys, cache.values = mx.random.normal(shape), mx.random.normal(shape)
    keys, values = cache.update_and_fetch(*mx.random.normal((2, len(lengths), KEY_HEADS, tokens, SIZE)))
    queries = mx.random.normal((len(lengths), HEADS, tokens, SIZE))
    mx.eval(queries, keys, values, mask)
    blocked = attention._on_this_machine()

    def theirs() -> None:
        mx.eval(mx.fast.scaled_dot_product_attention(queries, keys, values, scale=0.125, mask=mask))

    def ours() -> None:
        mx.eval(blocked(queries, keys, values, lengths, 0.125))

    return {"ours": ours, "theirs": theirs}


def whole_pass(model: Any, lengths: list[int], tokens: int) -> dict[str, Callable[[], Any]]:
    """A pass of the whole model with either. Its cache holds tokens that stand for any others."""
    import mlx.core as mx

    from thresher.app.engine.cache import RowCache, RowLengths

    definition = sys.modules[type(model._model).__module__]
    hook: Any = definition.__dict__["scaled_dot_product_attention"]
    begun = model.cache(RowLengths([0]))
    model.feed([[7] * max(1, *lengths)], begun)
    rows = RowLengths(lengths)
    cache = [RowCache.begun([layer] * len(lengths), rows) for layer in begun]

    def with_attention(attend: Any) -> None:
        definition.__dict__["scaled_dot_product_attention"] = attend
        try:
            rows.set(lengths)
            mx.eval(model.feed([[9] * tokens] * len(lengths), cache))
        finally:
            definition.__dict__["scaled_dot_product_attention"] = hook

    return {"ours": lambda: with_attention(hook), "theirs": lambda: with_attention(hook.theirs)}


def taking_turns(sides: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """The median milliseconds of each side. The first turn warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(rounds + 1):
        for name, run in sides.items():
            start = time.perf_counter()
            run()
            if turn:
                seconds[name].append(time.perf_counter() - start)
    return {name: 1000 * median(taken) for name, taken in seconds.items()}


def main(rounds: int = 3) -> None:
    """Time one layer, then the whole model; write a line a case."""
    load_fast_blas()
    from thresher.app.engine.weights import load_weights

    sys.stdout.write(f"{'ms':38}{'ours':>9}{'MLX':>9}{'times ours':>12}\n")
    for name, (lengths, tokens) in CASES.items():
        line("one layer, " + name, taking_turns(one_layer(lengths, tokens), 3 * rounds))
    model = load_weights(library.find(Locations.default().models, "starter").folder, adapter_bytes=0)
    for name, (lengths, tokens) in CASES.items():
        line("starter, " + name, taking_turns(whole_pass(model, lengths, tokens), rounds))


def line(name: str, taken: dict[str, float]) -> None:
    """Writes a case."""
    ours, theirs = taken["ours"], taken["theirs"]
    sys.stdout.write(f"{name:38}{ours:9.1f}{theirs:9.1f}{theirs / ours:12.1f}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
