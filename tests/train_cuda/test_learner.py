from typing import Any

import numpy as np
import pytest
import torch

from thresher.adapters.training.batches import as_padding, collate
from thresher.adapters.training.learner import layers_of
from thresher.train_cuda.affine import PackedLinear
from thresher.train_cuda.checkpointing import blocks_of
from thresher.train_cuda.device import Device
from thresher.train_cuda.learner import TorchLearner
from thresher.train_cuda.lora import LoraLinear

CPU = Device(torch.device("cpu"), torch.float32)


def gradients(learner: TorchLearner) -> torch.Tensor:
    return learner._adamw.gradients.clone()


def test_accumulation_weighs_each_token_the_same(make_plan: Any) -> None:
    """mlx-lm averages the means of passes, whatever their token counts (#1413, #1544)."""
    plan = make_plan()
    parts = [collate(plan.train, numbers) for numbers in ([0], [1, 2], [3, 4, 5])]
    whole = collate(plan.train, range(6))
    assert len({part.target_count for part in parts}) > 1
    one, many = TorchLearner(plan, CPU), TorchLearner(plan, CPU)
    loss = one.accumulate(whole, 0)
    assert sum(many.accumulate(part, 0) for part in parts) == pytest.approx(loss, rel=1e-5)
    torch.testing.assert_close(gradients(many), gradients(one), rtol=1e-3, atol=1e-5)
    norms = [each.update(whole.target_count, 1e-3) for each in (one, many)]
    assert norms[0] == pytest.approx(norms[1], rel=1e-4)


def test_the_first_step_is_as_long_as_the_rate(make_plan: Any) -> None:
    """mlx-lm's AdamW without bias correction takes one 3.2 times as long."""
    plan = make_plan(weight_decay=0.0, clip=1e9)
    learner = TorchLearner(plan, CPU)
    before = learner.state()
    batch = collate(plan.train, range(4))
    learner.accumulate(batch, 0)
    strong = {n: m.grad.abs() > 1e-3 for n, m in learner._adamw.matrices.items() if m.grad is not None}
    learner.update(batch.target_count, 0.01)
    moved = np.concatenate([(learner.state()[n] - before[n])[strong[n].numpy()] for n in strong])
    assert moved.size > 1000
    np.testing.assert_allclose(np.abs(moved), 0.01, rtol=1e-2)


def test_steps_are_those_of_torchs_adamw(make_plan: Any) -> None:
    plan = make_plan(weight_decay=0.1, betas=(0.8, 0.95), eps=1e-6, clip=0.5)
    learner, other = TorchLearner(plan, CPU), TorchLearner(plan, CPU)
    matrices = list(other._adamw.matrices.values())
    adamw = torch.optim.AdamW(matrices, lr=1.0, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)
    for step in range(5):
        batch = collate(plan.train, plan.step(step)[0])
        learner.accumulate(batch, step)
        norm = learner.update(batch.target_count, 0.01 * (step + 1))
        other.accumulate(batch, step)
        other._adamw.gradients.div_(batch.target_count)
        assert float(torch.nn.utils.clip_grad_norm_(matrices, 0.5)) == pytest.approx(norm, rel=1e-4)
        adamw.param_groups[0]["lr"] = 0.01 * (step + 1)
        adamw.step()
        other._adamw.gradients.zero_()
    theirs = layers_of(other.state())
    for name, layer in layers_of(learner.state()).items():
        np.testing.assert_allclose(layer.a, theirs[name].a, rtol=1e-3, atol=1e-5)
        np.testing.assert_allclose(layer.b, theirs[name].b, rtol=1e-3, atol=1e-5)


def test_gradients_are_clipped_by_their_norm_together(make_plan: Any) -> None:
    """mlx-lm has no clipping."""
    plan = make_plan(clip=0.01)
    learner = TorchLearner(plan, CPU)
    batch = collate(plan.train, range(4))
    learner.accumulate(batch, 0)
    expected = gradients(learner) / batch.target_count
    norm = learner.update(batch.target_count, 1e-3)
    assert norm == pytest.approx(float(expected.norm()), rel=1e-5)
    assert norm > 0.01
    # The first moment of the first step is a tenth of the gradient that was used.
    torch.testing.assert_close(learner._adamw._m, expected * (0.01 / norm) * 0.1)


