"""What resident adapters cost, beside mlx_lm's way: python tests/benchmarks/bench_adapters.py [ROUNDS]

Random adapters of rank 8 for all linear layers of the starter. Three tables:

- The time to change the adapter. Ours: choosing it for the next pass, and how much longer a pass of one row
  takes that uses another adapter than the pass before, in processor time. mlx_lm's: load the model with the
  adapter's folder, as its server does, or `load_adapters` on a model that is fresh from the disk.
- The speed of 12 rows on no adapter, on one, on twelve, and of twelve swaps in turn, a row at a time. Speeds
  are in terms of the batch on one adapter.
- The memory of 1 and of 12 adapters.

The sides take turns, in writing a pass at a time, so that a machine that slows down slows all of them; the
tables give medians. Processor time counts all threads: with OPENBLAS_NUM_THREADS=1 it tells the work that is
done, whatever else is running.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil

from thresher.adapters.adapter import LoraLayer
from thresher.adapters.base_model import BaseModel, read_base
from thresher.adapters.blas import load_fast_blas
from thresher.app.locations import Locations
from thresher.app.models import library
from thresher.app.models.offline import go_offline

if TYPE_CHECKING:
    from thresher.app.engine.adapted_linear import Resident
    from thresher.app.engine.cache import RowCache
    from thresher.app.engine.weights import LoadedModel

ROWS, RANK, SCALE = 12, 8, 2.0
PROMPT_TOKENS, ANSWER_TOKENS, CHANGES = 128, 32, 96
IN_TURN = "12 swaps in turn"

#: Wall and processor seconds.
Taken = tuple[float, float]
Chosen = Sequence["Resident | None"]


def adapter(base: BaseModel, seed: int) -> dict[str, LoraLayer]:
    """Random matrices for every linear layer."""
    chance = np.random.default_rng(seed)

    def matrix(*shape: int) -> Any:
        return chance.standard_normal(shape, dtype=np.float32) * np.float32(0.1 / shape[1] ** 0.5)

    return {
        path: LoraLayer(matrix(RANK, inputs), matrix(outputs, RANK))
        for path, (outputs, inputs) in base.linear.items()
    }


def write_for_mlx_lm(layers: Mapping[str, LoraLayer], base: BaseModel, folder: Path) -> None:
    """The adapter in mlx_lm's form."""
    import mlx.core as mx

    folder.mkdir()
    blocks = len({path.split(".")[2] for path in base.linear})
    parameters = {"rank": RANK, "scale": SCALE, "dropout": 0.0}
    config = {"fine_tune_type": "lora", "num_layers": blocks, "lora_parameters": parameters}
    (folder / "adapter_config.json").write_text(json.dumps(config), "utf-8")
    tensors = {}
    for path, layer in layers.items():
        tensors[f"{path}.lora_a"] = mx.array(layer.a.T)
        tensors[f"{path}.lora_b"] = mx.array(layer.b.T)
    mx.save_safetensors(str(folder / "adapters.safetensors"), tensors)


def timed(work: Callable[[], object]) -> Taken:
    """How long it takes."""
    processor, start = time.process_time(), time.perf_counter()
    work()
    return time.perf_counter() - start, time.process_time() - processor


def middle(values: Sequence[Taken]) -> Taken:
    """The median of each."""
    return median(wall for wall, _ in values), median(processor for _, processor in values)


def read(model: "LoadedModel", chosen: Chosen) -> "tuple[list[RowCache], Taken]":
    """Takes in a prompt for each row."""
    import mlx.core as mx

    from thresher.app.engine.cache import RowLengths

    cache = model.cache(RowLengths([0] * len(chosen)))
    prompts = [[100 + row + at for at in range(PROMPT_TOKENS)] for row in range(len(chosen))]
    return cache, timed(lambda: mx.eval(model.feed(prompts, cache, chosen)))


def write(model: "LoadedModel", cache: "list[RowCache]", chosen: Chosen) -> Taken:
    """One token for each row."""
    import mlx.core as mx

    return timed(lambda: mx.eval(model.feed([[200]] * len(chosen), cache, chosen)))


def changing(model: "LoadedModel", base: BaseModel, folder: Path, rounds: int) -> dict[str, float]:
    """The seconds that a change of adapter takes each way."""
    import mlx.core as mx
    import mlx_lm
    from mlx_lm.tuner.utils import load_adapters
    from mlx_lm.utils import load_model

    layers = adapter(base, 100)
    written = folder / "mlx_lm"
    write_for_mlx_lm(layers, base, written)
    taken: dict[str, list[float]] = {}

    def note(name: str, work: Callable[[], object]) -> None:
        taken.setdefault(name, []).append(timed(work)[0])

    def load_whole() -> None:
        mx.eval(mlx_lm.load(str(base.folder), adapter_path=str(written))[0].parameters())

    def add_to(fresh: Any) -> None:
        mx.eval(load_adapters(fresh, str(written)).parameters())

    def choose(key: str) -> None:
        model.residents.chosen.set([model.residents.use(key)])

    for turn in range(CHANGES):
        key = str(turn % ROWS)
        note("ours, choose", partial(choose, key))
    longer = longer_pass(model)
    for _ in range(rounds):
        note("ours, register anew", lambda: model.residents.register("anew", layers, SCALE, ()))
        model.residents.remove("anew", ())
        note("mlx_lm.load with the adapter", load_whole)
        fresh, _config = load_model(base.folder)
        note("load_adapters on a fresh model", partial(add_to, fresh))
    return {"ours, a pass is longer by": longer, **{name: median(values) for name, values in taken.items()}}


