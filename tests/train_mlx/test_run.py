"""Whole runs of the command: to the end, stopped, and killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from thresher.adapters.adapter import Adapter
from thresher.adapters.adapter_folder import read_adapter
from thresher.adapters.base_model import read_base
from thresher.adapters.errors import UsageError
from thresher.adapters.letters import Letters
from thresher.adapters.training.command import JUST_READ, LOCK_FILE
from thresher.adapters.training.loop import Loop
from thresher.adapters.training.metrics import read_metrics
from thresher.adapters.training.plan import Plan, make_plan
from thresher.adapters.training.read_sets import read_sets
from thresher.adapters.training.reading import load_reading
from thresher.adapters.training.run_config import RunConfig, save_run
from thresher.adapters.training.run_lock import sole
from thresher.train_mlx.learner import MlxLearner


@pytest.fixture
def config(base_maker: Callable[..., Path], starter: Path, labels: Path, tmp_path: Path) -> RunConfig:
    return RunConfig(
        base=base_maker(tmp_path / "tiny", starter, "llama"),
        out=tmp_path / "run",
        domain="expenses",
        record_type="receipt",
        labels=(labels,),
        validation_share=0.2,
        rank=4,
        dropout=0.1,
        batch_size=2,
        batch_tokens=1024,
        save_every=2,
        steps=12,
        evaluate_every=5,
        learning_rate=0.01,
    )


def started(config: RunConfig, path: Path, *options: str) -> "subprocess.Popen[str]":
    save_run(path, config)
    command = [sys.executable, "-m", "thresher.train_mlx", str(path), *options]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ.copy())


def finished(config: RunConfig, path: Path) -> Adapter:
    process = started(config, path)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 0, told
    return read_adapter(config.out / "adapter", read_base(config.base))


def same(one: Adapter, other: Adapter) -> None:
    for name, layer in one.layers.items():
        np.testing.assert_array_equal(layer.a, other.layers[name].a, err_msg=name)
        np.testing.assert_array_equal(layer.b, other.layers[name].b, err_msg=name)


def test_a_run_that_is_killed_and_resumed_gives_the_same_adapter(config: RunConfig, tmp_path: Path) -> None:
    whole = finished(config, tmp_path / "whole.yaml")
    steps = [metric.step for metric in read_metrics(config.out) if metric.kind == "train"]
    assert steps == list(range(1, 13))
    assert whole.manifest.recipe is not None
    assert whole.manifest.recipe.trainer == "train_mlx"
    assert not whole.manifest.shows_examples
    again = config.model_copy(update={"out": tmp_path / "again"})
    for wanted in (3, 8):  # one after a save, one between two
        process = started(again, tmp_path / "again.yaml")
        while process.poll() is None and len(read_metrics(again.out)) < wanted:
            time.sleep(0.01)
        process.kill()
        process.communicate()
    same(whole, finished(again, tmp_path / "again.yaml"))
    steps = [metric.step for metric in read_metrics(again.out) if metric.kind == "train"]
    assert steps == list(range(1, 13))
    left = sorted(path.name for path in again.out.iterdir())
    assert left == [".trainer.lock", "adapter", "documents.json", "metrics.jsonl", "run.yaml"]


def test_an_adapter_has_the_cues_of_the_booleans_that_it_learnt(config: RunConfig, tmp_path: Path) -> None:
    lines = []
    for number in range(48):
        said = "It renews by itself." if number % 2 else "It ends after a year."
        output = {"counterparty": None, "auto_renewal": bool(number % 2)}
        text = f"No {number}. {said}" + " Notices go by post to the other side." * 90
        lines.append(json.dumps({"id": f"c{number}", "input": text, "output": output}))
    labels = tmp_path / "flags.jsonl"
    labels.write_text("\n".join(lines) + "\n", "utf-8")
    asked = {
        "domain": "legal",
        "record_type": "risk_flags",
        "labels": (labels,),
        "steps": 1,
        "taught_windows": 1,
        "window_tokens": 512,
    }
    run = config.model_copy(update=asked)
    manifest = finished(run, tmp_path / "run.yaml").manifest
    learnt = len(read_sets(run)[0][0].sides.train)
    assert manifest.letters == {"legal/risk_flags": Letters(documents=learnt, in_capitals=0)}
    cues = manifest.cues
    assert cues.keys() == {"legal/risk_flags"}
    found = {"renews by", "ends after", "after"}
    assert cues["legal/risk_flags"]["auto_renewal"].weights.keys() & found == {"renews by"}
    # What they tell the model is not taught: neither prompt nor answer names it.
    tokenizer = Tokenizer.from_file(str(run.base / "tokenizer.json"))
    for example in make_plan(run).train:
        said = tokenizer.decode(example.tokens.tolist())
        assert "counterparty" in said
        assert "auto_renewal" not in said


def test_an_adapter_that_was_taught_with_other_labels_before_each_says_so(
    config: RunConfig, tmp_path: Path
) -> None:
    how = {"share": 1.0, "shots": 1.0, "heads": 2}
    sizes = {"window_tokens": 256, "answer_tokens": 256, "batch_tokens": 2048}
    run = RunConfig.model_validate(config.model_dump() | {"augment": how, "steps": 1} | sizes)
    assert finished(run, tmp_path / "run.yaml").manifest.shows_examples
    tokenizer = Tokenizer.from_file(str(run.base / "tokenizer.json"))
    shown = 0
    for example in make_plan(run).train:
        first = int(np.argmax(example.mask))
        before, taught = (tokenizer.decode(part.tolist()) for part in np.split(example.tokens, [first]))
        shown += before.count("Answer:")
        assert before.count("Document:") == before.count("Answer:") + 1
        assert "Answer:" not in taught
    assert shown


def test_ctrl_c_leaves_a_state_from_which_it_goes_on(config: RunConfig, tmp_path: Path) -> None:
    process = started(config, tmp_path / "run.yaml")
    while process.poll() is None and len(read_metrics(config.out)) < 2:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on from here" in told
    assert (config.out / "state.safetensors").exists()
    finished(config, tmp_path / "run.yaml")


def test_the_same_command_again_says_what_is_there(config: RunConfig, tmp_path: Path) -> None:
    trained = finished(config, tmp_path / "run.yaml")
    same(trained, finished(config, tmp_path / "run.yaml"))
    other = started(config.model_copy(update={"seed": config.seed + 1}), tmp_path / "other.yaml")
    _, told = other.communicate(timeout=60)
    assert other.returncode == 2
    assert "is there already, of another run" in told
    same(trained, read_adapter(config.out / "adapter", read_base(config.base)))


def test_a_run_that_is_just_read_is_left_as_it_is(config: RunConfig, tmp_path: Path) -> None:
    with sole(config.out / LOCK_FILE, "in use"):  # also beside a trainer that works there
        process = started(config, tmp_path / "run.yaml", JUST_READ)
        _, told = process.communicate(timeout=60)
    assert (process.returncode, told) == (0, "")
    plan, reading = make_plan(config), load_reading(config.out)
    assert (reading.hash, reading.notes) == (plan.hash, plan.notes)
    assert reading.steps_per_epoch == plan.steps_per_epoch
    assert (reading.train, reading.validation) == (plan.data.train, len(plan.validation))
    assert sorted(path.name for path in config.out.iterdir()) == [".trainer.lock", "reading.json"]


def test_a_machine_without_a_fast_blas_is_told_so(config: RunConfig, tmp_path: Path) -> None:
    path = tmp_path / "run.yaml"
    save_run(path, config.model_copy(update={"steps": 1}))
    code = (
        "import runpy; from thresher.adapters import blas; blas._CANDIDATES = (); "
        "blas.find_library = lambda _: None; runpy.run_module('thresher.train_mlx', run_name='__main__')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=300
    )
    assert ended.returncode == 0, ended.stderr
    assert ("apt install libopenblas0" in ended.stderr) == (sys.platform == "linux")


def test_two_processes_train_the_adapter_of_one(config: RunConfig, tmp_path: Path) -> None:
    """Within 1e-5: gradients are added in another order. Of three passes a step one rank has one more."""
    config = config.model_copy(update={"accumulation": 3, "steps": 6, "evaluate_every": 3})
    one = finished(config, tmp_path / "run.yaml")
    for rank in range(2):  # the second process is told another folder, in which nothing may come to be
        folders = config.model_copy(update={"out": tmp_path / f"two-{rank}"})
        save_run(tmp_path / f"two-{rank}.yaml", folders)
    process = launched(f"exec {sys.executable} -m thresher.train_mlx {tmp_path}/two-$MLX_RANK.yaml")
    assert process.stderr.count("The adapter is in") == 1, process.stderr
    assert process.stderr.count("labels to train on") == 1
    assert not (tmp_path / "two-1").exists()
    assert sorted(path.name for path in (tmp_path / "two-0").iterdir()) == [
        ".trainer.lock",
        "adapter",
        "documents.json",
        "metrics.jsonl",
        "run.yaml",
    ]
    two = read_adapter(tmp_path / "two-0" / "adapter", read_base(config.base))
    for name, layer in one.layers.items():
        np.testing.assert_allclose(two.layers[name].a, layer.a, rtol=1e-5, atol=1e-5, err_msg=name)
        np.testing.assert_allclose(two.layers[name].b, layer.b, rtol=1e-5, atol=1e-5, err_msg=name)
    counts = [
        [(m.step, m.kind, m.tokens, m.targets) for m in read_metrics(out)]
        for out in (config.out, tmp_path / "two-0")
    ]
    assert counts[0] == counts[1]


def launched(command: str) -> "subprocess.CompletedProcess[str]":
    """The command of the shell in two processes of mlx.launch, on this machine and over its ring."""
    launcher = "from mlx._distributed_utils.launch import main; main()"
    arguments = ["--backend", "ring", "-n", "2", "--starting-port", str(free_port())]
    return subprocess.run(
        [sys.executable, "-c", launcher, *arguments, "--", "bash", "-c", command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def free_port() -> int:
    """A port that is free, and the next one too: the ring takes one a process, counting up."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


