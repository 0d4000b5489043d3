"""How much other work on the cores slows a model on a CPU: python tests/benchmarks/bench_busy.py [ROUNDS]

Passes of the starter (a prompt of 512 tokens, then steps of sixteen rows) beside none, one and as many busy
processes as there are cores, with the BLAS on all its threads, on one, and on as many as there are cores
free, as it ships. The three take turns; the table gives medians, and how many times as long all threads took.
It needs Linux, and OpenBLAS.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from thresher.adapters import blas
from thresher.app.locations import Locations
from thresher.app.models import library

ROWS, PROMPT, STEPS = 16, 512, 10


def work(model: Any) -> float:
    """Seconds of a prompt and the steps of a batch."""
    from thresher.app.engine.cache import RowCache, RowLengths

    start = time.perf_counter()
    begun = model.cache(RowLengths([0]))
    model.feed([[7] * PROMPT], begun)
    lengths = RowLengths([PROMPT] * ROWS)
    cache = [RowCache.begun([layer] * ROWS, lengths) for layer in begun]
    for _ in range(STEPS):
        model.feed([[9]] * ROWS, cache)
    return time.perf_counter() - start


@contextmanager
def busy(count: int) -> Iterator[None]:
    """So many processes that never rest."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def main(rounds: int = 3) -> None:
    """Writes a line for each number of busy processes."""
    blas.load_fast_blas()
    from thresher.app.engine import weights

    assert blas._threads is not None, "needs OpenBLAS"
    use = blas._threads._library.openblas_set_num_threads
    model = weights.load_weights(library.find(Locations.default().models, "starter").folder, adapter_bytes=0)
    hook: Any = vars(weights)
    fit = hook["fit_threads"]

    def on(threads: int) -> Callable[[], None]:
        def begin() -> None:
            hook["fit_threads"] = lambda: None
            use(threads)

        return begin

    def fitted() -> None:
        hook["fit_threads"] = fit

    sides = {"all": on(blas.most_threads()), "one": on(1), "free": fitted}
    sys.stdout.write(f"{'seconds':24}" + "".join(f"{side:>8}" for side in sides) + "   all / free\n")
    for count in sorted({0, 1, os.cpu_count() or 1}):
        taken: dict[str, list[float]] = {side: [] for side in sides}
        with busy(count):
            for turn in range(rounds + 1):
                for side, begin in sides.items():
                    begin()
                    seconds = work(model)
                    if turn:  # the first warms up
                        taken[side].append(seconds)
        of = {side: median(all_taken) for side, all_taken in taken.items()}
        figures = "".join(f"{seconds:8.1f}" for seconds in of.values())
        sys.stdout.write(f"{f'beside {count} busy':24}{figures}{of['all'] / of['free']:11.1f}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
