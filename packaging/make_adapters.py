"""Make the adapters that ship, each from its recipe in `packaging/adapters/`.

    make adapters DATA=/path/to/labelled/documents
    python packaging/make_adapters.py DATA general expenses --trainer cuda

Each is trained, chosen, scored and calibrated on documents that were held back, and written to where the
wheel takes it from, in float16, with a card. What is there already is left alone, but for a calibration where
it has none; what was stopped or killed goes on where it was when the same command comes again.
What is no better than its parent does not ship. `packaging/adapters/made.yaml` says how long each took.
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from adapter_card import card
from merging import by_names, scaled
from recipes import GENERAL, MADE, Recipe, read_recipe, recipe_names
from rounds import Round, planned, train, trained
from scoring import Scorer

from thresher.adapters.adapter import Adapter
from thresher.adapters.adapter_folder import read_adapter, remove_adapter, write_adapter
from thresher.adapters.atomic import replacing
from thresher.adapters.blas import load_fast_blas
from thresher.adapters.calibration import CALIBRATION_FILE, Calibration
from thresher.adapters.errors import ThresherError, UsageError
from thresher.adapters.manifest import Manifest, Score, read_manifest
from thresher.adapters.pack_library import SHIPPED
from thresher.adapters.training.read_sets import read_sets
from thresher.adapters.training.split import document_key
from thresher.app.locations import Locations
from thresher.app.registry.folders import GENERAL as GENERAL_FOLDER


class Maker:
    """Makes adapters for one base from one folder of labelled documents."""

    def __init__(
        self, data: Path, work: Path, base: str, trainer: str, machine: str, keys: dict[str, Any]
    ) -> None:
        """`work` holds what is not finished; `keys` take the place of a recipe's keys of the run."""
        self._data, self._work, self._base = data.absolute(), work.absolute(), base
        self._trainer, self._machine, self._keys = trainer, machine, keys
        self._home = Locations(self._work / "home")
        self._model = Locations.default().models / base

    def place(self, name: str) -> Path:
        """Where the wheel takes the adapter of that recipe from."""
        pack = GENERAL_FOLDER if name == GENERAL else SHIPPED / name / "adapters"
        return pack / self._base

    def make(self, name: str) -> None:
        """Makes one, or says that it is there. Raises ThresherError, SystemExit where a step was stopped."""
        recipe = read_recipe(name, self._data, self._work / "made")
        place = self.place(name)
        if (place / CALIBRATION_FILE).exists() or (place.exists() and not recipe.calibrated):
            say(f"{name}: is there already ({place})")
            self._check(recipe)
            return
        if not (self._model / "config.json").is_file():
            raise UsageError(
                f"the base {self._base} is not installed. Run `thresher models pull {self._base}`."
            )
        is_new = not place.exists()
        if is_new:
            say(f"{name}: training")
            train(name, self._rounds(recipe), self._trainer)
        say(f"{name}: scoring and calibrating")
        began = time.monotonic()
        scorer = Scorer(self._home, self._base)
        shipped = self._candidate(recipe).manifest.scores
        scores = shipped or [scorer.score(name, source) for source in recipe.scored]
        if worse := self._worse(recipe, scores):
            say(f"{name}: does not ship: {worse}")
            return
        seen = self._seen(recipe) if recipe.calibrated else {}
        calibrations = [scorer.calibrate(name, source, seen[source.name]) for source in recipe.calibrated]
        self._ship(recipe, scores, calibrations)
        if is_new:
            self._note(recipe, round(time.monotonic() - began))
        say(f"{name}: written to {place}")

    def _worse(self, recipe: Recipe, scores: Sequence[Score]) -> str:
        """Where it is no better than its parent on the very same documents; "" where it is, or has none."""
        before = read_manifest(self.place(recipe.parent)).scores if recipe.parent else ()
        parents = {(one.domain, one.record_type, one.data): one.f1 for one in before}
        return "; ".join(
            f"{one.domain}/{one.record_type}: F1 {one.f1:.3f}, the {recipe.parent} adapter's {f1:.3f}"
            for one in scores
            if (f1 := parents.get((one.domain, one.record_type, one.data))) is not None and one.f1 <= f1
        )

    def _check(self, recipe: Recipe) -> None:
        """Says what an adapter that is there no longer agrees with."""
        before = made().get(recipe.name, {}).get("recipe")
        if before not in (None, recipe.hash):
            say(f"  its recipe is another now: remove {self.place(recipe.name)} to make it anew")
        if recipe.parent and (parent := self.place(recipe.parent)).exists():
            own = read_manifest(self.place(recipe.name)).parent
            if own != read_manifest(parent).weights:
                say(f"  the {recipe.parent} adapter is another now: remove it to make it anew")

    def _rounds(self, recipe: Recipe) -> list[Round]:
        start: dict[str, Any] = {"base": self._model}
        if recipe.parent:
            if not self.place(recipe.parent).exists():
                raise UsageError(
                    f"{recipe.name}: starts from {recipe.parent}, which is not there. Make it first."
                )
            start["parent"] = self.place(recipe.parent)
        return planned(recipe, start, self._work / recipe.name, self._keys)

    def _candidate(self, recipe: Recipe) -> Adapter:
        """The adapter as it will ship, where commands find it by the recipe's name."""
        self._home.models.mkdir(parents=True, exist_ok=True)
        model = self._home.models / self._base
        if not model.exists():
            model.symlink_to(self._model, target_is_directory=True)
        folder, place = self._home.adapters / recipe.name, self.place(recipe.name)
        if not folder.exists():
            if place.exists():
                adapter = read_adapter(place)
            else:
                whole = trained(recipe, self._rounds(recipe))
                adapter = by_names(scaled(whole, recipe.strength), recipe.names_decide)
            write_adapter(folder, adapter, half=True)
        return read_adapter(folder)

    def _seen(self, recipe: Recipe) -> dict[str, set[str]]:
        """The keys of the documents, by set, that a training saw: this one's or its parent's."""
        seen: dict[str, set[str]] = {}
        parents = [read_recipe(recipe.parent, self._data, self._work / "made")] if recipe.parent else []
        for one in (recipe, *parents):
            configs = chain.from_iterable(each.configs for each in self._rounds(one))
            for config, made_of in zip(configs, one.runs, strict=True):
                for each, source in zip(read_sets(config)[0], made_of.sources, strict=True):
                    labels = (*each.sides.train, *each.sides.validation)
                    seen.setdefault(source.name, set()).update(document_key(label.text) for label in labels)
        return seen

    def _ship(self, recipe: Recipe, scores: Sequence[Score], calibrations: Sequence[Calibration]) -> None:
        adapter = self._candidate(recipe)
        before = adapter.manifest
        assert before.data is not None, "an adapter that was trained has data"
        domain = before.pack.domain if before.pack else GENERAL
        told = {
            "licence": "; ".join(dict.fromkeys(one.licence for one in recipe.sources)),
            "attribution": "; ".join(
                dict.fromkeys(f"{one.title} ({one.attribution})" for one in recipe.sources)
            ),
        }
        manifest: Manifest = before.model_copy(
            update={
                "name": f"{domain}-{self._base}",
                "origin": "shipped",
                "scores": tuple(scores),
                "unfit_for": recipe.unfit_for,
                "data": before.data.model_copy(update=told),
            }
        )
        content = card(recipe, manifest, calibrations, self._machine).encode()
        place = self.place(recipe.name)
        if place.exists():
            remove_adapter(place)
        write_adapter(
            place,
            replace(adapter, manifest=manifest, calibrations=tuple(calibrations)),
            half=True,
            beside={"README.md": content},
        )

    def _note(self, recipe: Recipe, seconds: int) -> None:
        """Writes down how it was made."""
        manifest = read_manifest(self.place(recipe.name))
        assert manifest.recipe is not None, "what was trained has a recipe"
        assert manifest.data is not None, "and data"
        facts = {
            "trainer": manifest.recipe.trainer,
            "machine": self._machine,
            "labels": manifest.data.train,
            "steps": manifest.recipe.steps,
            "training_seconds": round(manifest.recipe.seconds),
            "scoring_seconds": seconds,
            "f1": {f"{one.domain}/{one.record_type}": one.f1 for one in manifest.scores},
            "recipe": recipe.hash,
        }
        head = "# How long each adapter took that ships, and where. Written by packaging/make_adapters.py.\n"
        with replacing(MADE) as file:
            file.write((head + yaml.safe_dump({**made(), recipe.name: facts}, sort_keys=False)).encode())