@pytest.mark.parametrize("apart", [0, 1], ids=["another plan", "another step"])
def test_processes_that_see_different_runs_do_not_start(plan: Plan, apart: int) -> None:
    class Torn(MlxLearner):
        """One of two, whose other one sees something else, as on a machine that has not got the folder."""

        def total(self, *numbers: float) -> list[float]:
            return [2 * number + (place == apart) for place, number in enumerate(numbers)]

    learner = Torn(plan)
    learner.world = 2
    with pytest.raises(UsageError, match="do not see the same labels"):
        Loop(plan, learner, plan.config.out).run(threading.Event())
    assert not plan.config.out.exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"labels": ("no.jsonl",)}, "cannot be read"),
        ({"domain": "expense"}, "Did you mean 'expenses'"),
        ({"targets": ("q",)}, "no linear layer named 'q'"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    config: RunConfig, tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    process = started(config.model_copy(update=change), tmp_path / "run.yaml")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert told in said
    assert not (config.out / "adapter").exists()


def test_a_rate_that_diverges_has_an_exit_code_of_its_own(config: RunConfig, tmp_path: Path) -> None:
    process = started(config.model_copy(update={"learning_rate": 1e30}), tmp_path / "run.yaml")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "not finite at step" in said
    assert "lower learning_rate" in said
    assert not (config.out / "adapter").exists()


def test_two_processes_never_train_in_one_folder(config: RunConfig, tmp_path: Path) -> None:
    with sole(config.out / LOCK_FILE, "in use"):
        process = started(config, tmp_path / "run.yaml")
        _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "another process trains in this folder. Wait until it has ended" in said
    assert not (config.out / "run.yaml").exists()


def test_the_state_of_another_run_is_refused(config: RunConfig, tmp_path: Path) -> None:
    process = started(config, tmp_path / "run.yaml")
    while process.poll() is None and len(read_metrics(config.out)) < 3:
        time.sleep(0.01)
    process.kill()
    process.communicate()
    process = started(config.model_copy(update={"seed": 8}), tmp_path / "run.yaml")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "the state of another run" in said