def test_a_norm_that_is_not_finite_changes_nothing(make_plan: Any) -> None:
    plan = make_plan()
    learner = TorchLearner(plan, CPU)
    batch = collate(plan.train, range(4))
    learner.accumulate(batch, 0)
    learner.update(batch.target_count, 1e-3)
    before = learner.state()
    learner.accumulate(batch, 1)
    learner._adamw.gradients[7] = float("nan")
    assert not np.isfinite(learner.update(batch.target_count, 1e-3))
    assert all(np.array_equal(before[name], array) for name, array in learner.state().items())
    # And the next step begins anew, as that of a learner that never saw it.
    learner.accumulate(batch, 1)
    assert np.isfinite(learner.update(batch.target_count, 1e-3))


def test_checkpointing_changes_no_number_and_leaves_no_trace(make_plan: Any) -> None:
    """mlx-lm patches the block's class for ever."""
    plain = TorchLearner(make_plan(dropout=0.3), CPU)
    saving = TorchLearner(make_plan(dropout=0.3, gradient_checkpointing=True), CPU)
    batch = collate(make_plan().train, range(4))
    block = blocks_of(saving._model)[0]
    own, shared = dict(vars(block)), dict(vars(type(block)))
    assert saving.accumulate(batch, 5) == plain.accumulate(batch, 5)
    assert torch.equal(gradients(saving), gradients(plain))
    assert dict(vars(block)) == own
    assert dict(vars(type(block))) == shared


def test_checkpointing_keeps_less(make_plan: Any) -> None:
    def kept(learner: TorchLearner) -> int:
        sizes = []

        def pack(tensor: torch.Tensor) -> torch.Tensor:
            sizes.append(tensor.nbytes)
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            learner.accumulate(collate(make_plan().train, range(4)), 0)
        return sum(sizes)

    plain, saving = make_plan(), make_plan(gradient_checkpointing=True)
    assert kept(TorchLearner(saving, CPU)) < 0.2 * kept(TorchLearner(plain, CPU))


def test_dropout_follows_from_seed_and_key_alone(make_plan: Any) -> None:
    plan = make_plan(dropout=0.5)
    batch = collate(plan.train, range(4))
    first, second = TorchLearner(plan, CPU), TorchLearner(plan, CPU)
    torch.rand(100)
    same = first.accumulate(batch, 3)
    second.loss(batch)
    # A product's last bit may follow from where its arrays lie in memory; another mask changes far more.
    assert second.accumulate(batch, 3) == pytest.approx(same, rel=1e-6)
    torch.testing.assert_close(gradients(first), gradients(second), rtol=1e-4, atol=1e-6)
    assert first.accumulate(batch, 4) != pytest.approx(same, rel=1e-4)
    assert TorchLearner(make_plan(dropout=0.5, seed=8), CPU).accumulate(batch, 3) != same
    assert first.loss(batch) == pytest.approx(TorchLearner(make_plan(), CPU).loss(batch), rel=1e-5)


def test_dropout_and_its_gradients_are_pefts(make_plan: Any) -> None:
    from peft.tuners.lora.layer import Linear

    plan = make_plan(dropout=0.4)
    ours, theirs = TorchLearner(plan, CPU), TorchLearner(plan, CPU)
    for module in theirs._model.modules():
        if isinstance(module, LoraLinear):
            module.lora_dropout["default"] = _SameMask(0.4)
            module.__class__ = Linear  # type: ignore[assignment]
            module.train()
    batch = collate(plan.train, range(4))
    assert ours.accumulate(batch, 1) == pytest.approx(theirs.accumulate(batch, 1), rel=1e-5)
    torch.testing.assert_close(gradients(ours), gradients(theirs), rtol=1e-3, atol=1e-5)


