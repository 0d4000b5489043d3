"""Which peak rate suits a base's width: python tests/benchmarks/bench_rates.py DOMAIN/TYPE LABELS HELD TEXT …

Two bases are swept as `thresher train --sweep` does it, with `train_cuda`, on the labels of LABELS and judged
by the loss on HELD: the starter, and a narrow base of a third of its width, which is made here. It has the
starter's tokenizer and learns to write from TEXT (lines with an `input`, or plain text) for some minutes: a
poor model, but a real one, with weights that mean something. Both go on where they were stopped; all lies in
the folder --work.
"""

import argparse
import json
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

from thresher.adapters.tokens import PromptTokenizer
from thresher.adapters.training.run_config import RunConfig
from thresher.adapters.training.schedule import default_learning_rate, rate_at
from thresher.app.locations import Locations
from thresher.app.models import library
from thresher.app.training.sweep import SweepEnds, TryEnds, sweep

#: The narrow base: its width, blocks, and heads of 64.
WIDTH, BLOCKS, HEADS = 192, 6, 3
#: What it learns to write from: blocks of so many tokens, so many at a time, at this peak rate.
BLOCK, ROWS, RATE = 256, 16, 3e-3


def narrow_base(starter: Path, folder: Path, text: list[Path], tokens: int) -> None:
    """Makes the narrow base in `folder`, unless it is there."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    if (folder / "model.safetensors").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    ids = read_text(starter, text, tokens)
    torch.manual_seed(7)
    like = json.loads((starter / "config.json").read_text("utf-8"))
    config = LlamaConfig(
        vocab_size=like["vocab_size"],
        hidden_size=WIDTH,
        intermediate_size=WIDTH * 8 // 3,
        num_hidden_layers=BLOCKS,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS,
        max_position_embeddings=2048,
        tie_word_embeddings=True,
        bos_token_id=like.get("bos_token_id"),
        eos_token_id=like.get("eos_token_id"),
    )
    model = LlamaForCausalLM(config)
    optimiser = torch.optim.AdamW(model.parameters(), RATE, betas=(0.9, 0.95), weight_decay=0.1)
    blocks = torch.tensor(ids[: len(ids) // BLOCK * BLOCK]).view(-1, BLOCK)
    blocks = blocks[torch.randperm(len(blocks))]
    steps = len(blocks) // ROWS
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = rate_at(step, steps, RATE, 0.05)
        part = blocks[step * ROWS : (step + 1) * ROWS]
        loss = model(input_ids=part, labels=part).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        if step % 10 == 0:
            say(f"  narrow base: step {step + 1} of {steps}, loss {loss.item():.3f}")
    for file in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        if (starter / file).exists():
            shutil.copy(starter / file, folder / file)
    model.save_pretrained(folder)


def read_text(starter: Path, files: list[Path], tokens: int) -> list[int]:
    """Token ids of the files in turn, an equal share of each."""
    tokenizer = PromptTokenizer(starter)
    ids: list[int] = []
    for path in files:
        raw = path.read_text("utf-8")
        if path.suffix == ".jsonl":
            raw = "\n\n".join(json.loads(line)["input"] for line in raw.splitlines() if line.strip())
        ids += tokenizer.document(raw[: 8 * tokens // len(files)])[0][: tokens // len(files)]
    return ids


def swept(base: Path, asked: argparse.Namespace, folder: Path) -> SweepEnds:
    """The sweep of one base, told as it goes."""
    domain, _, record_type = asked.record.partition("/")
    config = RunConfig(
        base=base,
        out=folder,
        domain=domain,
        record_type=record_type,
        labels=(asked.labels,),
        validation=(asked.held,),
        proof_share=0.0,
        unfit_values="skip",
        batch_size=8,
        steps=asked.steps,
    )
    tries = sweep(config, folder / "sweep", "train_cuda", threading.Event())
    ends: Any = None
    for news in tries:
        if isinstance(news, TryEnds):
            say(f"  {base.name}: rate {news.tried.rate:g}, loss {news.tried.loss}")
        ends = news
    assert isinstance(ends, SweepEnds)
    return ends


def say(line: str) -> None:
    """A line on stderr."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def main() -> None:
    """Both sweeps, and a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("record", help="DOMAIN/TYPE")
    parser.add_argument("labels", type=Path)
    parser.add_argument("held", type=Path)
    parser.add_argument("text", type=Path, nargs="+")
    parser.add_argument("--work", type=Path, default=Path("build/rates"))
    parser.add_argument("--steps", type=int, default=60, help="of a try, at most")
    parser.add_argument("--tokens", type=int, default=400_000, help="of text for the narrow base")
    asked = parser.parse_args()
    asked.work, asked.labels, asked.held = (
        path.absolute() for path in (asked.work, asked.labels, asked.held)
    )
    starter = library.find(Locations.default().models, "starter").folder
    narrow = asked.work / "narrow"
    narrow_base(starter, narrow, asked.text, asked.tokens)
    for base in (narrow, starter):
        width = int(json.loads((base / "config.json").read_text("utf-8"))["hidden_size"])
        ends = swept(base, asked, asked.work / f"run-{base.name}")
        print(  # noqa: T201
            f"width {width:4}: best {ends.rate:g}, the rule says {default_learning_rate(width):.3g}; "
            + ", ".join(f"{one.rate:g}: {one.loss:.4f}" for one in ends.tries if one.loss is not None)
        )


if __name__ == "__main__":
    main()
