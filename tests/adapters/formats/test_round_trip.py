"""Random adapters go PEFT → ours → mlx-lm → ours → PEFT and compute at each stop what they did at first."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from thresher.adapters.adapter_folder import read_adapter, write_adapter
from thresher.adapters.errors import AdapterError
from thresher.adapters.formats.exporting import export
from thresher.adapters.formats.importing import import_mlx_lm, import_peft

#: Of the last bits of the weights. Two implementations differ by 0.2 to 1.6 of them.
STEPS = 8
LEAVES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def as_written(patterns: dict[str, int]) -> dict[str, int]:
    """PEFT writes its file with sorted keys, and of two patterns that match the first one counts."""
    return dict(sorted(patterns.items()))


configs = st.fixed_dictionaries(
    {
        "r": st.integers(1, 9),
        "lora_alpha": st.integers(8, 24),
        "use_rslora": st.booleans(),
        "target_modules": st.lists(st.sampled_from(LEAVES), min_size=1, unique=True),
        "layers_to_transform": st.none() | st.lists(st.integers(0, 3), min_size=1, unique=True),
        "rank_pattern": st.dictionaries(
            st.sampled_from([*LEAVES, r"layers\.1\..*"]), st.integers(1, 9), max_size=2
        ).map(as_written),
        "alpha_pattern": st.dictionaries(
            st.sampled_from([*LEAVES, r"layers\.3\..*"]), st.integers(8, 24), max_size=2
        ).map(as_written),
    }
)


# A random pattern may be of a module that the random targets leave out.
@pytest.mark.filterwarnings("ignore:The following .*_pattern keys did not match:RuntimeWarning")
@pytest.mark.parametrize("kind", ["llama", "qwen3", "gemma", "gemma3_text"])
def test_a_random_adapter_comes_back(twin: Callable[[str], Any], kind: str) -> None:
    here = twin(kind)

    # Each example asks PEFT and mlx-lm to load a model: a few, and without a deadline for the first imports.
    @settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(configs)
    def check(config: dict[str, Any]) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            _round(here, Path(scratch), config)

    check()


def test_ranks_whose_order_the_file_has_lost_are_refused(twin: Callable[[str], Any], tmp_path: Path) -> None:
    """PEFT wrote the pattern that counted last: PEFT itself cannot load this file any more."""
    here = twin("llama")
    patterns = {"q_proj": 1, r"layers\.1\..*": 2}
    here.save_peft(tmp_path / "lost", r=1, lora_alpha=8, target_modules=["q_proj"], rank_pattern=patterns)
    with pytest.raises(AdapterError, match="do not have the rank 2 of the configuration"):
        import_peft(tmp_path / "lost", here.base, None, "it")


def _round(here: Any, folder: Path, config: dict[str, Any]) -> None:
    logits = here.save_peft(folder / "first", **config)
    tolerance = STEPS * here.last_bits(folder / "first")
    # Where rounding weighs as much as a small error would, nothing is told.
    assume(100 * tolerance < np.abs(logits - here.plain).max())
    first = import_peft(folder / "first", here.base, None, "it")
    write_adapter(folder / "ours", first)
    ours = read_adapter(folder / "ours", here.base)
    export(ours, here.base, folder / "mlx", "mlx_lm")
    np.testing.assert_allclose(here.mlx_lm(folder / "mlx"), logits, atol=tolerance)
    second = import_mlx_lm(folder / "mlx", here.base, None, "it")
    export(second, here.base, folder / "last", "peft")
    np.testing.assert_allclose(here.peft(folder / "last"), logits, atol=tolerance)
    np.testing.assert_allclose(here.engine(second), logits, atol=tolerance)
    last = import_peft(folder / "last", here.base, None, "it")
    assert set(first.layers) <= set(last.layers)
    for name, layer in last.layers.items():  # mlx-lm's gaps come back as zeros
        same = first.layers.get(name)
        np.testing.assert_array_equal(layer.a, same.a if same else 0)
        np.testing.assert_array_equal(layer.b, same.b if same else 0)
