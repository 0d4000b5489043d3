"""Rounds in which an adapter is trained: runs of one start alike, and the next goes on from their mean."""

import sys
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any

from merging import mean, of_rounds
from recipes import Recipe
from scoring import run

from thresher.adapters.adapter import Adapter
from thresher.adapters.adapter_folder import read_adapter, write_adapter
from thresher.adapters.training.command import ADAPTER
from thresher.adapters.training.run_config import RunConfig, parse_run, save_run

#: The configurations of the runs of each round.
Rounds = list[list[RunConfig]]


def planned(
    recipe: Recipe,
    start: dict[str, Any],
    work: Path,
    keys: dict[str, Any] | None = None,
    without: Container[str] = (),
) -> Rounds:
    """What is to be trained in the folder `work`: `start` has the base, and the parent where there is one.

    `keys` take the place of a run's own. Sources of a name that is in `without` are left out.
    """
    rounds: Rounds = []
    for number, runs in enumerate(recipe.rounds, 1):
        configs: list[RunConfig] = []
        for one in runs:
            folder = work / f"run-{sum(map(len, rounds)) + len(configs) + 1}"
            asked = zip(one.keys["sets"], one.sources, strict=True)
            sets = [each for each, source in asked if source.name not in without]
            asked_for = {**start, "out": folder / "out", **one.keys, "sets": sets, **(keys or {})}
            configs.append(parse_run(asked_for, f"the recipe {recipe.name}", folder))
        rounds.append(configs)
        start = {**start, "parent": _made_in(work, number, configs)}
    return rounds


def train(name: str, rounds: Rounds, work: Path, trainer: str) -> None:
    """Trains what is not there yet. Raises SystemExit where it was stopped; again, it goes on."""
    count, number = sum(map(len, rounds)), 0
    for at, configs in enumerate(rounds, 1):
        made = _made_in(work, at, configs)
        for config in configs:
            number += 1
            if made.exists():
                continue
            if count > 1:
                sys.stderr.write(f"{name}: run {number} of {count}\n")
            if not (config.out / ADAPTER).exists():
                path = config.out.parent / "run.yaml"
                save_run(path, config)
                run([sys.executable, "-P", "-m", f"thresher.{trainer}", str(path)], (0,))
        if not made.exists():
            write_adapter(made, mean([read_adapter(config.out / ADAPTER) for config in configs]))


def trained(recipe: Recipe, rounds: Rounds, work: Path) -> Adapter:
    """What the last round made, or the mean of what the last ones did, told of all of them."""
    each = [read_adapter(_made_in(work, at, configs)) for at, configs in enumerate(rounds, 1)]
    return of_rounds(each, recipe.mean_of_rounds)


def _made_in(work: Path, number: int, configs: Sequence[RunConfig]) -> Path:
    """The folder of what a round makes: one run's adapter, or the mean of several."""
    return configs[0].out / ADAPTER if len(configs) == 1 else work / f"mean-{number}"
