"""A share of an adapter, and the mean of several."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.adapter import Adapter, LoraLayer
from thresher.adapters.adapter_folder import read_adapter
from thresher.adapters.errors import UsageError

SHAPES = {"up": (12, 7), "down": (7, 12)}


@pytest.fixture(scope="module")
def adapter(repository: Path) -> Adapter:
    """One that ships, whose manifest is whole."""
    return read_adapter(repository / "adapters" / "general" / "starter")


def of_rank(adapter: Adapter, rank: int, seed: int, alpha: float) -> Adapter:
    chance = np.random.default_rng(seed)

    def matrix(*shape: int) -> Any:
        return chance.standard_normal(shape).astype(np.float32)

    layers = {
        name: LoraLayer(matrix(rank, inputs), matrix(outputs, rank))
        for name, (outputs, inputs) in SHAPES.items()
    }
    return replace(adapter, layers=layers, alpha=alpha, calibrations=())


def changes(adapter: Adapter) -> dict[str, Any]:
    """What is added to each matrix of the base."""
    return {name: adapter.scale * layer.b @ layer.a for name, layer in adapter.layers.items()}


@given(
    ranks=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    alpha=st.floats(0.5, 16),
    seed=st.integers(0, 99),
)
def test_the_mean_is_the_nearest_of_its_rank(
    scripts: dict[str, Any], adapter: Adapter, ranks: list[int], alpha: float, seed: int
) -> None:
    several = [of_rank(adapter, rank, seed + rank, alpha + rank) for rank in ranks]
    mean = scripts["merging"].mean(several)
    assert (mean.rank, mean.alpha) == (ranks[0], several[0].alpha)
    for name, got in changes(mean).items():
        wanted = np.mean([changes(one)[name] for one in several], axis=0)
        values = np.linalg.svd(wanted, compute_uv=False)
        # No matrix of that rank is nearer than what its singular values leave over.
        left = np.linalg.norm(values[ranks[0] :])
        np.testing.assert_allclose(np.linalg.norm(got - wanted), left, rtol=1e-3, atol=1e-3 * values[0])


def test_the_mean_of_the_same_twice_and_of_one_is_the_same(scripts: dict[str, Any], adapter: Adapter) -> None:
    one = of_rank(adapter, 3, 1, 6.0)
    assert scripts["merging"].mean([one]) is one
    for name, got in changes(scripts["merging"].mean([one, one])).items():
        np.testing.assert_allclose(got, changes(one)[name], rtol=1e-4, atol=1e-4)


def test_the_manifest_counts_all(scripts: dict[str, Any], adapter: Adapter) -> None:
    several = [of_rank(adapter, 2, seed, 4.0) for seed in range(3)]
    before, after = adapter.manifest, scripts["merging"].mean(several).manifest
    assert before.recipe is not None
    assert before.data is not None
    assert after.recipe.steps == 3 * before.recipe.steps
    assert after.recipe.configuration == {"mean_of": [before.recipe.configuration] * 3}
    assert after.data == before.data  # they learnt the same labels
    assert after.base == before.base
    data = before.data.model_copy(update={"fingerprint": "0" * 64})
    other = replace(several[0], manifest=before.model_copy(update={"data": data}))
    both = scripts["merging"].mean([*several, other]).manifest
    assert both.data.train == 2 * before.data.train
    assert both.data.fingerprint not in (before.data.fingerprint, data.fingerprint)


def test_the_last_of_a_row_counts_all_and_names_where_the_row_began(
    scripts: dict[str, Any], adapter: Adapter
) -> None:
    started = adapter.manifest.model_copy(update={"parent": "a" * 64})
    went_on = adapter.manifest.model_copy(update={"parent": "b" * 64})
    first = replace(of_rank(adapter, 2, 1, 4.0), manifest=started)
    second = replace(of_rank(adapter, 2, 2, 4.0), manifest=went_on)
    after = scripts["merging"].of_rounds([first, second])
    assert (after.layers, after.alpha) == (second.layers, second.alpha)
    before = adapter.manifest.recipe
    assert before is not None
    assert (after.manifest.parent, after.manifest.recipe.steps) == ("a" * 64, 2 * before.steps)
    assert after.manifest.recipe.configuration == {"rounds": [before.configuration] * 2}
    assert after.manifest.data == adapter.manifest.data
    assert scripts["merging"].of_rounds([first]) is first
    averaged = scripts["merging"].of_rounds([first, second], (1, 1))
    for name, change in changes(scripts["merging"].mean([first, second])).items():
        np.testing.assert_array_equal(changes(averaged)[name], change)
    assert averaged.manifest.recipe.configuration["mean_of_rounds"] == 2
    assert averaged.manifest.parent == "a" * 64
    shared = scripts["merging"].of_rounds([first, second], (1, 3))
    assert shared.manifest.recipe.configuration["mean_of_rounds"] == [1, 3]


def test_each_adapter_counts_by_its_share(scripts: dict[str, Any], adapter: Adapter) -> None:
    mean = scripts["merging"].mean
    # Of a rank that holds both whole, so that nothing is cut.
    wide, narrow = of_rank(adapter, 6, 1, 12.0), of_rank(adapter, 1, 2, 2.0)
    for name, change in changes(mean([wide, narrow, narrow, narrow])).items():
        np.testing.assert_allclose(changes(mean([wide, narrow], (1, 3)))[name], change, atol=1e-4)


def test_adapters_of_other_layers_or_another_base_have_no_mean(
    scripts: dict[str, Any], adapter: Adapter
) -> None:
    one = of_rank(adapter, 2, 1, 4.0)
    fewer = replace(one, layers={"up": one.layers["up"]})
    base = adapter.manifest.base.model_copy(update={"fingerprint": "0" * 64})
    other = replace(one, manifest=adapter.manifest.model_copy(update={"base": base}))
    for wrong in (fewer, other):
        with pytest.raises(UsageError, match="of another base or other layers"):
            scripts["merging"].mean([one, wrong])


def test_a_share_changes_the_base_so_many_times_as_much(scripts: dict[str, Any], adapter: Adapter) -> None:
    one = of_rank(adapter, 2, 1, 4.0)
    half = scripts["merging"].scaled(one, 0.5)
    assert half.alpha == one.alpha
    for name, got in changes(half).items():
        np.testing.assert_allclose(got, changes(one)[name] / 2, rtol=1e-6)
