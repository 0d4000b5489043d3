"""What a run will need in memory, before it starts, and a smaller plan where that is not there.

An estimate from shapes and the run's keys alone, that errs on the high side: `docs/training.md` has it beside
what was measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from thresher.adapters.errors import UsageError
from thresher.adapters.training.plan import Plan

#: Of the free memory, what a run may plan with.
_SHARE = 0.9
#: Bytes of a number of the adapter and of logits.
_FLOAT = 4
#: Passes of as many tokens keep a device busy: larger ones are halved before activations are computed twice.
_FEW = 1024
#: How many blocks are whole at once where the base is shared out: the one that computes, what it was gathered
#: from, and the next.
_GATHERED = 3


@dataclass(frozen=True)
class Room:
    """The memory of each process of a run: `free` bytes, the least of any.

    `shares` is how many processes may share a base out, `packs` whether it may be kept packed here, `scores`
    whether attention keeps its scores for the way back, `wide` whether activations are float32 whatever the
    precision.
    """

    free: int
    shares: int = 1
    packs: bool = False
    scores: bool = True
    wide: bool = False


def affordable(plan: Plan, room: Room, *, goes_on: bool = False) -> tuple[Plan, list[str]]:
    """The plan, or one with other storage and smaller passes that fits, and what to tell the user about it.

    Of a smaller pass more are accumulated, so that a step has as many tokens; but it has other examples. So a
    run that `goes_on` keeps its passes. Raises UsageError where nothing fits.
    """
    free = int(room.free * _SHARE)
    notes: list[str] = []
    while (needed := estimate(plan, room)) > free:
        for keys, note in _changes(plan, room, goes_on):
            smaller = replace(plan, config=plan.config.model_copy(update=keys))
            if estimate(smaller, room) < needed:
                plan = smaller
                notes.append(f"Memory is short: {note}.")
                break
        else:
            if goes_on:
                raise UsageError(
                    f"the run goes on in passes of {plan.config.batch_tokens} tokens, with which it "
                    f"began, and needs about {_gigabytes(needed)} of memory, {_gigabytes(free)} are free. "
                    "Close other programs; or begin anew with smaller passes in another folder: "
                    "`batch_tokens` and `out` of the run's file, --batch-tokens and --name of `thresher "
                    "train`."
                )
            raise UsageError(
                f"the run needs about {_gigabytes(needed)} of memory, {_gigabytes(free)} are free. "
                "Set window_tokens or rank lower, use a smaller base, or close other programs."
            )
    return plan, notes


def _changes(plan: Plan, room: Room, goes_on: bool) -> Iterator[tuple[dict[str, Any], str]]:
    """Keys that may be changed for memory's sake, the cheapest in speed first, and what to say of each."""
    config = plan.config
    longest = _longest(plan)
    if room.packs and config.base_storage == "dense" and plan.base.packed:
        yield {"base_storage": "packed"}, "the base's quantised weights stay packed (base_storage)"
    if room.shares > 1 and not config.shard_base:
        yield {"shard_base": True}, f"{room.shares} processes share the base out (shard_base)"
    if goes_on:
        return
    half = config.batch_tokens // 2
    smaller = {"batch_tokens": half, "accumulation": config.accumulation * 2}
    if half >= max(longest, _FEW):
        yield smaller, f"batches of {half} tokens, twice as many a step"
    if not config.gradient_checkpointing:
        yield {"gradient_checkpointing": True}, "activations are computed twice (gradient_checkpointing)"
    if half >= longest:
        yield smaller, f"batches of {half} tokens, twice as many a step"


def estimate(plan: Plan, room: Room) -> int:
    """The bytes that a process of such room needs in the plan's largest pass, weights and optimiser too."""
    base, config = plan.base, plan.config
    number = 2 if config.precision == "bfloat16" else 4
    longest = _longest(plan)
    tokens = max(config.batch_tokens, longest)
    adapter = sum(
        config.rank * (outputs + inputs)
        for name, (outputs, inputs) in base.linear.items()
        if name in plan.layers
    )
    blocks = max(1, len({name.partition("layers.")[2].partition(".")[0] for name in base.linear}))
    # Each linear layer keeps its input; norms, gates and residuals about as much again.
    inside = 2 * sum(inputs + outputs for outputs, inputs in base.linear.values()) // blocks
    scores = 3 * base.heads * longest if room.scores else 0
    block = tokens * (inside + scores)
    kept = tokens * base.hidden_size * blocks + block if config.gradient_checkpointing else block * blocks
    targets = max((example.targets / len(example) for example in plan.train), default=0.0)
    logits = int(3 * tokens * targets * base.vocabulary)
    # The adapter, its gradients and two moments.
    own = _FLOAT * (4 * adapter + logits) + (_FLOAT if room.wide else number) * kept
    return own + _weights(plan, number, blocks, room.shares)


def _weights(plan: Plan, number: int, blocks: int, shares: int) -> int:
    """The bytes of the base in a process, where a number that is computed with has `number` bytes."""
    base, config = plan.base, plan.config
    dense = {name: number * outputs * inputs for name, (outputs, inputs) in base.linear.items()}
    packed = base.packed if config.base_storage == "packed" else {}
    linear = sum({**dense, **packed}.values())
    if config.shard_base and shares > 1:
        linear = linear // shares + _GATHERED * linear // blocks
    # One layer at a time is expanded, once in the type of its scales.
    expanded = 2 * max((dense[name] for name in packed), default=0)
    return linear + expanded + number * 2 * base.vocabulary * base.hidden_size


def _longest(plan: Plan) -> int:
    return max(len(example) for example in (*plan.train, *plan.validation))


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
