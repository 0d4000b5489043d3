"""Whole runs: the loop, the command, a kill, two processes, and the adapter that comes out."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from thresher.adapters.adapter_folder import read_adapter
from thresher.adapters.base_model import read_base
from thresher.adapters.environment import install_command
from thresher.adapters.errors import UsageError
from thresher.adapters.tensor_file import read_floats, read_tensors
from thresher.adapters.training.loop import Loop
from thresher.adapters.training.metrics import read_metrics
from thresher.adapters.training.state import load_state
from thresher.train_cuda.device import Device
from thresher.train_cuda.learner import TorchLearner

CPU = Device(torch.device("cpu"), torch.float32)
_WEIGHTS = "adapter_model.safetensors"


def test_a_loss_that_is_not_finite_stops_with_the_step_and_the_documents(make_plan: Any) -> None:
    plan = make_plan(steps=6)

    class Broken(TorchLearner):
        """Overflows in the third step, as a rate too high makes it."""

        def update(self, targets: int, rate: float) -> float:
            norm = super().update(targets, rate)
            if self._adamw.steps == 2:
                self._adamw._weights[:] = float("inf")
            return norm

    loop = Loop(plan, Broken(plan, CPU), plan.config.out)
    with pytest.raises(UsageError, match="the loss is not finite at step 3") as caught:
        loop.run(threading.Event())
    assert all(plan.train[number].id in str(caught.value) for number in plan.step(2)[0])


def test_every_example_is_seen_in_training_and_in_validation(make_plan: Any) -> None:
    """mlx-lm never sees the last partial batch."""
    plan = make_plan(examples=11, held=7, epochs=1, batch_tokens=64, batch_size=4)
    seen: list[str] = []
    held: list[str] = []

    class Watched(TorchLearner):
        def accumulate(self, batch: Any, dropout_key: int) -> float:
            seen.extend(batch.ids)
            return super().accumulate(batch, dropout_key)

        def loss(self, batch: Any) -> float:
            held.extend(batch.ids)
            return super().loss(batch)

    Loop(plan, Watched(plan, CPU), plan.config.out).run(threading.Event())
    assert sorted(seen) == sorted(example.id for example in plan.train)
    assert sorted(held) == sorted(example.id for example in plan.validation)
    metrics = read_metrics(plan.config.out)
    assert sum(m.targets for m in metrics if m.kind == "train") == sum(e.targets for e in plan.train)


def test_the_last_step_is_what_is_left_whatever_the_loss_on_what_is_held_back(make_plan: Any) -> None:
    """With few labels it rises while ever more values come out right."""
    plan = make_plan(examples=6, held=2, steps=6, evaluate_every=1, learning_rate=0.01)

    class Rising(TorchLearner):
        def loss(self, batch: Any) -> float:
            return super().loss(batch) + 100.0 * self._adamw.steps

    learner = Rising(plan, CPU)
    assert Loop(plan, learner, plan.config.out).run(threading.Event()).steps == 6
    held = [m.loss for m in read_metrics(plan.config.out) if m.kind == "validation"]
    assert held == sorted(held)
    assert len(held) == 6
    alone = TorchLearner(plan, CPU)
    Loop(plan, alone, plan.config.out.with_name("alone")).run(threading.Event())
    for name, array in alone.state().items():
        np.testing.assert_array_equal(array, learner.state()[name], err_msg=name)


def test_a_run_learns_and_prints_nothing(make_plan: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """mlx-lm's `train` prints by itself."""
    plan = make_plan(examples=6, steps=30, learning_rate=0.01)
    Loop(plan, TorchLearner(plan, CPU), plan.config.out).run(threading.Event())
    losses = [m.loss for m in read_metrics(plan.config.out)]
    assert losses[-1] < 0.3 * losses[0]
    assert capfd.readouterr() == ("", "")


def command(run: Path, *launcher: str) -> list[str]:
    return [sys.executable, *launcher, "-m", "thresher.train_cuda", str(run)]