def longer_pass(model: "LoadedModel") -> float:
    """By how much the shortest pass after a change is longer than the shortest without, one row each.

    In processor time: other work on the machine makes passes longer by more than a change could.
    """
    adapters = [model.residents.use(str(number)) for number in range(ROWS)]
    cache, _ = read(model, adapters[:1])
    pairs = []
    for number in range(CHANGES):
        one = [adapters[number % ROWS]]
        pairs.append((write(model, cache, one)[1], write(model, cache, one)[1]))
    return min(changed for changed, _ in pairs) - min(same for _, same in pairs)


def speeds(model: "LoadedModel", rounds: int) -> dict[str, tuple[Taken, Taken]]:
    """What reading and writing take for 12 rows, each way."""
    adapters = [model.residents.use(str(number)) for number in range(ROWS)]
    ways: dict[str, Chosen] = {
        "12 rows on one adapter": adapters[:1] * ROWS,
        "12 rows on 12 adapters": adapters,
        "12 rows on none": [None] * ROWS,
    }
    reading: dict[str, list[Taken]] = {name: [] for name in ways}
    writing: dict[str, list[Taken]] = {name: [] for name in ways}
    for turn in range(rounds + 1):  # the first one warms up
        order = list(ways)[turn % 3 :] + list(ways)[: turn % 3]
        caches = {}
        for name in order:
            caches[name], taken = read(model, ways[name])
            reading[name] += [taken] if turn else []
        for _ in range(ANSWER_TOKENS):
            for name in order:
                taken = write(model, caches[name], ways[name])
                writing[name] += [taken] if turn else []
    reading[IN_TURN], writing[IN_TURN] = [], []
    for one in adapters:
        cache, taken = read(model, [one])
        reading[IN_TURN].append(taken)
        writing[IN_TURN] += [write(model, cache, [one]) for _ in range(ANSWER_TOKENS)]
    results = {}
    for name, passes in writing.items():
        runs = ROWS if name == IN_TURN else 1
        once, each = middle(reading[name]), middle(passes)
        results[name] = (
            (runs * once[0], runs * once[1]),
            (runs * ANSWER_TOKENS * each[0], runs * ANSWER_TOKENS * each[1]),
        )
    return results


def memory() -> tuple[int, int]:
    """Bytes that MLX holds, and that the process has."""
    import mlx.core as mx

    mx.clear_cache()
    return mx.get_active_memory(), psutil.Process().memory_info().rss


def main(rounds: int = 5) -> None:
    """Register twelve adapters, and print the three tables."""
    go_offline()
    load_fast_blas()
    from thresher.app.engine.weights import load_weights

    base = read_base(library.find(Locations.default().models, "starter").folder)
    model = load_weights(base.folder, adapter_bytes=1 << 40)
    write(model, read(model, [None])[0], [None])
    before = memory()
    sizes = []
    for number in range(ROWS):
        model.residents.register(str(number), adapter(base, number), SCALE, ())
        if number + 1 in (1, ROWS):
            grown = [now - then for now, then in zip(memory(), before, strict=True)]
            adapters = sum(model.residents.sizes().values())
            sizes.append((number + 1, adapters, model.residents.nbytes, *grown))
    load = os.getloadavg()[0]
    taken = speeds(model, rounds)
    with tempfile.TemporaryDirectory() as name:
        changes = changing(model, base, Path(name), rounds)

    out = sys.stdout
    out.write(f"load of the machine {load:.1f} to {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, ")
    out.write(f"median of {rounds}\n\n{'Change of adapter':34}{'ms':>12}\n")
    for name, value in changes.items():
        out.write(f"{name:34}{value * 1000:12.3f}\n")
    out.write(f"\n{PROMPT_TOKENS} tokens in and {ANSWER_TOKENS} out, {ROWS} rows\n{'':26}")
    out.write("".join(f"{title:>10}" for title in ("read s", "write s", "speed", "reading", "writing")))
    out.write(f"{'speed, processor time':>24}\n")
    one = taken["12 rows on one adapter"]
    for name, (reading, writing) in taken.items():
        speed, processor = (sum(w[at] for w in one) / (reading[at] + writing[at]) for at in (0, 1))
        out.write(f"{name:26}{reading[0]:10.2f}{writing[0]:10.2f}{speed:10.2f}{one[0][0] / reading[0]:10.2f}")
        out.write(f"{one[1][0] / writing[0]:10.2f}{processor:24.2f}\n")
    out.write(f"\n{'Memory, MB':12}{'adapters':>12}{'all stacks':>12}{'MLX grew':>12}{'process grew':>14}\n")
    for count, *bytes_taken in sizes:
        adapters_mb, stacks, held, resident = (size / 1e6 for size in bytes_taken)
        out.write(f"{count:<12}{adapters_mb:12.1f}{stacks:12.1f}{held:12.1f}{resident:14.1f}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
