"""The layers that a run adapts, by name."""

from pathlib import Path

import pytest

from thresher.adapters.errors import UsageError
from thresher.adapters.training.first_adapter import chosen_layers
from thresher.adapters.training.run_config import RunConfig


def test_targets_are_chosen_by_name_and_never_silently_none(tmp_path: Path) -> None:
    run = RunConfig(base=tmp_path, out=tmp_path, labels=(tmp_path / "labels.jsonl",))
    linear = [f"model.layers.{n}.{part}" for n in (0, 1) for part in ("self_attn.q_proj", "mlp.down_proj")]
    assert chosen_layers(run, linear) == sorted(linear)
    one = run.model_copy(update={"targets": ("q_proj",)})
    assert chosen_layers(one, linear) == [name for name in sorted(linear) if "q_proj" in name]
    with pytest.raises(UsageError, match=r"named 'k_prj'\. There are: down_proj, q_proj"):
        chosen_layers(run.model_copy(update={"targets": ("q_proj", "k_prj")}), linear)
