"""Adapters of several rounds, trained on a tiny base: where each begins, and what of them ships."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from thresher.adapters.adapter import Adapter
from thresher.adapters.adapter_folder import read_adapter
from thresher.adapters.manifest import read_manifest

from .conftest import SETS


@dataclass
class Made:
    """What a recipe made: its runs in order, what ships, and the card, on one line."""

    work: Path
    runs: list[Adapter]
    shipped: Adapter
    card: str


@pytest.fixture
def made(
    make: Any, scripts: dict[str, Any], tmp_path: Path, always_better: None
) -> Callable[[str, dict[str, Any]], Made]:
    """Makes the adapter of that name from that recipe."""

    def made(name: str, recipe: dict[str, Any]) -> Made:
        (scripts["recipes"].FOLDER / f"{name}.yaml").write_text(yaml.safe_dump(recipe), "utf-8")
        make().make(name)
        work, place = tmp_path / "work" / name, make().place(name)
        runs = [read_adapter(run / "out" / "adapter") for run in sorted(work.glob("run-*"))]
        card = " ".join((place / "README.md").read_text("utf-8").split())
        return Made(work, runs, read_adapter(place), card)

    return made


def ships(shipped: Adapter, whole: Adapter, strength: float = 1.0) -> None:
    """It is that adapter, at that strength, in float16."""
    assert shipped.layers.keys() == whole.layers.keys()
    for name, layer in shipped.layers.items():
        np.testing.assert_array_equal(layer.b, (whole.layers[name].b * strength).astype(np.float16))


def test_the_last_of_several_rounds_ships(make: Any, made: Callable[[str, dict[str, Any]], Made]) -> None:
    make().make("general")
    varied = {"augment": {"share": 0.75, "swap": 1.0}, "learning_rate": 0.001}
    recipe = {
        "parent": "general",
        "run": {"learning_rate": 0.01},
        "rounds": [{}, varied],
        "sets": {"expenses/receipt": None},
    }
    one = made("expenses", recipe)
    first, second = one.runs
    general = read_manifest(make().place("general")).weights
    assert (first.manifest.parent, second.manifest.parent) == (general, first.manifest.weights)
    ships(one.shipped, second)
    assert one.shipped.manifest.parent == general
    assert one.shipped.manifest.recipe is not None
    assert one.shipped.manifest.recipe.steps == 4
    rates = (
        "4 steps in 2 rounds, each at a peak rate of 0.01 and then 0.001, the first from the general adapter"
    )
    assert rates in one.card
    assert "varied in 75% of what round 2 showed" in one.card


def test_a_round_goes_on_from_the_mean_of_the_one_before(
    scripts: dict[str, Any], made: Callable[[str, dict[str, Any]], Made]
) -> None:
    recipe = {
        "strength": 0.5,
        "run": {"learning_rate": 0.01},
        "rounds": [
            {"runs": [{"seed": 1}, {"seed": 2}]},
            {"learning_rate": 0.002, "augment": {"share": 0.5}, "sets": {name: {"most": 3} for name in SETS}},
        ],
        "sets": {name: {"most": 2} for name in SETS},
    }
    general = made("general", recipe)
    one, two, third = general.runs
    mean = read_adapter(general.work / "mean-1")
    for name, layer in scripts["merging"].mean([one, two]).layers.items():
        np.testing.assert_array_equal(mean.layers[name].b, layer.b)
    assert third.manifest.parent == mean.manifest.weights
    ships(general.shipped, third, strength=0.5)
    manifest = general.shipped.manifest
    assert manifest.parent is None
    assert manifest.recipe is not None
    assert manifest.data is not None
    steps = [each.manifest.recipe.steps for each in general.runs if each.manifest.recipe]
    assert manifest.recipe.steps == sum(steps)
    # Both runs of the first round have the same labels.
    assert manifest.data.train == (2 + 3) * len(SETS)
    assert (
        "steps in 2 rounds (2 runs in round 1), each at a peak rate of 0.01 and then 0.002, the"
        in general.card
    )
    assert "each other from the one before, of several runs from their mean" in general.card
    assert "varied in 50% of what round 2 showed" in general.card


def test_the_mean_of_the_last_rounds_runs_ships(
    scripts: dict[str, Any], made: Callable[[str, dict[str, Any]], Made]
) -> None:
    recipe = {
        "run": {"learning_rate": 0.01},
        "rounds": [{}, {"learning_rate": 0.002, "runs": [{"seed": 2}, {"seed": 3}]}],
        "sets": {name: {"most": 2} for name in SETS},
    }
    general = made("general", recipe)
    first, two, three = general.runs
    assert two.manifest.parent == three.manifest.parent == first.manifest.weights
    ships(general.shipped, scripts["merging"].mean([two, three]))
    assert general.shipped.manifest.parent is None
    rates = "in 2 rounds (2 runs in round 2), each at a peak rate of 0.01 and then 0.002, the first"
    assert rates in general.card
    assert "The adapter is the mean of what the last runs made." in general.card
    assert "from their mean" not in general.card


@pytest.mark.parametrize(
    ("before", "mean_of", "of"),
    [(0, 2, "the rounds"), (1, 2, "the last 2 rounds"), (0, [1, 3], "the rounds, in shares of 1:3,")],
)
def test_the_mean_of_the_last_rounds_ships_where_the_recipe_has_it_so(
    scripts: dict[str, Any],
    made: Callable[[str, dict[str, Any]], Made],
    before: int,
    mean_of: int | list[int],
    of: str,
) -> None:
    recipe = {
        "mean_of_rounds": mean_of,
        "run": {"learning_rate": 0.01},
        "rounds": [*[{"seed": 3}] * before, {}, {"learning_rate": 0.002, "seed": 2}],
        "sets": {name: {"most": 2} for name in SETS},
    }
    general = made("general", recipe)
    *_, last_but_one, last = general.runs
    assert last.manifest.parent == last_but_one.manifest.weights
    shares = mean_of if isinstance(mean_of, list) else None
    ships(general.shipped, scripts["merging"].mean([last_but_one, last], shares))
    manifest = general.shipped.manifest
    assert manifest.parent is None
    assert manifest.recipe is not None
    assert len(manifest.recipe.configuration["rounds"]) == 2 + before
    assert manifest.recipe.configuration["mean_of_rounds"] == mean_of
    assert f"in {2 + before} rounds, each at a peak rate of 0.01 and then 0.002, the first" in general.card
    assert f"The adapter is the mean of what {of} made." in general.card


def test_a_round_goes_on_from_the_mean_of_several_before_it(
    scripts: dict[str, Any], made: Callable[[str, dict[str, Any]], Made]
) -> None:
    recipe = {
        "run": {"learning_rate": 0.01},
        "rounds": [
            {},
            {"seed": 2},
            {"seed": 3, "from_mean_of": 2, "sets": {name: {"most": 3} for name in SETS}},
        ],
        "sets": {name: {"most": 2} for name in SETS},
    }
    general = made("general", recipe)
    one, two, three = general.runs
    start = read_adapter(general.work / "start-3")
    for name, layer in scripts["merging"].mean([one, two]).layers.items():
        np.testing.assert_array_equal(start.layers[name].b, layer.b)
    assert three.manifest.parent == start.manifest.weights
    ships(general.shipped, three)
    assert "each other from the one before; round 3 from the mean of the 2 before" in general.card
    assert "Trained on 10 labels in 3 runs, many in more than one;" in general.card