class _SameMask(torch.nn.Module):
    """Draws as our layer does: torch's own dropout draws otherwise."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * (torch.rand(x.shape) >= self.p) / (1 - self.p)


def test_every_linear_layer_of_a_block_trains_and_nothing_else(make_plan: Any, tiny: Any) -> None:
    plan = make_plan(rank=4)
    learner = TorchLearner(plan, CPU)
    trained = [p for p in learner._model.parameters() if p.requires_grad]
    assert sum(p.numel() for p in trained) == sum(4 * (o + i) for o, i in plan.base.linear.values())
    assert {p.dtype for p in trained} == {torch.float32}
    layers = layers_of(learner.state())
    assert list(layers) == sorted(plan.layers)
    assert all(np.array_equal(layers[name].a, plan.first[name].a) for name in plan.layers)


def test_what_is_put_back_goes_on_as_it_would_have(make_plan: Any) -> None:
    """mlx-lm resumes the weights alone."""
    plan = make_plan(dropout=0.2)
    left, resumed = TorchLearner(plan, CPU), TorchLearner(plan, CPU)
    for step in range(6):
        batch = collate(plan.train, plan.step(step)[0])
        if step == 3:
            state = {name: array.copy() for name, array in left.state().items()}
            resumed.restore(state, step)
        for learner in [left, resumed] if step >= 3 else [left]:
            learner.accumulate(batch, step)
            learner.update(batch.target_count, 1e-2)
    for name, array in resumed.state().items():
        np.testing.assert_allclose(left.state()[name], array, rtol=1e-4, atol=1e-6, err_msg=name)


def test_bfloat16_follows_float32(make_plan: Any) -> None:
    plan = make_plan()
    exact = TorchLearner(plan, CPU)
    rough = TorchLearner(plan, Device(torch.device("cpu"), torch.bfloat16))
    batch = collate(plan.train, range(4))
    assert rough.accumulate(batch, 0) == pytest.approx(exact.accumulate(batch, 0), rel=0.02)
    cosine = torch.nn.functional.cosine_similarity(gradients(rough), gradients(exact), dim=0)
    assert cosine > 0.999
    assert {array.dtype for array in rough.state().values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize(("dtype", "within"), [(torch.float32, "highest"), (torch.bfloat16, "medium")])
def test_what_is_not_frozen_multiplies_as_the_frozen_layers_do(
    dtype: torch.dtype, within: str, make_plan: Any
) -> None:
    plan = make_plan()
    learner = TorchLearner(plan, Device(torch.device("cpu"), dtype))
    layer = next(m for m in learner._model.modules() if isinstance(m, LoraLinear))
    seen: list[str] = []

    def look(*_: Any) -> None:
        seen.append(torch.get_float32_matmul_precision())

    layer.register_forward_hook(look)
    next(iter(learner._adamw.matrices.values())).register_hook(look)  # type: ignore[no-untyped-call]
    batch = collate(plan.train, range(2))
    learner.accumulate(batch, 0)
    learner.loss(batch)
    assert len(seen) > 2
    assert set(seen) == {within}


def test_rough_products_lose_nothing_of_what_the_adapter_adds(make_plan: Any) -> None:
    """All in bfloat16, a term of a thousandth of what it is added to would be rounded away."""
    learner = TorchLearner(make_plan(), Device(torch.device("cpu"), torch.bfloat16))
    layer = next(m for m in learner._model.modules() if isinstance(m, LoraLinear))
    base, lora_b = layer.base_layer, layer.lora_B["default"]
    assert isinstance(base, torch.nn.Linear)
    assert isinstance(lora_b, torch.nn.Linear)
    assert base.weight.dtype == torch.bfloat16
    x = torch.randn(5, base.in_features)
    with torch.no_grad():
        lora_b.weight.zero_()
        without = layer(x)
        lora_b.weight.fill_(1e-5)
        added = layer(x) - without
        a, b = (getattr(layer, side)["default"].weight for side in ("lora_A", "lora_B"))
        expected = layer.scaling["default"] * (x @ a.T @ b.T)
    assert float(expected.abs().max()) < 1e-3 * float(without.abs().max())
    torch.testing.assert_close(added, expected, rtol=1e-2, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("checkpointing", [False, True])
def test_a_packed_base_gives_the_same_losses_and_gradients(
    dtype: torch.dtype, checkpointing: bool, make_plan: Any
) -> None:
    """To the bit: the numbers that are expanded are the same ones."""
    found = []
    for storage in ("dense", "packed"):
        plan = make_plan(base_storage=storage, gradient_checkpointing=checkpointing, dropout=0.2)
        learner = TorchLearner(plan, Device(torch.device("cpu"), dtype))
        packed = [m for m in learner._model.modules() if isinstance(m, PackedLinear)]
        assert len(packed) == (len(plan.layers) if storage == "packed" else 0)
        batch = collate(plan.train, range(4))
        found.append((learner.accumulate(batch, 1), gradients(learner), learner.loss(batch)))
    (first, its, held), (second, theirs, kept) = found
    assert (first, held) == (second, kept)
    assert torch.equal(its, theirs)
    assert float(its.abs().max()) > 0


def test_a_batch_that_is_all_padding_adds_nothing(make_plan: Any) -> None:
    plan = make_plan()
    learner = TorchLearner(plan, CPU)
    batch = collate(plan.train, range(4))
    learner.accumulate(batch, 0)
    before = gradients(learner)
    idle = as_padding(batch)
    assert (learner.accumulate(idle, 0), learner.loss(idle), idle.target_count) == (0.0, 0.0, 0)
    assert int(idle.lengths.sum()) == 0
    assert torch.equal(gradients(learner), before)
