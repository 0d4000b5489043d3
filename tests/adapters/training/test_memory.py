"""What a run needs follows its keys, and where memory is short the cheapest change comes first."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thresher.adapters.base_model import BaseModel
from thresher.adapters.errors import UsageError
from thresher.adapters.manifest import BoundBase, Data
from thresher.adapters.training.examples import Example
from thresher.adapters.training.memory import Room, affordable
from thresher.adapters.training.memory import estimate as estimate_in
from thresher.adapters.training.plan import Plan
from thresher.adapters.training.run_config import RunConfig

LINEAR = {
    f"model.layers.{block}.{part}": shape
    for block in range(8)
    for part, shape in {"self_attn.q_proj": (512, 512), "mlp.up_proj": (2048, 512)}.items()
}
NUMBERS = sum(outputs * inputs for outputs, inputs in LINEAR.values())
#: Four bits a number, and two numbers of 16 bits for each 32 of them.
PACKED = {name: outputs * inputs * 5 // 8 for name, (outputs, inputs) in LINEAR.items()}


def plan(packed: bool = True, longest: int = 200, **config: Any) -> Plan:
    identity = BoundBase(name="b", architecture="llama", fingerprint="f", tokenizer="t", template="t")
    base = BaseModel(
        Path("base"),
        identity,
        LINEAR,
        hidden_size=512,
        vocabulary=1000,
        heads=8,
        packed=PACKED if packed else {},
    )
    mask = np.arange(longest) >= longest - 20
    example = Example("d", 0, np.ones(longest, np.int32), mask, shared=0)
    return Plan(
        config=RunConfig(base=Path("base"), out=Path("out"), labels=(Path("l"),), **config),
        base=base,
        layers=tuple(LINEAR),
        train=(example,) * 3,
        validation=(),
        data=Data(fingerprint="0" * 64, train=3, validation=0),
        pack=None,
        parent=None,
        first={},
        notes=(),
    )


def estimate(plan: Plan, shares: int = 1) -> int:
    return estimate_in(plan, Room(0, shares=shares))


def test_the_base_takes_the_bytes_of_its_precision() -> None:
    whole, half = estimate(plan(precision="float32")), estimate(plan(precision="bfloat16"))
    assert whole - half > 2 * NUMBERS  # weights, and activations with them
    assert half > 2 * NUMBERS
    assert estimate(plan(precision="auto")) == whole  # not known yet: the larger one


def test_a_packed_base_takes_the_bytes_of_its_file() -> None:
    dense, packed = (estimate(plan(base_storage=how)) for how in ("dense", "packed"))
    largest = 2 * 4 * 2048 * 512  # one layer is expanded at a time
    assert dense - packed == 4 * NUMBERS - sum(PACKED.values()) - largest
    plain = [estimate(plan(packed=False, base_storage=how)) for how in ("dense", "packed")]
    assert plain == [dense, dense]  # nothing is quantised there


def test_a_base_that_is_shared_out_takes_its_share_and_the_blocks_in_hand() -> None:
    alone, one_of_four = estimate(plan(shard_base=True)), estimate(plan(shard_base=True), 4)
    assert alone == estimate(plan())
    assert alone - one_of_four == 4 * NUMBERS * 3 // 4 - 3 * 4 * NUMBERS // 8
    assert estimate(plan(), 4) == alone  # each process has all of it unless it is asked


def test_a_run_that_fits_stays_as_it_is() -> None:
    asked = plan()
    assert affordable(asked, Room(estimate(asked) * 2, shares=4, packs=True)) == (asked, [])


def room_for(wanted: Plan, **more: Any) -> Room:
    """Just enough for this one."""
    return Room(int(estimate(wanted, more.get("shares", 1)) / 0.9) + 2, **more)


def test_the_base_is_packed_before_anything_else() -> None:
    asked = plan(packed=True)
    changed, notes = affordable(asked, room_for(plan(base_storage="packed"), packs=True))
    assert changed.config == asked.config.model_copy(update={"base_storage": "packed"})
    assert notes == ["Memory is short: the base's quantised weights stay packed (base_storage)."]


def test_several_processes_share_the_base_out_next() -> None:
    wanted = plan(base_storage="packed", shard_base=True)
    changed, notes = affordable(plan(), room_for(wanted, shares=8, packs=True))
    assert changed.config == wanted.config
    assert notes[1] == "Memory is short: 8 processes share the base out (shard_base)."


def test_what_a_trainer_or_a_base_cannot_do_is_not_offered() -> None:
    for asked, packs in ((plan(), False), (plan(packed=False), True)):
        changed, _ = affordable(asked, room_for(plan(batch_tokens=2048), packs=packs))
        assert (changed.config.base_storage, changed.config.shard_base) == ("dense", False)
        assert changed.config.batch_tokens < asked.config.batch_tokens


def test_a_smaller_pass_changes_no_step() -> None:
    asked = plan(packed=False, accumulation=3)
    least = plan(packed=False, batch_tokens=256, gradient_checkpointing=True)
    changed, notes = affordable(asked, room_for(least))
    config = changed.config
    assert config.batch_tokens * config.accumulation == 3 * 4096
    assert config.batch_tokens >= 200
    assert config.gradient_checkpointing
    assert len(notes) >= 3


def test_activations_are_computed_twice_once_passes_are_small() -> None:
    """Passes of 1,024 tokens cost next to nothing; computing twice costs a third."""
    _, notes = affordable(plan(packed=False), room_for(plan(batch_tokens=256, gradient_checkpointing=True)))
    words = ("2048", "1024", "twice (", "512", "256")
    assert [next(word for word in words if word in note) for note in notes] == list(words)


def test_where_nothing_fits_the_run_says_what_it_needs() -> None:
    with pytest.raises(UsageError, match=r"needs about .* GB of memory, 0\.0 GB are free\. Set"):
        affordable(plan(), Room(1000, packs=True))


def test_a_run_that_goes_on_keeps_its_passes() -> None:
    """Smaller ones hold other examples: it would be another run, and its state would be refused."""
    enough = room_for(plan(base_storage="packed"), packs=True)
    changed, _ = affordable(plan(), enough, goes_on=True)
    assert changed.config == plan(base_storage="packed").config
    with pytest.raises(UsageError, match=r"goes on in passes of 4096 tokens.* --name of `thresher train`"):
        affordable(plan(), room_for(plan(base_storage="packed", batch_tokens=2048)), goes_on=True)


def test_no_pass_is_smaller_than_the_longest_example() -> None:
    least = estimate(plan(longest=3000, packed=False, batch_tokens=3000, gradient_checkpointing=True))
    with pytest.raises(UsageError):
        affordable(plan(longest=3000, packed=False), Room(least))  # of which a run may have nine tenths
    changed, _ = affordable(plan(longest=3000, packed=False), Room(least * 2))
    assert changed.config.batch_tokens == 4096


def test_scores_count_where_attention_keeps_them() -> None:
    kept, fused = (estimate_in(plan(), Room(0, scores=scores)) for scores in (True, False))
    assert kept - fused == 4 * 4096 * 8 * (3 * 8 * 200)
