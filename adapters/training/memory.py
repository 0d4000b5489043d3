"""What a run will need in memory, before it starts, and a smaller plan where that is not there.

An estimate from the shapes alone, in float32, that errs on the high side; `tests/benchmarks` shows it beside
what was measured.
"""

from dataclasses import replace

from thresher.adapters.errors import UsageError
from thresher.adapters.training.plan import Plan

_FLOAT = 4
#: Of the free memory, what a run may plan with.
_SHARE = 0.9


def affordable(plan: Plan, free: int) -> tuple[Plan, list[str]]:
    """The plan, or one with smaller passes that fits `free` bytes, and what to tell the user about it.

    A smaller pass changes no step: more passes are accumulated. Raises UsageError where nothing fits.
    """
    room = int(free * _SHARE)
    config = plan.config
    longest = max(len(example) for example in (*plan.train, *plan.validation))
    notes: list[str] = []
    while (needed := estimate(plan)) > room:
        if not config.gradient_checkpointing:
            config = config.model_copy(update={"gradient_checkpointing": True})
            notes.append("Memory is short: activations are computed twice (gradient_checkpointing).")
        elif config.batch_tokens // 2 >= longest:
            config = config.model_copy(
                update={"batch_tokens": config.batch_tokens // 2, "accumulation": config.accumulation * 2}
            )
            notes.append(f"Memory is short: batches of {config.batch_tokens} tokens, twice as many a step.")
        else:
            raise UsageError(
                f"the run needs about {_gigabytes(needed)} of memory, {_gigabytes(room)} are free. "
                "Set window_tokens or rank lower, use a smaller base, or close other programs."
            )
        plan = replace(plan, config=config)
    return plan, notes


def estimate(plan: Plan) -> int:
    """The bytes that the plan's largest pass needs, weights and optimiser included."""
    base, config = plan.base, plan.config
    longest = max(len(example) for example in (*plan.train, *plan.validation))
    tokens = max(config.batch_tokens, longest)
    weights = sum(outputs * inputs for outputs, inputs in base.linear.values())
    weights += 2 * base.vocabulary * base.hidden_size
    adapter = sum(
        config.rank * (outputs + inputs)
        for name, (outputs, inputs) in base.linear.items()
        if name in plan.layers
    )
    blocks = max(1, len({name.partition("layers.")[2].partition(".")[0] for name in base.linear}))
    # Each linear layer keeps its input; norms, gates and residuals about as much again.
    inside = 2 * sum(inputs + outputs for outputs, inputs in base.linear.values()) // blocks
    scores = 3 * base.heads * longest
    block = tokens * (inside + scores)
    kept = tokens * base.hidden_size * blocks + block if config.gradient_checkpointing else block * blocks
    targets = max((example.targets / len(example) for example in plan.train), default=0.0)
    logits = int(3 * tokens * targets * base.vocabulary)
    # The adapter, its gradients and two moments, and a copy of the best one.
    return _FLOAT * (weights + 5 * adapter + kept + logits)


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
