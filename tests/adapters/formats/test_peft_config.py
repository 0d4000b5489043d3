"""Which layers a configuration means, and with what rank and scale: as PEFT itself says, rule by rule."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from thresher.adapters.errors import AdapterError
from thresher.adapters.formats.peft_config import rank_of, scale_of, targeted

LEAVES = ["self_attn.q_proj", "self_attn.qkv_proj", "mlp.up_proj", "mlp.experts.1.up_proj", "proj"]
NAMES = [
    f"{root}.{n}.{leaf}" for root in ("model.layers", "layers", "a.h") for n in (0, 1, 11) for leaf in LEAVES
]
targets = st.one_of(
    st.lists(st.sampled_from(["q_proj", "proj", "mlp.up_proj", "up_proj", "self_attn", *NAMES[:3]])),
    st.sampled_from(
        ["all-linear", "All-Linear", r".*\.q_proj", r".*(up|q)_proj", "q_proj", r"model\.layers\.1\..*"]
    ),
)
exclusions: st.SearchStrategy[str | list[str] | None] = st.one_of(
    st.none(), st.just([]), st.sampled_from(["up_proj", r".*mlp.*"]), st.just(["up_proj"])
)
chosen = st.one_of(st.none(), st.integers(0, 11), st.lists(st.sampled_from([0, 1, 11])))
layer_patterns: st.SearchStrategy[str | list[str] | None] = st.one_of(
    st.none(), st.just([]), st.sampled_from(["layers", "h", ["h", "layers"], ["blocks"], ""])
)
patterns = st.dictionaries(
    st.sampled_from(
        ["q_proj", "proj", r".*mlp.*", r"layers\.1\..*", r"^layers\.1\.mlp\.up_proj", "q|up_proj", ""]
    ),
    st.integers(1, 64),
    max_size=3,
)


@pytest.fixture(scope="module", autouse=True)
def _peft() -> None:
    """Imported once, outside of any example's deadline."""
    import peft  # noqa: F401


@given(targets, exclusions, chosen, layer_patterns, st.sampled_from(NAMES))
@example(["up_proj"], None, [1], None, "model.layers.0.mlp.experts.1.up_proj")
@example(["proj"], None, 1, ["layers"], "layers.1.proj")
def test_the_layers_are_those_that_peft_would_adapt(
    target: Any, excluded: Any, layers: Any, pattern: Any, name: str
) -> None:
    from peft.tuners.tuners_utils import check_target_module_exists

    config = {"target_modules": target, "exclude_modules": excluded, "layers_to_transform": layers}
    config["layers_pattern"] = pattern
    if isinstance(target, str) and target.lower() == "all-linear":
        config["target_modules"] = NAMES  # PEFT makes it the list of all linear layers first
        layers = None
    theirs = SimpleNamespace(**config, modules_to_save=None, target_parameters=None)
    found = check_target_module_exists(theirs, name)
    assert targeted(name, config | {"target_modules": target}) == (bool(found) and not _is_excluded(found))


def _is_excluded(found: Any) -> bool:
    return type(found).__name__ == "_ExcludedModule"


@given(patterns, patterns, st.booleans(), st.sampled_from(NAMES))
def test_rank_and_scale_are_those_that_peft_uses(
    ranks: dict[str, int], alphas: dict[str, int], rslora: bool, name: str
) -> None:
    from peft.utils.other import get_pattern_key

    rank = ranks.get(get_pattern_key(list(ranks), name), 8)
    alpha = alphas.get(get_pattern_key(list(alphas), name), 16)
    config = {"r": 8, "lora_alpha": 16, "rank_pattern": ranks, "alpha_pattern": alphas, "use_rslora": rslora}
    assert rank_of(name, config) == rank
    assert scale_of(name, config) == alpha / (rank**0.5 if rslora else rank)


def test_a_pattern_that_would_run_for_years_is_refused() -> None:
    with pytest.raises(
        AdapterError, match=r"fails or takes too long on model\.layers\.0\.aaaa.*List the layers"
    ):
        targeted("model.layers.0." + "a" * 60 + "!", {"target_modules": r"model\.layers\.0\.(a|aa)+$"})
