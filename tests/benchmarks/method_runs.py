"""The ways to train that bench_methods.py compares, and the run of each on the same labels."""

import argparse
import json
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from few_shot import SHOTS, shots_of

from thresher.adapters.base_facts import read_facts
from thresher.adapters.base_model import BaseModel, read_base
from thresher.adapters.pack_library import find_packs
from thresher.adapters.tokens import PromptTokenizer
from thresher.adapters.training.plan import Plan, make_plan
from thresher.adapters.training.run_config import RunConfig
from thresher.adapters.window_prompts import WindowPrompts, WindowSizes
from thresher.app.evaluation.records import load_gold
from thresher.app.extraction.asking import Asker
from thresher.app.locations import Locations
from thresher.app.models import library

ATTENTION = ("q_proj", "k_proj", "v_proj", "o_proj")


#: What the trainer took for the starter at first, and what it takes now.
_FIRST, _NOW = {"learning_rate": 1e-3}, {"learning_rate": 2e-3}


@dataclass(frozen=True)
class Way:
    """A method (`lora` is the trainer's own; `base` and `few-shot` train nothing) and keys of its run.

    `beside` names the way that it is compared with.
    """

    method: str
    run: dict[str, Any] = field(default_factory=dict)
    beside: str = "lora-8"


#: The important ones first.
WAYS = {
    "lora-8": Way("lora", _FIRST),
    "full": Way("full", {"learning_rate": 1e-4}),
    "lora-1": Way("lora", {**_FIRST, "rank": 1}),
    "lora-2": Way("lora", {**_FIRST, "rank": 2}),
    "lora-4": Way("lora", {**_FIRST, "rank": 4}),
    "lora-16": Way("lora", {**_FIRST, "rank": 16}),
    "adalora": Way("adalora", {"learning_rate": 3e-3}),
    "prefix": Way("prefix", {"learning_rate": 1e-2}),
    "base": Way("base"),
    "few-shot": Way("few-shot"),
    "full-rate-3e-4": Way("full", {"learning_rate": 3e-4}),
    "lora-8-rate-2e-4": Way("lora", {"learning_rate": 2e-4}),
    "lora-8-rate-2e-3": Way("lora", _NOW),
    "lora-8-rate-3e-3": Way("lora", {"learning_rate": 3e-3}),
    "lora-8-attention": Way("lora", {**_FIRST, "targets": ATTENTION}),
    "lora-8-alpha-8": Way("lora", {**_FIRST, "alpha": 8.0}),
    "lora-8-alpha-32": Way("lora", {**_NOW, "alpha": 32.0}, "lora-8-rate-2e-3"),
    "rslora-8": Way("rslora", _NOW, "lora-8-rate-2e-3"),
    "dora-8": Way("dora", _NOW, "lora-8-rate-2e-3"),
    "adalora-rate-1e-2": Way("adalora", {"learning_rate": 1e-2}),
    "prefix-rate-3e-2": Way("prefix", {"learning_rate": 3e-2}),
    "full-rate-3e-5": Way("full", {"learning_rate": 3e-5}),
    "lora-8-decay-0": Way("lora", {**_NOW, "weight_decay": 0.0}, "lora-8-rate-2e-3"),
    "lora-8-decay-0.01": Way("lora", {**_NOW, "weight_decay": 0.01}, "lora-8-rate-2e-3"),
}


class Runs:
    """What all ways have in common: base, labels, documents, text."""

    def __init__(self, asked: argparse.Namespace) -> None:
        """`asked` has the options of bench_methods.py."""
        self.asked = asked
        self.base: BaseModel = read_base(library.find(Locations.default().models, "starter").folder)
        self.kind = find_packs().pick(asked.domain, asked.record_type).with_fields()
        self.labels = asked.train.read_text("utf-8").splitlines()[: asked.labels]
        self.gold = load_gold(asked.dev_file, self.kind.fields, open_fields=self.kind.open_fields)[
            : asked.dev
        ]
        self.tokenizer = PromptTokenizer(self.base.folder)

    def settings(self, name: str) -> dict[str, Any]:
        """All that a result depends on, as JSON gives it back."""
        asked = self.asked
        data = sha256()
        for path in (asked.train, asked.dev_file, *asked.text):
            data.update(path.read_bytes())
        counts = {key: getattr(asked, key) for key in ("labels", "epochs", "dev", "text_tokens")}
        record = f"{asked.domain}/{asked.record_type}"
        made = {"name": name, **WAYS[name].run, **counts, "record": record, "data": data.hexdigest()[:16]}
        return dict(json.loads(json.dumps(made)))

    @property
    def numbers(self) -> int:
        """How many numbers the base has."""
        return read_facts(self.base.folder).parameters

    def plan(self, way: Way, folder: Path) -> Plan:
        """The run of a way, with nothing held back."""
        (folder / "labels.jsonl").write_text("\n".join(self.labels) + "\n", "utf-8")
        settings: dict[str, Any] = {
            "base": self.base.folder,
            "out": folder / "out",
            "domain": self.asked.domain,
            "record_type": self.asked.record_type,
            "labels": (folder / "labels.jsonl",),
            "unfit_values": "skip",
            "validation_share": 0.0,
            "proof_share": 0.0,
            "epochs": self.asked.epochs,
            "batch_size": 8,
            "batch_tokens": 8192,
            "save_every": 1_000_000,
            # One machine's "auto" is not another's: results are added over several runs.
            "precision": "float32",
            **way.run,
        }
        return make_plan(RunConfig(**settings))

    def asker(self, way: Way) -> Asker:
        """The prompts of use, with the first labels shown where they are few-shot."""
        sizes = WindowSizes(self.base.context, 768, 96, 1024)
        prompts = WindowPrompts(self.tokenizer, sizes)
        if way.method != "few-shot":
            return Asker(prompts, self.kind.instructions, learnt=way.method != "base")
        shots = shots_of(self.kind.fields, map(json.loads, self.labels[:SHOTS]))
        return Asker(prompts, self.kind.instructions, shots=shots)

    def text(self) -> list[int]:
        """Tokens from outside the domain, as many of each file."""
        tokens: list[int] = []
        for path in self.asked.text:
            raw = path.read_text("utf-8")
            if path.suffix == ".jsonl":
                raw = "\n\n".join(json.loads(line)["input"] for line in raw.splitlines() if line.strip())
            each = self.asked.text_tokens // len(self.asked.text)
            tokens += self.tokenizer.document(raw[: 12 * each])[0][:each]
        return tokens
