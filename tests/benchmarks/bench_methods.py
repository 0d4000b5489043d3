"""Ways to train, beside each other: python .../bench_methods.py TRAIN DEV --text TEXT --results R

TRAIN and DEV are lines of labels for one record type (manufacturing/work_order by default), TEXT is text from
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
from pathlib import Path
from typing import TYPE_CHECKING, Any

from method_runs import WAYS, Runs, Way
from method_table import table
from results import add_result, measuring, read_results

from thresher.adapters.training.loop import Loop
from thresher.adapters.training.metrics import Metric
from thresher.app.evaluation.score import score
from thresher.app.models.offline import go_offline

if TYPE_CHECKING:
    from torch_answers import TorchModel


def trained(runs: Runs, way: Way) -> tuple["TorchModel", dict[str, Any]]:
    """The model of a way, and what its training took."""
    import torch
    from torch_answers import TorchModel

    from thresher.train_cuda.base import load_base
    from thresher.train_cuda.device import Device, peak_memory
    from thresher.train_cuda.learner import TorchLearner
    from thresher.train_cuda.variants.learner import VariantLearner

    device = Device(torch.device("cpu"), torch.float32)
    if way.method in ("base", "few-shot"):
        return TorchModel(load_base(runs.base.folder, device)), {"parameters": 0}
    with tempfile.TemporaryDirectory() as name:
        plan = runs.plan(way, Path(name))
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


def turn(runs: Runs, name: str) -> dict[str, Any]:
    """The result of one way."""
    from torch_answers import answers, perplexity

    way = WAYS[name]
    model, taken = trained(runs, way)
    say("  answering")
    began = time.monotonic()
    predicted = answers(model, runs.gold, runs.asker(way))
    answering = time.monotonic() - began
    scores = score(runs.gold, predicted)
    each = [score([one], [said]).total for one, said in zip(runs.gold, predicted, strict=True)]
    result = {
        **runs.settings(name),
        **taken,
        "base": runs.numbers,
        "f1": scores.total.f1,
        "all_right": scores.right_share,
        "answering": round(answering, 1),
        "tallies": [(one.tp, one.fp, one.fn) for one in each],
        "threads": os.environ.get("OMP_NUM_THREADS"),
    }
    if runs.asked.text:
        result["perplexity"] = perplexity(model, runs.text())
    return result


def check(runs: Runs, count: int) -> None:
    """The base's records through the engine and through the decoder here."""
    from torch_answers import answers, merged

    from thresher.app.engine.engine import Engine
    from thresher.app.engine.request import Answered
    from thresher.app.extraction.asking import heard

    gold, asker = runs.gold[:count], runs.asker(Way("base"))
    theirs = []
    with Engine(runs.base.folder, runs.tokenizer, 8192) as engine:
        for one in gold:
            asked = asker.ask(0, one.text, one.fields)
            for request in asked.requests:
                engine.submit(request)
            replies = [engine.reply() for _ in asked.requests]
            said = {r.request.key.window: r.answer for r in replies if isinstance(r, Answered)}  # type: ignore[attr-defined]
            theirs.append(merged(one, [heard(w, one.fields, said[at]) for at, w in enumerate(asked.windows)]))
    ours = answers(trained(runs, Way("base"))[0], gold, asker)
    same = 0
    for mine, other in zip(ours, theirs, strict=True):
        same += mine == other
        if mine != other:
            say(f"  {mine.id}: {mine.values} and {other.values}")
    print(f"{same} of {len(gold)} records are the same")  # noqa: T201


def say(line: str) -> None:
    """On stderr, with the time."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


def main(arguments: list[str]) -> None:
    """The ways that are not there yet, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("train", type=Path, nargs="?")
    parser.add_argument("dev_file", type=Path, nargs="?", metavar="dev")
    parser.add_argument("--text", type=Path, nargs="+", default=[])
    parser.add_argument("--domain", default="manufacturing")
    parser.add_argument("--record-type", default="work_order")
    for name, default in (("labels", 320), ("epochs", 2), ("dev", 100), ("text-tokens", 4096)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--only", nargs="+", choices=list(WAYS), metavar="NAME", default=list(WAYS))
    parser.add_argument("--check", type=int, metavar="N")
    parser.add_argument("--turn", choices=list(WAYS), help=argparse.SUPPRESS)
    asked = measuring(parser, table, arguments)
    if asked.train is None or asked.dev_file is None:
        parser.error("name a file of labels to train on, and one to measure on")
    go_offline()
    warnings.simplefilter("ignore")
    runs = Runs(asked)
    if asked.check:
        check(runs, asked.check)
        return
    if asked.turn:
        print(json.dumps(turn(runs, asked.turn)))  # noqa: T201
        return
    for name in asked.only:
        wanted = runs.settings(name)
        if any({key: one.get(key) for key in wanted} == wanted for one in read_results(asked.results)):
            say(f"{name}: is there")
            continue
        say(name)
        command = [sys.executable, __file__, *arguments, "--turn", name]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            say(f"{name}: failed; the next goes on")
            continue
        add_result(asked.results, json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    main(sys.argv[1:])
