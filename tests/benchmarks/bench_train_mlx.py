"""How fast an adapter is trained, beside mlx_lm: bench_train_mlx.py DOMAIN/TYPE LABELS [ROUNDS]

LABELS are lines of labels for the record type. Both sides get the same examples, base, rank 8 on all linear
layers, batches of four, and, on a CPU, the same fast BLAS and weights expanded to float32, which mlx_lm does
not do by itself. mlx_lm computes its loss on completions too (its `mask_prompt`), and compiles its step; its
batches are the sorted ones of its own iterator. Each turn is a process of its own: an epoch to warm up, and
an epoch that is timed. Tokens are the real ones, padding left out; memory is the peak of MLX's arrays.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

from in_turns import in_turns

from thresher.adapters.blas import load_fast_blas
from thresher.adapters.training.plan import Plan, make_plan
from thresher.adapters.training.run_config import RunConfig
from thresher.app.locations import Locations
from thresher.app.models import library

BATCH = 4
EXAMPLES = 8


def planned(record: str, labels: Path) -> Plan:
    """The run, with a number of examples that fills every batch: mlx_lm leaves out the last partial one."""
    base = library.find(Locations.default().models, "starter").folder
    config = RunConfig(
        base=base,
        out=Path(tempfile.gettempdir()) / "unused",
        domain=record.partition("/")[0],
        record_type=record.partition("/")[2],
        labels=(labels,),
        validation_share=0.0,
        proof_share=0.0,
        batch_size=BATCH,
        batch_tokens=8192,
    )
    plan = make_plan(config)
    return replace(plan, train=plan.train[: len(plan.train) // BATCH * BATCH])


def ours(plan: Plan) -> Callable[[], None]:
    """An epoch of `train_mlx`."""
    from thresher.adapters.training.batches import BatchPlan, collate
    from thresher.train_mlx.learner import MlxLearner

    learner = MlxLearner(plan)
    batches = BatchPlan([len(example) for example in plan.train], 8192, BATCH, 7).epoch(0)

    def epoch() -> None:
        for number, chosen in enumerate(batches):
            batch = collate(plan.train, chosen)
            learner.accumulate(batch, number)
            learner.update(batch.target_count, 1e-4)

    return epoch


def theirs(plan: Plan) -> Callable[[], None]:
    """An epoch of `mlx_lm.tuner.trainer.train`, as `mlx_lm.lora` calls it."""
    import mlx.core as mx
    import mlx.optimizers as optimizers
    from mlx_lm.tuner.trainer import TrainingArgs, train
    from mlx_lm.tuner.utils import linear_to_lora_layers

    from thresher.train_mlx.base import load_base

    # The base as ours has it: without this mlx_lm would train on quantised weights, many times slower here.
    compiled = mx.disable_compile
    mx.disable_compile = lambda: None
    model = load_base(plan.base.folder)
    mx.disable_compile = compiled
    keys = {name.partition(".layers.")[2].partition(".")[2] for name in plan.layers}
    config = {"rank": 8, "scale": 2.0, "dropout": 0.0, "keys": sorted(keys)}
    linear_to_lora_layers(model, len(model.layers), config)
    optimizer = optimizers.AdamW(1e-4, weight_decay=1e-5)
    examples = [(example.tokens.tolist(), int(example.mask.argmax())) for example in plan.train]
    adapter = tempfile.mkdtemp()
    arguments = TrainingArgs(
        batch_size=BATCH,
        iters=len(examples) // BATCH,
        val_batches=0,
        steps_per_report=1000,
        steps_per_eval=1000,
        steps_per_save=1000,
        max_seq_length=8192,
        adapter_file=f"{adapter}/adapters.safetensors",
    )
    return lambda: train(model, optimizer, examples, None, arguments)


def turn(side: str, record: str, labels: Path) -> None:
    """One side, in a process of its own; writes seconds, tokens and bytes as JSON."""
    load_fast_blas()
    plan = planned(record, labels)
    epoch = {"ours": ours, "theirs": theirs}[side](plan)
    epoch()
    import mlx.core as mx

    mx.reset_peak_memory()
    began = time.monotonic()
    epoch()
    told = {
        "seconds": time.monotonic() - began,
        "tokens": sum(len(example) for example in plan.train),
        "memory": mx.get_peak_memory(),
    }
    print(json.dumps(told))  # noqa: T201


def main(record: str, labels: Path, rounds: int) -> None:
    """The sides in turns, and a table."""
    results = in_turns(__file__, ("ours", "theirs"), record, labels, EXAMPLES, rounds)
    base = median(t["seconds"] for t in results["ours"])
    for side, turns in results.items():
        seconds = median(t["seconds"] for t in turns)
        rate = turns[0]["tokens"] / seconds
        memory = max(t["memory"] for t in turns) / 1e9
        print(  # noqa: T201
            f"{'train_mlx' if side == 'ours' else 'mlx_lm.lora':12} {rate:7.1f} tokens a second "
            f"{seconds / base:5.2f} x the time {memory:6.2f} GB"
        )


if __name__ == "__main__":
    if sys.argv[1] == "--turn":
        turn(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    else:
        main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
