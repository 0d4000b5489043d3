"""Each way to train: what trains, that it learns, and that a run which was stopped goes on the same."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from thresher.adapters.base_model import BaseModel
from thresher.adapters.errors import UsageError
from thresher.adapters.training.batches import collate
from thresher.adapters.training.loop import Loop, Stopped
from thresher.adapters.training.metrics import read_metrics
from thresher.train_cuda.device import Device
from thresher.train_cuda.variants.learner import MAKERS, VariantLearner
from thresher.train_cuda.variants.prefix import TOKENS

CPU = Device(torch.device("cpu"), torch.float32)
#: A good rate for the tiny base, by method.
RATES = {"full": 3e-3, "adalora": 0.03, "prefix": 0.05, "rslora": 0.01, "dora": 0.01}


@pytest.fixture(params=sorted(MAKERS))
def method(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def fresh_plan(make_plan: Any) -> Any:
    """Plans whose first B is zero, as that of a run without a parent."""

    from thresher.adapters.adapter import LoraLayer

    def make(**config: Any) -> Any:
        plan = make_plan(**config)
        first = {n: LoraLayer(layer.a, np.zeros_like(layer.b)) for n, layer in plan.first.items()}
        return replace(plan, first=first)

    return make


def expected(method: str, base: BaseModel, rank: int) -> int:
    """How many numbers train, from the shapes."""
    config = {"layers": 2, "key_value_heads": 2, "head_dim": 32, "hidden": 64, "vocabulary": 96}
    linear = base.linear.values()
    matrices = sum(rank * (o + i) for o, i in linear)
    norms = (2 * config["layers"] + 1) * config["hidden"]
    first = rank + rank // 2
    return {
        "full": sum(o * i for o, i in linear) + norms + config["vocabulary"] * config["hidden"],
        "adalora": sum(first * (o + i + 1) for o, i in linear),
        "prefix": TOKENS * config["layers"] * 2 * config["key_value_heads"] * config["head_dim"],
        "rslora": matrices,
        "dora": matrices + sum(o for o, _ in linear),
    }[method]


def test_what_trains_is_what_the_method_says(method: str, fresh_plan: Any) -> None:
    plan = fresh_plan(rank=4, steps=4)
    learner = VariantLearner(plan, method, CPU)
    assert learner.parameters == expected(method, plan.base, 4)
    trained = learner.variant.trained
    assert {parameter.dtype for parameter in trained.values()} == {torch.float32}
    batch = collate(plan.train, range(4))
    before = learner.state()
    learner.accumulate(batch, 0)
    learner.update(batch.target_count, 1e-3)
    moved = {name for name in trained if not np.array_equal(before[name], learner.state()[name])}
    still = set(trained) - moved
    # Of matrices whose other one is zero, the gradient is zero in the first step; weight decay moves them.
    assert moved
    assert method != "full" or not still


def test_the_loss_falls_and_is_told_as_by_the_trainer(method: str, fresh_plan: Any) -> None:
    plan = fresh_plan(examples=6, held=2, steps=30, learning_rate=RATES[method], evaluate_every=15)
    learner = VariantLearner(plan, method, CPU)
    Loop(plan, learner, plan.config.out).run(threading.Event())
    metrics = [m for m in read_metrics(plan.config.out) if m.kind == "train"]
    assert metrics[-1].loss < 0.6 * metrics[0].loss
    assert [m.step for m in metrics] == list(range(1, 31))


def test_a_shared_head_changes_no_loss_and_no_gradient(method: str, fresh_plan: Any) -> None:
    plan = fresh_plan(steps=4)
    batch = collate(plan.train, [0, 3, 5])
    assert batch.head == 4
    shared, alone = (VariantLearner(plan, method, CPU) for _ in range(2))
    loss = shared.accumulate(batch, 0)
    parts = [collate(plan.train, [number]) for number in (0, 3, 5)]
    assert sum(alone.accumulate(part, 0) for part in parts) == pytest.approx(loss, rel=1e-5)
    for name, parameter in shared.variant.trained.items():
        torch.testing.assert_close(
            parameter.grad, alone.variant.trained[name].grad, rtol=1e-3, atol=2e-5, msg=name
        )


def test_a_run_that_was_stopped_ends_the_same(method: str, fresh_plan: Any, tmp_path: Path) -> None:
    plan = fresh_plan(
        examples=8, held=2, steps=12, learning_rate=RATES[method], dropout=0.1, evaluate_every=4
    )
    whole = VariantLearner(plan, method, CPU)
    Loop(plan, whole, tmp_path / "whole").run(threading.Event())
    stop = threading.Event()

    def stopping(metric: Any) -> None:
        if metric.step == 7:
            stop.set()

    with pytest.raises(Stopped):
        Loop(plan, VariantLearner(plan, method, CPU), tmp_path / "parts", stopping).run(stop)
    resumed = VariantLearner(plan, method, CPU)
    Loop(plan, resumed, tmp_path / "parts").run(threading.Event())
    state = whole.state()
    assert set(resumed.state()) == set(state)
    for name, array in resumed.state().items():
        np.testing.assert_allclose(array, state[name], rtol=1e-4, atol=1e-6, err_msg=name)


def test_adalora_s_penalty_weighs_the_same_whatever_the_pass_holds(fresh_plan: Any) -> None:
    """It is added to the mean loss of a step, once, and not to each pass or token."""
    plan = fresh_plan(rank=4, steps=8, clip=1e9)
    learner, other = (VariantLearner(plan, "adalora", CPU) for _ in range(2))
    parts = [collate(plan.train, numbers) for numbers in ([0], [1, 2], [3, 4, 5])]
    targets = sum(part.target_count for part in parts)
    for part in parts:
        learner.accumulate(part, 0)
    learner.update(targets, 0.0)
    penalty = other.variant.penalty()
    assert penalty is not None
    whole = collate(plan.train, range(6))
    (other.variant.loss(whole) / whole.target_count + penalty).backward()  # type: ignore[no-untyped-call]
    assert whole.target_count == targets
    # The first moment of the first step is a tenth of the gradient that was used.
    torch.testing.assert_close(learner._adamw._m, 0.1 * other._adamw.gradients, rtol=1e-3, atol=1e-6)


def test_a_state_of_another_method_is_refused(fresh_plan: Any) -> None:
    plan = fresh_plan(steps=4)
    state = VariantLearner(plan, "rslora", CPU).state()
    with pytest.raises(UsageError, match="another method"):
        VariantLearner(plan, "dora", CPU).restore(state, 2)


def test_a_parent_is_refused(fresh_plan: Any, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="parent: full begins anew"):
        VariantLearner(fresh_plan(parent=tmp_path), "full", CPU)
