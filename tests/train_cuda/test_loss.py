import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from thresher.adapters.adapter_folder import read_adapter
from thresher.adapters.training.batches import Batch, collate
from thresher.app.registry.folders import GENERAL
from thresher.train_cuda import loss as loss_module
from thresher.train_cuda.base import load_base
from thresher.train_cuda.device import Device
from thresher.train_cuda.learner import TorchLearner
from thresher.train_cuda.loss import TargetLoss

CPU = Device(torch.device("cpu"), torch.float32)


def naive(model: Any, batch: Batch) -> torch.Tensor:
    """All logits, each row alone and unpadded."""
    total = torch.zeros(())
    for row, length in enumerate(batch.lengths):
        tokens = torch.from_numpy(batch.tokens[row : row + 1, :length]).long()
        targets = torch.from_numpy(batch.targets[row, :length]).long()
        counted = torch.from_numpy(batch.mask[row, :length])
        logits = model(tokens).logits[0]
        total = total + torch.nn.functional.cross_entropy(logits[counted], targets[counted], reduction="sum")
    return total


_GRANITE = {
    "head_dim": 16,
    "logits_scaling": 8.0,
    "attention_multiplier": 0.2,
    "embedding_multiplier": 3.0,
    "residual_multiplier": 0.7,
    "attention_bias": False,
    "mlp_bias": False,
}


@pytest.fixture(params=["llama", "granite"])
def learner(request: pytest.FixtureRequest, make_base: Any, make_plan: Any) -> TorchLearner:
    """Granite scales its logits after the projection."""
    own = {"granite": _GRANITE}
    return TorchLearner(make_plan(make_base(request.param, 4, **own.get(request.param, {}))), CPU)


@pytest.mark.parametrize("chunk", [1, 96 * 3, 1 << 24])
def test_the_loss_and_its_gradients_are_those_of_all_logits(
    learner: TorchLearner, make_plan: Any, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loss_module, "_CHUNK", chunk)
    batch = collate(make_plan().train, [0, 3, 5])
    assert len(set(batch.lengths)) > 1
    loss = learner.accumulate(batch, 0)
    got = {name: matrix.grad.clone() for name, matrix in learner._adamw.matrices.items()}  # type: ignore[union-attr]
    learner._adamw.gradients.zero_()
    expected = naive(learner._model, batch)
    expected.backward()  # type: ignore[no-untyped-call]
    assert loss == pytest.approx(float(expected.detach()), rel=1e-5)
    assert learner.loss(batch) == pytest.approx(loss, rel=1e-6)
    for name, matrix in learner._adamw.matrices.items():
        assert matrix.grad is not None
        torch.testing.assert_close(got[name], matrix.grad, rtol=1e-3, atol=1e-5)


def test_logits_that_change_after_the_projection_take_the_whole_way(make_base: Any, tiny: Path) -> None:
    scaled = make_base("granite", 4, **_GRANITE)
    assert not TargetLoss(load_base(scaled, CPU))._splits
    assert TargetLoss(load_base(tiny, CPU))._splits


def test_no_pad_token_counts(learner: TorchLearner, make_plan: Any) -> None:
    """mlx-lm counts one a row (#1697)."""
    batch = collate(make_plan().train, [0, 3, 5])
    padding = np.arange(batch.tokens.shape[1]) >= batch.lengths[:, None]
    assert padding.any()
    other = dataclasses.replace(
        batch,
        tokens=np.where(padding, 77, batch.tokens).astype(np.int32),
        targets=np.where(padding, 55, batch.targets).astype(np.int32),
    )
    wider = collate(make_plan().train, [0, 3, 5], multiple=64)
    assert learner.loss(other) == learner.loss(batch)
    assert learner.loss(wider) == pytest.approx(learner.loss(batch), rel=1e-5)


def test_logits_are_taken_where_a_target_stands_and_nowhere_else(
    tiny: Path, make_plan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = []
    linear = torch.nn.functional.linear

    def counted(x: torch.Tensor, weight: torch.Tensor, bias: Any = None) -> torch.Tensor:
        if weight.shape[0] == 96:
            rows.append(x.shape[:-1].numel())
        return linear(x, weight, bias)

    learner = TorchLearner(make_plan(tiny), CPU)
    monkeypatch.setattr(torch.nn.functional, "linear", counted)
    batch = collate(make_plan().train, [0, 3, 5])
    learner.accumulate(batch, 0)
    assert rows == [batch.target_count]


@pytest.mark.parametrize("architecture", ["llama", "gemma3_text"])
def test_what_all_rows_begin_with_is_computed_once(make_base: Any, make_plan: Any, architecture: str) -> None:
    """The loss and every gradient are those of whole rows."""
    own = {"gemma3_text": {"tie_word_embeddings": False, "query_pre_attn_scalar": 32}}
    plan = make_plan(make_base(architecture, 4, **own.get(architecture, {})))
    batch = collate(plan.train, range(4))
    rows, width = batch.tokens.shape
    assert batch.head == 4
    found = []
    for head, expected in ((4, [(1, 4), (rows, width - 4)]), (0, [(rows, width)])):
        learner = TorchLearner(plan, CPU)
        shapes: list[tuple[int, ...]] = []
        learner._model.base_model.embed_tokens.register_forward_hook(
            lambda module, inputs, output, shapes=shapes: shapes.append(tuple(inputs[0].shape))
        )
        loss = learner.accumulate(dataclasses.replace(batch, head=head), 0)
        assert shapes == expected
        found.append((loss, learner._adamw.gradients))
    (short, its), (whole, gradients) = found
    assert short == pytest.approx(whole, rel=1e-5)
    torch.testing.assert_close(its, gradients, rtol=1e-3, atol=1e-4)


def test_a_trained_adapter_shares_heads_in_bfloat16(starter: Path, make_plan: Any) -> None:
    """What it rounds moves hidden states by a thirtieth there; once that was taken for another result."""
    general = read_adapter(GENERAL / "starter")
    plan = dataclasses.replace(make_plan(starter, rank=general.rank), first=general.layers)
    learner = TorchLearner(plan, Device(torch.device("cpu"), torch.bfloat16))
    assert learner._loss._shares
    batch = collate(plan.train, range(4))
    assert batch.head == 4
    assert learner.loss(batch) == pytest.approx(learner.loss(dataclasses.replace(batch, head=0)), rel=0.02)


@pytest.mark.parametrize(("off", "shared"), [(0.03, True), (0.4, False)])
def test_a_head_is_shared_where_its_rows_are_no_further_off_than_rounding(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, off: float, shared: bool
) -> None:
    model = load_base(tiny, CPU)
    hidden = TargetLoss._hidden

    def moved(self: TargetLoss, tokens: torch.Tensor, head: int = 0) -> torch.Tensor:
        states = hidden(self, tokens, head)
        return states * (1 + off) if head else states

    monkeypatch.setattr(TargetLoss, "_hidden", moved)
    assert TargetLoss(model)._shares is shared