def made() -> dict[str, Any]:
    """What was made, by recipe, and how long it took."""
    return yaml.safe_load(MADE.read_text("utf-8")) or {} if MADE.exists() else {}


def say(line: str) -> None:
    """A line on stderr."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "data", type=Path, help="the folder of labelled documents: DOMAIN/RECORD_TYPE/train.jsonl"
    )
    parser.add_argument("names", nargs="*", help="which to make; all where none is named")
    parser.add_argument("--trainer", choices=["mlx", "cuda"], default="mlx")
    parser.add_argument("--base", default="starter", help="the base model, by its installed name")
    parser.add_argument(
        "--work", type=Path, default=Path("build/adapters"), help="where what is not finished lies"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="a key of the run, for all"
    )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    parser.add_argument("--machine", default=f"{cores} cores of {platform.machine()}", help="for the card")
    asked = parser.parse_args()
    if warning := load_fast_blas().warning:  # the commands that train and score run quietly
        say(f"note: {warning}")
    try:
        keys = {name: yaml.safe_load(value) for name, _, value in (one.partition("=") for one in asked.set)}
        maker = Maker(asked.data, asked.work, asked.base, f"train_{asked.trainer}", asked.machine, keys)
        for name in asked.names or recipe_names():
            maker.make(name)
    except ThresherError as error:
        say(f"Error: {error}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