def finished(run: Path, *launcher: str) -> Path:
    """The folder of the adapter of a run that went to its end."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command(run, *launcher), capture_output=True, text=True, timeout=120, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    return run.parent / "out" / "adapter"


def test_a_run_that_is_killed_ends_with_the_same_adapter(make_run: Any, tmp_path: Path) -> None:
    """To the bit: weights, optimiser, rate, order of the examples and dropout. mlx-lm resumes weights."""
    alone = make_run(tmp_path / "alone", steps=14, save_every=2)
    expected = (finished(alone) / _WEIGHTS).read_bytes()

    killed = tmp_path / "killed"
    shutil.copytree(tmp_path / "alone", killed, ignore=shutil.ignore_patterns("out"))
    process = subprocess.Popen(
        command(killed / "run.yaml"),
        stderr=subprocess.DEVNULL,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    moment = int(np.random.default_rng().integers(3, 12))
    limit = time.monotonic() + 120
    while time.monotonic() < limit and process.poll() is None:
        if any(m.step >= moment for m in read_metrics(killed / "out")):
            break
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait(30) == -signal.SIGKILL, "the run was over before it was killed"
    assert (killed / "out" / "state.safetensors").exists()
    assert not (killed / "out" / "adapter").exists()
    assert (finished(killed / "run.yaml") / _WEIGHTS).read_bytes() == expected
    steps = [m.step for m in read_metrics(killed / "out") if m.kind == "train"]
    assert steps == list(range(1, 15))


def test_two_processes_train_the_adapter_of_one(make_run: Any, tmp_path: Path) -> None:
    """Within 1e-4: gradients are added in another order. Of three passes a step one rank has one more.

    With the base in shares it is the very adapter of two processes that have all of it each.
    """
    settings: dict[str, float | str]
    settings = {"steps": 6, "accumulation": 3, "batch_size": 2, "dropout": 0.1, "evaluate_every": 3}
    settings["precision"] = "float32"  # rougher products tell other orders of addition apart
    one = finished(make_run(tmp_path / "one", **settings))
    shutil.copytree(tmp_path / "one", tmp_path / "two", ignore=shutil.ignore_patterns("out"))
    launcher = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
    two = finished(tmp_path / "two" / "run.yaml", *launcher)
    first, second = (
        {tensor.name: read_floats(tensor) for tensor in read_tensors(folder / _WEIGHTS)}
        for folder in (one, two)
    )
    for name, array in first.items():
        np.testing.assert_allclose(second[name], array, rtol=1e-4, atol=1e-4)
    left, right = (
        [(m.step, m.kind, m.tokens, m.targets) for m in read_metrics(tmp_path / each / "out")]
        for each in ("one", "two")
    )
    assert left == right
    run = tmp_path / "shared" / "run.yaml"
    shutil.copytree(tmp_path / "one", run.parent, ignore=shutil.ignore_patterns("out"))
    run.write_text(json.dumps(json.loads(run.read_text("utf-8")) | {"shard_base": True}), "utf-8")
    assert (finished(run, *launcher) / _WEIGHTS).read_bytes() == (two / _WEIGHTS).read_bytes()


def test_a_missing_library_is_one_line_that_says_what_to_install(make_run: Any, tmp_path: Path) -> None:
    absent = (
        "import importlib.metadata as m, runpy, sys\n"
        "real = m.version\n"
        "def version(name):\n"
        "    if name == 'torch': raise m.PackageNotFoundError(name)\n"
        "    return real(name)\n"
        "m.version, sys.modules['torch'] = version, None\n"
        "sys.argv = ['train_cuda', sys.argv[1]]\n"
        "runpy.run_module('thresher.train_cuda', run_name='__main__')\n"
    )
    run = make_run(tmp_path / "run")
    done = subprocess.run(
        [sys.executable, "-c", absent, str(run)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"Error: torch is not installed. Run: {install_command('thresher[cuda]')}\n"


def test_an_interrupt_leaves_a_state_that_goes_on(make_run: Any, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", steps=500, save_every=1000)
    process = subprocess.Popen(command(run), stderr=subprocess.PIPE, text=True)
    limit = time.monotonic() + 120
    while time.monotonic() < limit and not read_metrics(tmp_path / "run" / "out"):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on" in told
    assert "Traceback" not in told
    assert (tmp_path / "run" / "out" / "state.safetensors").exists()


def test_a_state_of_another_run_is_refused(make_plan: Any) -> None:
    plan = make_plan(steps=2, save_every=1)
    Loop(plan, TorchLearner(plan, CPU), plan.config.out).run(threading.Event())
    assert load_state(plan.config.out, plan.hash) is not None
    other = make_plan(steps=2, save_every=1, learning_rate=0.5)
    with pytest.raises(UsageError, match="the state of another run"):
        Loop(other, TorchLearner(other, CPU), plan.config.out).run(threading.Event())


def test_the_adapter_is_read_by_peft_and_by_the_engine(make_run: Any, tmp_path: Path) -> None:
    """Both give the same logits after each of some prompts, and others than the base."""
    from peft import PeftModel

    from thresher.app.engine.cache import RowLengths
    from thresher.app.engine.weights import load_weights
    from thresher.train_cuda.base import load_base

    run = make_run(tmp_path / "run", steps=8, learning_rate=0.02)
    folder = finished(run)
    base = read_base(Path(json.loads(run.read_text("utf-8"))["base"]))
    adapter = read_adapter(folder, base)
    assert adapter.manifest.recipe is not None
    assert adapter.manifest.recipe.trainer == "train_cuda"
    tokens = [[3, 14, 15, 9, 2, 6, 5, 35, 8, 9], [400, 7, 7, 9000, 12, 1, 2, 3, 4, 5]]
    with torch.no_grad():
        plain = load_base(base.folder, CPU)(torch.tensor(tokens)).logits[:, -1].numpy()
        in_peft = PeftModel.from_pretrained(load_base(base.folder, CPU), folder)
        expected = in_peft(torch.tensor(tokens)).logits[:, -1].numpy()
    assert np.abs(expected - plain).max() > 0.05
    model = load_weights(base.folder, adapter_bytes=1 << 30)
    model.residents.register("trained", adapter.layers, adapter.scale, [])
    chosen = [model.residents.use("trained")] * len(tokens)
    got = np.array(model.feed(tokens, model.cache(RowLengths([0] * len(tokens))), chosen))
    np.testing.assert_allclose(got, expected, rtol=1e-3, atol=1e-3)
