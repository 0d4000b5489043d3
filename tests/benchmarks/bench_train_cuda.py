"""How fast an adapter is trained, beside TRL: bench_train_cuda.py DOMAIN/TYPE LABELS [ROUNDS]

LABELS are lines of labels for the record type. Both sides get the same examples, base, rank 8 on all linear
layers, AdamW, and batches of four, without gradient checkpointing. TRL's SFTTrainer computes its loss on
completions too; its batches are those of its own sampler. Both compute in what `train_cuda` chooses: bfloat16
on a GPU, on a CPU what it multiplies faster in.

Each turn is a process of its own: an epoch to warm up, and one that is timed, with the processor's seconds
beside the clock's, which other programs lengthen. Tokens are the real ones, padding left out. Memory is the
peak of the GPU's, on a CPU of the process: torch and the labels with it, some 0.6 GB.
"""

import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from in_turns import in_turns

from thresher.adapters.training.plan import Plan, make_plan
from thresher.adapters.training.run_config import RunConfig
from thresher.app.locations import Locations
from thresher.app.models import library

BATCH = 4
EXAMPLES = 16
#: Seconds of the clock, and of the processor.
Times = tuple[float, float]


def planned(record: str, labels: Path) -> Plan:
    """The run of both sides."""
    config = RunConfig(
        base=library.find(Locations.default().models, "starter").folder,
        out=Path(tempfile.gettempdir()) / "unused",
        domain=record.partition("/")[0],
        record_type=record.partition("/")[2],
        labels=(labels,),
        unfit_values="skip",
        validation_share=0.0,
        proof_share=0.0,
        batch_size=BATCH,
        batch_tokens=8192,
    )
    plan = make_plan(config)
    return replace(plan, train=plan.train[: len(plan.train) // BATCH * BATCH])


def now() -> Times:
    """Both clocks."""
    return time.monotonic(), time.process_time()


def since(began: Times) -> Times:
    """What passed on both."""
    clock, processor = now()
    return clock - began[0], processor - began[1]


def ours(plan: Plan) -> Times:
    """The second epoch of `train_cuda`."""
    from thresher.adapters.training.batches import BatchPlan, collate
    from thresher.train_cuda.learner import TorchLearner

    learner = TorchLearner(plan)
    batches = BatchPlan([len(example) for example in plan.train], 8192, BATCH, 7)
    for number in range(2):
        began = now()
        for key, chosen in enumerate(batches.epoch(number)):
            batch = collate(plan.train, chosen)
            learner.accumulate(batch, key)
            learner.update(batch.target_count, 1e-4)
    return since(began)


def theirs(plan: Plan) -> Times:
    """The second epoch of TRL's SFTTrainer."""
    import torch
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import AutoTokenizer, TrainerCallback
    from trl.trainer.sft_config import SFTConfig
    from trl.trainer.sft_trainer import SFTTrainer

    from thresher.train_cuda.base import load_base
    from thresher.train_cuda.device import find_device

    device = find_device()
    times: list[Times] = []

    class Clock(TrainerCallback):  # type: ignore[misc]  # transformers has no types here
        """Marks where each epoch begins and ends."""

        def on_epoch_begin(self, *_: Any, **__: Any) -> None:
            times.append(now())

        def on_epoch_end(self, *_: Any, **__: Any) -> None:
            times[-1] = since(times[-1])

    rows = [
        {"input_ids": example.tokens.tolist(), "completion_mask": example.mask.astype(int).tolist()}
        for example in plan.train
    ]
    config = SFTConfig(
        output_dir=tempfile.mkdtemp(),
        per_device_train_batch_size=BATCH,
        num_train_epochs=2,
        learning_rate=1e-4,
        weight_decay=1e-5,
        max_length=None,
        completion_only_loss=True,
        gradient_checkpointing=False,
        bf16=device.products == torch.bfloat16,
        use_cpu=device.on_cpu,
        report_to="none",
        save_strategy="no",
        logging_strategy="no",
        disable_tqdm=True,
        dataloader_pin_memory=False,
    )
    trainer = SFTTrainer(
        load_base(plan.base.folder, device),
        args=config,
        train_dataset=Dataset.from_list(rows),
        processing_class=AutoTokenizer.from_pretrained(plan.base.folder),
        peft_config=LoraConfig(r=8, lora_alpha=16, target_modules=list(plan.layers)),
        callbacks=[Clock()],
    )
    trainer.train()
    return times[-1]


SIDES: dict[str, Callable[[Plan], Times]] = {
    "train_cuda": ours,
    "TRL": theirs,
}


def turn(side: str, record: str, labels: Path) -> None:
    """One side, in a process of its own; writes what it took as JSON."""
    from thresher.train_cuda.device import find_device, peak_memory

    warnings.simplefilter("ignore")
    plan = planned(record, labels)
    seconds, processor = SIDES[side](plan)
    told = {
        "seconds": seconds,
        "processor": processor,
        "tokens": sum(len(example) for example in plan.train),
        "memory": peak_memory(find_device()),
    }
    print(json.dumps(told))  # noqa: T201


def main(record: str, labels: Path, rounds: int) -> None:
    """The sides in turns, and a table."""
    results = in_turns(__file__, SIDES, record, labels, EXAMPLES, rounds)
    base = {kind: median(t[kind] for t in results["train_cuda"]) for kind in ("seconds", "processor")}
    for side, turns in results.items():
        seconds, processor = (median(t[kind] for t in turns) for kind in ("seconds", "processor"))
        print(  # noqa: T201
            f"{side:12} {turns[0]['tokens'] / seconds:7.1f} tokens a second "
            f"{seconds / base['seconds']:5.2f} x the time {processor / base['processor']:5.2f} x the work "
            f"{max(t['memory'] for t in turns) / 1e9:6.2f} GB"
        )


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("Name a record type and a file of its labels.")
    if sys.argv[1] == "--turn":
        turn(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    else:
        main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
