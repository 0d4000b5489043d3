"""Batches by length: every example once an epoch, little padding, and an order that follows from the seed."""

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.errors import UsageError
from thresher.adapters.training.batches import BatchPlan, collate, heads_of, padding_share
from thresher.adapters.training.examples import Example

LENGTHS = st.lists(st.integers(2, 900), min_size=1, max_size=120)


HEADS = st.lists(st.tuples(st.integers(2, 900), st.integers(0, 3)), min_size=1, max_size=120)


def examples(lengths: list[int], prompt: int = 1) -> list[Example]:
    return [
        Example(
            id=f"e{at}",
            window=0,
            tokens=np.arange(1, length + 1, dtype=np.int32) + at * 1000,
            mask=np.arange(length) >= min(prompt, length - 1),
            shared=0,
        )
        for at, length in enumerate(lengths)
    ]


@settings(deadline=None)
@given(LENGTHS, st.integers(1, 16), st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_each_epoch_has_every_example_once_within_the_bounds(
    lengths: list[int], rows: int, seed: int, accumulation: int
) -> None:
    plan = BatchPlan(lengths, 1024, rows, seed, accumulation)
    for epoch in range(2):
        batches = plan.epoch(epoch)
        assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
        assert len(batches) == plan.batches_per_epoch
        for batch in batches:
            assert 1 <= len(batch) <= rows
            assert len(batch) * max(lengths[number] for number in batch) <= 1024
            assert padding_share(lengths, [batch]) <= 0.1
        steps = [plan.step(epoch * plan.steps_per_epoch + at) for at in range(plan.steps_per_epoch)]
        assert [batch.tolist() for step in steps for batch in step] == [batch.tolist() for batch in batches]
        assert all(1 <= len(step) <= accumulation for step in steps)


@settings(deadline=None)
@given(HEADS, st.integers(1, 16), st.integers(0, 2**32 - 1))
def test_heads_break_no_bound(pairs: list[tuple[int, int]], rows: int, seed: int) -> None:
    lengths, heads = [length for length, _ in pairs], [head for _, head in pairs]
    plan, again = (BatchPlan(lengths, 1024, rows, seed, heads=heads) for _ in range(2))
    sizes = sorted(len(batch) for batch in plan.epoch(0))
    for epoch in range(2):
        batches = plan.epoch(epoch)
        assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
        assert sorted(len(batch) for batch in batches) == sizes
        for batch in batches:
            assert 1 <= len(batch) <= rows
            assert len(batch) * max(lengths[number] for number in batch) <= 1024
            assert padding_share(lengths, [batch]) <= 0.1
        assert [batch.tolist() for batch in again.epoch(epoch)] == [batch.tolist() for batch in batches]


def test_examples_of_one_head_go_together() -> None:
    """A head that all rows share is computed once: on short documents most of the work."""
    draw = random.Random(5)
    lengths = [draw.randrange(380, 420) for _ in range(240)]
    heads = [draw.randrange(6) for _ in lengths]

    def together(plan: BatchPlan) -> float:
        batches = plan.epoch(0)
        return sum(len(batch) for batch in batches if len({heads[number] for number in batch}) == 1) / 240

    assert together(BatchPlan(lengths, 4096, 8, seed=7, heads=heads)) > 0.9
    assert together(BatchPlan(lengths, 4096, 8, seed=7)) < 0.1


def test_heads_of_few_examples_do_not_make_small_batches() -> None:
    lengths, heads = [400] * 64, list(range(64))
    plan = BatchPlan(lengths, 4096, 8, seed=7, heads=heads)
    assert [len(batch) for batch in plan.epoch(0)] == [8] * 8


def test_heads_are_told_by_their_tokens() -> None:
    one, two = examples([5, 6])
    alike = (
        replace(one, shared=2),
        replace(two, tokens=np.concatenate([one.tokens[:2], two.tokens]), shared=2),
    )
    assert heads_of(alike) == [0, 0]
    assert heads_of([replace(one, shared=2), replace(two, shared=2), replace(one, shared=3)]) == [0, 1, 2]


@settings(deadline=None)
@given(LENGTHS, st.integers(0, 1000), st.integers(0, 30))
def test_any_step_follows_from_its_number_alone(lengths: list[int], seed: int, step: int) -> None:
    one, other = (BatchPlan(lengths, 1024, 4, seed, 2) for _ in range(2))
    for earlier in range(step):
        one.step(earlier)
    assert [batch.tolist() for batch in one.step(step)] == [batch.tolist() for batch in other.step(step)]


def test_the_order_of_an_epoch_is_fixed_for_all_time() -> None:
    """A run saved by one release resumes in the next."""
    plan = BatchPlan([10, 11, 10, 30, 31, 30, 10, 11], 64, 2, seed=7)
    assert [batch.tolist() for batch in plan.epoch(0)] == FIRST
    assert [batch.tolist() for batch in plan.epoch(1)] != FIRST


FIRST = [[3, 4], [0], [2, 6], [5], [7, 1]]


def test_epochs_and_seeds_differ() -> None:
    lengths = [random.Random(3).randrange(200, 210) for _ in range(64)]
    plan = BatchPlan(lengths, 4096, 8, seed=1)
    orders = [[batch.tolist() for batch in plan.epoch(epoch)] for epoch in range(3)]
    orders.append([batch.tolist() for batch in BatchPlan(lengths, 4096, 8, seed=2).epoch(0)])
    assert all(one != other for at, one in enumerate(orders) for other in orders[:at])
    # Not only the order of the batches: who is in a batch together changes too.
    assert {frozenset(batch) for batch in orders[0]} != {frozenset(batch) for batch in orders[1]}


@pytest.mark.parametrize("spread", [(60, 900), (200, 400), (20, 1700)])
def test_padding_stays_low(spread: tuple[int, int]) -> None:
    """Sorting counts tokens: elsewhere it counted the keys of a record, and so did nothing."""
    draw = random.Random(1)
    lengths = [int(draw.triangular(*spread, spread[0])) for _ in range(400)]
    plan = BatchPlan(lengths, 4096, 16, seed=7)
    assert padding_share(lengths, plan.epoch(0)) < 0.05
    shuffled = [np.array(range(at, min(at + 8, 400))) for at in range(0, 400, 8)]
    assert padding_share(lengths, plan.epoch(0)) < padding_share(lengths, shuffled) / 2


def test_the_last_partial_batch_is_seen() -> None:
    """Elsewhere what does not fill a batch was never trained on, nor validated."""
    plan = BatchPlan([100] * 13, 4096, 4, seed=7)
    sizes = sorted(len(batch) for batch in plan.epoch(0))
    assert sum(sizes) == 13
    assert sizes == [3, 3, 3, 4]  # even: no step of one stray example
    assert BatchPlan([100], 4096, 4, seed=7).steps_per_epoch == 1


def test_padding_never_counts() -> None:
    """Elsewhere one padding token a row was in the loss."""
    made = examples([3, 7, 5], prompt=2)
    batch = collate(made, [1, 0, 2], multiple=8)
    assert batch.tokens.shape == batch.targets.shape == batch.mask.shape == (3, 8)
    assert batch.ids == ("e1", "e0", "e2")
    assert batch.lengths.tolist() == [6, 2, 4]
    for row, number in enumerate([1, 0, 2]):
        one = made[number]
        assert batch.targets[row][batch.mask[row]].tolist() == one.tokens[one.mask].tolist()
        assert batch.tokens[row, : len(one) - 1].tolist() == one.tokens[:-1].tolist()
        assert not batch.mask[row, batch.lengths[row] :].any()
    assert batch.target_count == sum(one.targets for one in made)


@settings(deadline=None)
@given(LENGTHS)
def test_a_row_is_the_same_in_any_company(lengths: list[int]) -> None:
    made = examples(lengths)
    whole = collate(made, list(range(len(made))))
    for row, one in enumerate(made):
        alone = collate(made, [row])
        length = len(one) - 1
        assert whole.tokens[row, :length].tolist() == alone.tokens[0].tolist()
        assert whole.targets[row][whole.mask[row]].tolist() == alone.targets[0][alone.mask[0]].tolist()


def test_what_cannot_be_batched_is_said_with_the_remedy() -> None:
    with pytest.raises(UsageError, match="batch_tokens: the longest example has 500 tokens"):
        BatchPlan([3, 500], 256, 4, seed=0)
    with pytest.raises(UsageError, match="no example"):
        BatchPlan([], 256, 4, seed=0)


def test_real_lengths_pad_little(shared_data: Any) -> None:
    import json

    for name in ("expenses/receipt", "manufacturing/work_order", "hr/resume"):
        lines = (shared_data / name / "train.jsonl").read_text("utf-8").split("\n")
        lengths = [min(len(json.loads(line)["input"]) // 3 + 200, 1500) for line in lines if line]
        assert padding_share(lengths, BatchPlan(lengths, 4096, 16, seed=7).epoch(0)) < 0.1
