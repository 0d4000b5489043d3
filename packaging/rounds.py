"""Rounds in which an adapter is trained: runs of one start alike, and the next goes on from their mean."""

import sys
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merging import mean, of_rounds
from recipes import Recipe
from scoring import run

from thresher.adapters.adapter import Adapter
from thresher.adapters.adapter_folder import read_adapter, write_adapter
from thresher.adapters.training.command import ADAPTER
from thresher.adapters.training.run_config import RunConfig, parse_run, save_run


@dataclass(frozen=True)
class Round:
    """The configurations of its runs, and the folder of what they make: one's adapter, or several's mean.

    `start` is the folder of what they start from where it is the mean of what `mean_of` rounds before made.
    """

    configs: list[RunConfig]
    made: Path
    start: Path | None
    mean_of: int


def planned(
    recipe: Recipe,
    start: dict[str, Any],
    work: Path,
    keys: dict[str, Any] | None = None,
    without: Container[str] = (),
) -> list[Round]:
    """What is to be trained in the folder `work`: `start` has the base, and the parent where there is one.

    `keys` take the place of a run's own. Sources of a name that is in `without` are left out.
    """
    rounds: list[Round] = []
    done = 0
    for number, (runs, mean_of) in enumerate(zip(recipe.rounds, recipe.starts, strict=True), 1):
        begun = work / f"start-{number}" if mean_of > 1 else None
        if begun:
            start = {**start, "parent": begun}
        configs: list[RunConfig] = []
        for one in runs:
            done += 1
            folder = work / f"run-{done}"
            asked = zip(one.keys["sets"], one.sources, strict=True)
            sets = [each for each, source in asked if source.name not in without]
            asked_for = {**start, "out": folder / "out", **one.keys, "sets": sets, **(keys or {})}
            configs.append(parse_run(asked_for, f"the recipe {recipe.name}", folder))
        made = configs[0].out / ADAPTER if len(configs) == 1 else work / f"mean-{number}"
        rounds.append(Round(configs, made, begun, mean_of))
        start = {**start, "parent": made}
    return rounds


def train(name: str, rounds: Sequence[Round], trainer: str) -> None:
    """Trains what is not there yet. Raises SystemExit where it was stopped; again, it goes on."""
    count, number = sum(len(one.configs) for one in rounds), 0
    for at, one in enumerate(rounds):
        if one.start and not one.start.exists():
            write_adapter(one.start, _mean(each.made for each in rounds[at - one.mean_of : at]))
        for config in one.configs:
            number += 1
            if one.made.exists():
                continue
            if count > 1:
                sys.stderr.write(f"{name}: run {number} of {count}\n")
            if not (config.out / ADAPTER).exists():
                path = config.out.parent / "run.yaml"
                save_run(path, config)
                run([sys.executable, "-P", "-m", f"thresher.{trainer}", str(path)], (0,))
        if not one.made.exists():
            write_adapter(one.made, _mean(config.out / ADAPTER for config in one.configs))


def trained(recipe: Recipe, rounds: Sequence[Round]) -> Adapter:
    """What the last round made, or the mean of what the last ones did, told of all of them."""
    return of_rounds([read_adapter(one.made) for one in rounds], recipe.mean_of_rounds)


def _mean(folders: Iterable[Path]) -> Adapter:
    return mean([read_adapter(folder) for folder in folders])
