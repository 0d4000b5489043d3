import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import scaled_dot_product_attention
from transformers import DynamicCache

from thresher.adapters.training.batches import Batch, collate
from thresher.train_cuda import attention
from thresher.train_cuda.attention import attend_without_masks
from thresher.train_cuda.base import load_base
from thresher.train_cuda.device import Device
from thresher.train_cuda.learner import TorchLearner
from thresher.train_cuda.loss import TargetLoss, cache_name

CPU = Device(torch.device("cpu"), torch.float32)

#: A window of eight tokens: behind a head, its mask is not the causal one.
_WINDOWED = {
    "tie_word_embeddings": False,
    "query_pre_attn_scalar": 32,
    "sliding_window": 8,
    "layer_types": ["sliding_attention", "full_attention"],
}


def with_head(plan: Any, head: int) -> Batch:
    """Some of the plan's examples, made to begin with the same tokens."""
    batch = collate(plan.train, range(4))
    tokens = batch.tokens.copy()
    tokens[:, :head] = tokens[0, :head]
    mask = batch.mask.copy()
    mask[:, :head] = False
    return dataclasses.replace(batch, tokens=tokens, mask=mask, head=head)


@pytest.fixture
def masks(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each time that torch attends, whether it was given a mask."""
    given: list[bool] = []

    def noted(*tensors: Any, **named: Any) -> Any:
        given.append(named.get("attn_mask") is not None)
        return scaled_dot_product_attention(*tensors, **named)

    monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", noted)
    return given


@pytest.fixture
def only_long_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """All attend as long ones do."""
    monkeypatch.setattr(attention, "_SHORT", 0)


@settings(max_examples=40, deadline=None)
@given(
    rows=st.integers(1, 3),
    groups=st.integers(1, 3),
    shared=st.integers(1, 3),
    queries=st.integers(1, 40),
    before=st.integers(0, 30),
    seed=st.integers(0, 2**31),
)
def test_rows_attend_as_torch_does(
    rows: int, groups: int, shared: int, queries: int, before: int, seed: int
) -> None:
    """The result and all gradients."""
    draw = torch.Generator().manual_seed(seed)
    query = torch.randn(rows, groups * shared, queries, 8, generator=draw)
    key, value = torch.randn(2, rows, groups, before + queries, 8, generator=draw)
    back = torch.randn(query.shape, generator=draw)
    mask = torch.ones(queries, before + queries, dtype=torch.bool).tril(before)

    def torchs(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
        key, value = (each.repeat_interleave(shared, 1) for each in (key, value))
        return scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=1)

    found = []
    for attend in (attention._Rows.apply, torchs):
        given = [each.clone().requires_grad_() for each in (query, key, value)]
        attended = attend(*given)
        found.append((attended, *torch.autograd.grad(attended, given, back)))
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("architecture", ["llama", "gemma3_text"])
def test_short_rows_attend_by_themselves(
    make_base: Any, make_plan: Any, masks: list[bool], architecture: str
) -> None:
    """The loss and every gradient are those of torch's own; a window needs torch's mask."""
    own = {"gemma3_text": _WINDOWED}
    plan = make_plan(make_base(architecture, 4, **own.get(architecture, {})))
    batch = with_head(plan, 5)
    found = []
    for short in (attention._SHORT, 0):
        learner = TorchLearner(plan, CPU)
        masks.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(attention, "_SHORT", short)
            found.append((learner.accumulate(batch, 0), learner._adamw.gradients, len(masks), sum(masks)))
    (loss, gradients, calls, masked), (whole, its, all_calls, _) = found
    # Two layers for the head, two for the rows; a layer of windows is torch's in both.
    assert (calls, masked, all_calls) == ((0, 0, 4) if architecture == "llama" else (1, 1, 4))
    assert loss == pytest.approx(whole, rel=1e-5)
    torch.testing.assert_close(gradients, its, rtol=1e-3, atol=1e-4)


@pytest.mark.usefixtures("only_long_rows")
@pytest.mark.parametrize(
    ("architecture", "head", "masked"),
    [
        ("llama", 5, 0),
        ("llama", 1, 0),
        # Longer than what follows it: the mask has fewer pairs than the square.
        ("llama", 20, 2),
        ("gemma3_text", 5, 1),
    ],
)
def test_rows_behind_a_shared_head_need_a_mask_only_where_it_saves(
    make_base: Any, make_plan: Any, masks: list[bool], architecture: str, head: int, masked: int
) -> None:
    """The loss and every gradient are those of whole rows, with or without."""
    own = {"gemma3_text": _WINDOWED}
    plan = make_plan(make_base(architecture, 4, **own.get(architecture, {})))
    batch = with_head(plan, head)
    assert (batch.tokens.shape[1] - head > head) == (head < 20)
    found = []
    for shared in (head, 0):
        learner = TorchLearner(plan, CPU)
        masks.clear()
        loss = learner.accumulate(dataclasses.replace(batch, head=shared), 0)
        if shared:  # two layers for the head, two for the rows
            assert (len(masks), sum(masks)) == (4, masked)
        found.append((loss, learner._adamw.gradients))
    (short, its), (whole, gradients) = found
    assert short == pytest.approx(whole, rel=1e-5)
    torch.testing.assert_close(its, gradients, rtol=1e-3, atol=1e-4)


@pytest.mark.usefixtures("only_long_rows")
def test_whether_heads_can_be_shared_is_tried_as_rows_attend(tiny: Path, masks: list[bool]) -> None:
    model = load_base(tiny, CPU)
    attend_without_masks(model)
    loss = TargetLoss(model)
    masks.clear()
    assert loss._heads_are_shared()
    assert masks
    assert not any(masks)


def test_a_row_that_is_padded_on_the_left_keeps_its_mask(tiny: Path, make_plan: Any) -> None:
    """As when a batch of prompts is continued: its mask is no triangle."""
    model = TorchLearner(make_plan(tiny), CPU)._model
    prompt = torch.from_numpy(np.arange(10, 18))[None]
    padded = torch.nn.functional.pad(prompt, (3, 0))
    mask = (padded > 0).long()
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    with torch.no_grad():
        alone = model(prompt).logits[0, -1]
        cache = DynamicCache()
        held = {cache_name(model): cache, "use_cache": True}
        for part, end in ((slice(0, 5), 5), (slice(5, None), 11)):
            given = {"attention_mask": mask[:, :end], "position_ids": positions[:, part]}
            rest = model(padded[:, part], **given, **held).logits[0, -1]
    torch.testing.assert_close(rest, alone, rtol=1e-3, atol=1e-3)
