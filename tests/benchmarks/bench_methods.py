"""Ways to train, beside each other: python tests/benchmarks/bench_methods.py TRAIN DEV --text FILE --results R

TRAIN and DEV are lines of labels for one record type (manufacturing/work_order by default), FILE is text from
outside its domain, or lines with such text as `input`. The starter base is trained in each way on the same
examples, and measured: micro F1 and records all right on DEV, numbers trained, seconds and memory of the
training, and the perplexity of the text, which tells what else the model has lost. All ways answer by one
decoder, greedily under the record's grammar, in torch and float32 (torch_answers.py).

Each way has a process of its own. Its result is a line in R, and ways that R has are passed over: the list
can be run in parts. `--table` prints R as Markdown. `--check N` compares the decoder with the engine on N
documents. Seconds are those of all steps without loading and saving: the clock's, and the processor's, which
other programs lengthen less. Memory is the process's peak at the end of the training.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thresher.adapters.answer import render_answer
from thresher.adapters.base_model import BaseModel, read_base
from thresher.adapters.fields import Field
from thresher.adapters.pack_library import find_packs, resolve
from thresher.adapters.prompt import render_prompt
from thresher.adapters.tokens import PromptTokenizer, PromptTokens
from thresher.adapters.training.loop import Loop
from thresher.adapters.training.metrics import Metric
from thresher.adapters.training.plan import Plan, make_plan
from thresher.adapters.training.run_config import RunConfig
from thresher.adapters.window_prompts import WindowPrompts, WindowSizes
from thresher.app.evaluation.records import load_gold
from thresher.app.evaluation.score import score
from thresher.app.extraction.asking import Asker
from thresher.app.locations import Locations
from thresher.app.models import library
from thresher.app.models.offline import go_offline

if TYPE_CHECKING:
    from torch_answers import TorchModel

SHOTS = 3
ATTENTION = ("q_proj", "k_proj", "v_proj", "o_proj")


@dataclass(frozen=True)
class Way:
    """A method (`lora` is the trainer's own; `base` and `few-shot` train nothing) and keys of its run."""

    method: str
    run: dict[str, Any] = field(default_factory=dict)


#: The important ones first. 1e-3 is the trainer's own rate for this base.
WAYS = {
    "lora-8": Way("lora"),
    "full": Way("full", {"learning_rate": 1e-4}),
    "lora-1": Way("lora", {"rank": 1}),
    "lora-2": Way("lora", {"rank": 2}),
    "lora-4": Way("lora", {"rank": 4}),
    "lora-16": Way("lora", {"rank": 16}),
    "adalora": Way("adalora", {"learning_rate": 3e-3}),
    "prefix": Way("prefix", {"learning_rate": 1e-2}),
    "base": Way("base"),
    "few-shot": Way("few-shot"),
    "full-rate-3e-5": Way("full", {"learning_rate": 3e-5}),
    "rslora-8": Way("rslora"),
    "dora-8": Way("dora"),
    "lora-8-rate-2e-4": Way("lora", {"learning_rate": 2e-4}),
    "lora-8-attention": Way("lora", {"targets": ATTENTION}),
    "lora-8-alpha-8": Way("lora", {"alpha": 8.0}),
    "lora-8-alpha-32": Way("lora", {"alpha": 32.0}),
    "lora-8-rate-3e-3": Way("lora", {"learning_rate": 3e-3}),
    "adalora-rate-1e-2": Way("adalora", {"learning_rate": 1e-2}),
    "prefix-rate-3e-2": Way("prefix", {"learning_rate": 3e-2}),
    "lora-8-decay-0": Way("lora", {"weight_decay": 0.0}),
    "lora-8-decay-0.01": Way("lora", {"weight_decay": 0.01}),
}


class FewShot(WindowPrompts):
    """Prompts with labelled examples before the document."""

    def __init__(self, tokenizer: PromptTokenizer, sizes: WindowSizes, shown: str) -> None:
        super().__init__(tokenizer, sizes)
        self._shown = shown

    def _prompt(self, instructions: str, fields: tuple[Field, ...]) -> PromptTokens:
        system, user = render_prompt(instructions, fields)
        before, heading, _ = user.rpartition("Document:\n")
        return self.tokenizer.prompt(system, f"{before}{self._shown}{heading}\n")


class Bench:
    """What all ways have in common: base, labels, documents, text."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.base: BaseModel = read_base(library.find(Locations.default().models, "starter").folder)
        self.kind = resolve(find_packs().packs, asked.domain, asked.record_type)
        self.labels = asked.train.read_text("utf-8").splitlines()[: asked.labels]
        self.gold = load_gold(asked.dev_file, self.kind.fields)[: asked.dev]
        self.tokenizer = PromptTokenizer(self.base.folder)

    def settings(self, name: str) -> dict[str, Any]:
        """All that a result depends on."""
        asked = self.asked
        data = sha256()
        for path in (asked.train, asked.dev_file, *asked.text):
            data.update(path.read_bytes())
        counts = {key: getattr(asked, key) for key in ("labels", "epochs", "dev", "text_tokens")}
        record = f"{asked.domain}/{asked.record_type}"
        return {"name": name, **WAYS[name].run, **counts, "record": record, "data": data.hexdigest()[:16]}

    def plan(self, way: Way, folder: Path) -> Plan:
        """The run of a way."""
        (folder / "labels.jsonl").write_text("\n".join(self.labels) + "\n", "utf-8")
        settings: dict[str, Any] = {
            "base": self.base.folder,
            "out": folder / "out",
            "domain": self.asked.domain,
            "record_type": self.asked.record_type,
            "labels": (folder / "labels.jsonl",),
            "unfit_values": "skip",
            "validation_share": 0.0,
            "epochs": self.asked.epochs,
            "batch_size": 16,
            "batch_tokens": 8192,
            "save_every": 1_000_000,
            **way.run,
        }
        return make_plan(RunConfig(**settings))

    def asker(self, way: Way) -> Asker:
        """The prompts of use, with the first labels shown where they are few-shot."""
        sizes = WindowSizes(self.base.context, 768, 96, 1024)
        if way.method != "few-shot":
            return Asker(WindowPrompts(self.tokenizer, sizes), self.kind.instructions)
        shown = ""
        for line in map(json.loads, self.labels[:SHOTS]):
            answer = render_answer(self.kind.fields, line["output"])
            shown += f"Document:\n\n{line['input']}\n\nAnswer:\n\n{answer}\n\n"
        return Asker(FewShot(self.tokenizer, sizes, shown), self.kind.instructions)

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


def trained(bench: Bench, way: Way) -> tuple["TorchModel", dict[str, Any]]:
    """The model of a way, and what its training took."""
    import torch
    from torch_answers import TorchModel

    from thresher.train_cuda.base import load_base
    from thresher.train_cuda.device import Device, peak_memory
    from thresher.train_cuda.learner import TorchLearner
    from thresher.train_cuda.variants.learner import VariantLearner

    device = Device(torch.device("cpu"), torch.float32)
    if way.method in ("base", "few-shot"):
        return TorchModel(load_base(bench.base.folder, device)), {"parameters": 0}
    with tempfile.TemporaryDirectory() as name:
        plan = bench.plan(way, Path(name))
        learner: Any
        if way.method == "lora":
            learner = TorchLearner(plan, device)
            model, count = learner._model, sum(x.a.size + x.b.size for x in plan.first.values())
        else:
            learner = VariantLearner(plan, way.method, device)
            model, count = learner.variant.model, learner.parameters
        metrics: list[Metric] = []
        began = time.process_time()

        def heed(metric: Metric) -> None:
            metrics.append(metric)
            spent.append(time.process_time() - began)
            if metric.step % 5 == 0:
                say(f"  step {metric.step} of {metric.steps}, loss {metric.loss:.4f}, {metric.seconds:.0f} s")

        spent: list[float] = []
        Loop(plan, learner, plan.config.out, heed).run(threading.Event())
        taken = {
            "parameters": count,
            "rate": plan.rate,
            "steps": plan.steps,
            "seconds": round(metrics[-1].seconds, 1),
            "processor": round(spent[-1], 1),
            "memory": metrics[-1].memory or peak_memory(device),
            "loss": round(metrics[-1].loss, 4),
        }
        begin = learner.variant.begin if way.method == "prefix" else None
        model.eval()
        return TorchModel(model, begin), taken


def turn(bench: Bench, name: str) -> dict[str, Any]:
    """The result of one way."""
    from torch_answers import answers, perplexity

    way = WAYS[name]
    model, taken = trained(bench, way)
    say("  answering")
    began = time.monotonic()
    scores = score(bench.gold, answers(model, bench.gold, bench.asker(way)))
    answering = time.monotonic() - began
    result = {
        **bench.settings(name),
        **taken,
        "base": sum(p.numel() for n, p in model.model.named_parameters() if "lora_" not in n),
        "f1": scores.total.f1,
        "all_right": scores.right_share,
        "answering": round(answering, 1),
        "threads": os.environ.get("OMP_NUM_THREADS"),
    }
    if bench.asked.text:
        result["perplexity"] = perplexity(model, bench.text())
    return result


def check(bench: Bench, count: int) -> None:
    """The base's records through the engine and through the decoder here."""
    from torch_answers import TorchModel, answers, merged

    from thresher.app.engine.engine import Engine
    from thresher.app.engine.request import Answered
    from thresher.app.extraction.asking import heard

    gold, asker = bench.gold[:count], bench.asker(Way("base"))
    theirs = []
    with Engine(bench.base.folder, bench.tokenizer, 8192) as engine:
        for one in gold:
            windows, requests = asker.ask(0, one.text, one.fields)
            for request in requests:
                engine.submit(request)
            replies = [engine.reply() for _ in requests]
            said = {r.request.key.window: r.answer for r in replies if isinstance(r, Answered)}  # type: ignore[attr-defined]
            theirs.append(merged(one, [heard(w, one.fields, said[at]) for at, w in enumerate(windows)]))
    ours = answers(trained(bench, Way("base"))[0], gold, asker)
    same = 0
    for mine, other in zip(ours, theirs, strict=True):
        same += mine == other
        if mine != other:
            say(f"  {mine.id}: {mine.values} and {other.values}")
    print(f"{same} of {len(gold)} records are the same")  # noqa: T201


def table(results: Sequence[dict[str, Any]]) -> str:
    """The results as Markdown, in the order of the list."""
    lines = [
        "| way | rate | numbers trained | of the base | F1 | all right | seconds | processor | GB | perplexity |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    order = list(WAYS)
    for one in sorted(results, key=lambda one: order.index(one["name"])):
        cells = [one["name"], f"{one['rate']:g}" if "rate" in one else "", f"{one['parameters']:,}"]
        cells += [f"{100 * one['parameters'] / one['base']:.2f} %", f"{one['f1'] or 0:.3f}"]
        cells += [f"{100 * one['all_right']:.0f} %", *(f"{one[k]:.0f}" if k in one else "" for k in CLOCKS)]
        cells += [f"{one['memory'] / 1e9:.2f}" if "memory" in one else ""]
        cells += [f"{one['perplexity']:.2f}" if "perplexity" in one else ""]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


CLOCKS = ("seconds", "processor")


def say(line: str) -> None:
    """On stderr, with the time."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


def read_results(path: Path) -> list[dict[str, Any]]:
    """What is there already."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def main(arguments: list[str]) -> None:
    """The ways that are not there yet, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("train", type=Path, nargs="?")
    parser.add_argument("dev_file", type=Path, nargs="?", metavar="dev")
    parser.add_argument("--text", type=Path, nargs="+", default=[])
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--domain", default="manufacturing")
    parser.add_argument("--record-type", default="work_order")
    for name, default in (("labels", 320), ("epochs", 2), ("dev", 100), ("text-tokens", 4096)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--only", nargs="+", choices=list(WAYS), metavar="NAME", default=list(WAYS))
    parser.add_argument("--check", type=int, metavar="N")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--turn", choices=list(WAYS), help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.table:
        print(table(read_results(asked.results)))  # noqa: T201
        return
    if asked.train is None or asked.dev_file is None:
        parser.error("name a file of labels to train on, and one to measure on")
    go_offline()
    warnings.simplefilter("ignore")
    bench = Bench(asked)
    if asked.check:
        check(bench, asked.check)
        return
    if asked.turn:
        print(json.dumps(turn(bench, asked.turn)))  # noqa: T201
        return
    for name in asked.only:
        settings = bench.settings(name)
        wanted = json.loads(json.dumps(settings))
        if any({key: one.get(key) for key in wanted} == wanted for one in read_results(asked.results)):
            say(f"{name}: is there")
            continue
        say(name)
        command = [sys.executable, __file__, *arguments, "--turn", name]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            say(f"{name}: failed; the next goes on")
            continue
        with asked.results.open("a", encoding="utf-8") as file:
            file.write(done.stdout.splitlines()[-1] + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
