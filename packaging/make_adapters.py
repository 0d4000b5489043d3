"""Make the adapters that ship, each from its recipe in `packaging/adapters/`.

    make adapters DATA=/path/to/labelled/documents
    python packaging/make_adapters.py DATA general expenses --trainer cuda

Each is trained, chosen and scored on documents that were held back, and written to where the wheel takes it
from, in float16, with a card. What is there already is left alone; what was stopped or killed goes on where
it was when the same command comes again. `packaging/adapters/made.yaml` says how long each took.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from adapter_card import card
from recipes import GENERAL, MADE, Recipe, Source, read_recipe, recipe_names

from thresher.adapters.adapter_folder import read_adapter, write_adapter
from thresher.adapters.atomic import replacing
from thresher.adapters.errors import ThresherError, UsageError
from thresher.adapters.manifest import Manifest, Score, read_manifest
from thresher.adapters.training.command import ADAPTER, STOPPED
from thresher.adapters.training.labels import labels_fingerprint, read_labels
from thresher.adapters.training.run_config import parse_run, save_run
from thresher.app.locations import Locations
from thresher.app.registry.folders import GENERAL as GENERAL_FOLDER
from thresher.app.registry.folders import SHIPPED

#: A field with fewer gold values says little: its score is left out.
_LEAST_SUPPORT = 5


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
        if place.exists():
            say(f"{name}: is there already ({place})")
            self._check(recipe)
            return
        if not (self._model / "config.json").is_file():
            raise UsageError(
                f"the base {self._base} is not installed. Run `thresher models pull {self._base}`."
            )
        say(f"{name}: training")
        self._train(recipe)
        say(f"{name}: scoring")
        scored = self._score(recipe)
        self._ship(recipe, scored)
        say(f"{name}: written to {place}")

    def _check(self, recipe: Recipe) -> None:
        """Says what an adapter that is there no longer agrees with."""
        before = made().get(recipe.name, {}).get("recipe")
        if before not in (None, recipe.hash):
            say(f"  its recipe is another now: remove {self.place(recipe.name)} to make it anew")
        if recipe.parent and (parent := self.place(recipe.parent)).exists():
            own = read_manifest(self.place(recipe.name)).parent
            if own != read_manifest(parent).weights:
                say(f"  the {recipe.parent} adapter is another now: remove it to make it anew")

    def _train(self, recipe: Recipe) -> None:
        folder = self._work / recipe.name
        if (folder / "out" / ADAPTER).exists():
            return
        asked = {"base": self._model, "out": folder / "out", **recipe.run, **self._keys}
        if recipe.parent:
            if not self.place(recipe.parent).exists():
                raise UsageError(
                    f"{recipe.name}: starts from {recipe.parent}, which is not there. Make it first."
                )
            asked["parent"] = self.place(recipe.parent)
        save_run(folder / "run.yaml", parse_run(asked, f"the recipe {recipe.name}", folder))
        run([sys.executable, "-m", f"thresher.{self._trainer}", str(folder / "run.yaml")], (0,))

    def _score(self, recipe: Recipe) -> dict[str, Any]:
        """The scores of the adapter as it will ship, and the seconds that scoring took."""
        self._home.models.mkdir(parents=True, exist_ok=True)
        model = self._home.models / self._base
        if not model.exists():
            model.symlink_to(self._model, target_is_directory=True)
        candidate = self._home.adapters / recipe.name
        if not candidate.exists():
            trained = read_adapter(self._work / recipe.name / "out" / ADAPTER)
            write_adapter(candidate, trained, half=True)
        began = time.monotonic()
        scores = tuple(self._score_of(recipe.name, source) for source in recipe.sources)
        return {"scores": scores, "seconds": round(time.monotonic() - began)}

    def _score_of(self, name: str, source: Source) -> Score:
        asked = [
            "--domain",
            source.domain,
            "--record-type",
            source.record_type,
            "--records",
            str(source.scored),
        ]
        command = ["evaluate", *asked, "--model", self._base, "--adapter", name, "--json", "--quiet"]
        start = "from thresher.app.cli.main import main; main()"
        said = run([sys.executable, "-c", start, *command], (0, 1), {"THRESHER_HOME": str(self._home.home)})
        scored = json.loads(said)
        gold = read_labels([source.scored], *_reading(source), unfit=[])
        return Score(
            domain=source.domain,
            record_type=source.record_type,
            records=scored["records"],
            f1=round(scored["f1"] or 0.0, 4),
            all_right=round(scored["all_right_share"], 4),
            fields={
                field: round(counts["f1"] or 0.0, 4)
                for field, counts in scored["fields"].items()
                if counts["support"] >= _LEAST_SUPPORT
            },
            data=labels_fingerprint(gold),
        )

    def _ship(self, recipe: Recipe, scored: dict[str, Any]) -> None:
        adapter = read_adapter(self._home.adapters / recipe.name)
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
                "scores": scored["scores"],
                "data": before.data.model_copy(update=told),
            }
        )
        content = card(recipe, manifest, self._machine).encode()
        write_adapter(
            self.place(recipe.name),
            replace(adapter, manifest=manifest),
            half=True,
            beside={"README.md": content},
        )
        assert manifest.recipe is not None, "and a recipe"
        note(
            recipe.name,
            {
                "trainer": manifest.recipe.trainer,
                "machine": self._machine,
                "labels": before.data.train,
                "steps": manifest.recipe.steps,
                "training_seconds": round(manifest.recipe.seconds),
                "scoring_seconds": scored["seconds"],
                "f1": {f"{one.domain}/{one.record_type}": one.f1 for one in manifest.scores},
                "recipe": recipe.hash,
            },
        )


def _reading(source: Source) -> tuple[Any, ...]:
    from thresher.adapters.pack_library import find_packs, pick

    asked = pick(find_packs().packs, source.domain, source.record_type)
    return asked.fields, asked.instructions, asked.open_fields


def made() -> dict[str, Any]:
    """What was made, by recipe, and how long it took."""
    return yaml.safe_load(MADE.read_text("utf-8")) or {} if MADE.exists() else {}


def note(name: str, facts: dict[str, Any]) -> None:
    """Writes down how an adapter was made."""
    head = "# How long each adapter took that ships, and where. Written by packaging/make_adapters.py.\n"
    with replacing(MADE) as file:
        file.write((head + yaml.safe_dump({**made(), name: facts}, sort_keys=False)).encode())


def run(command: Sequence[str], good: tuple[int, ...], environment: dict[str, str] | None = None) -> str:
    """What the command wrote to stdout. Ctrl-C and SIGTERM reach it, and it is waited for.

    Raises SystemExit with its exit code where that is none of `good`.
    """
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})}
    )
    with passed_on(process):
        said, _ = process.communicate()
    if process.returncode not in good:
        if process.returncode != STOPPED:
            say(f"failed: {' '.join(command)}")
        raise SystemExit(process.returncode if process.returncode > 0 else 1)
    return said


@contextmanager
def passed_on(process: "subprocess.Popen[str]") -> Any:
    """While the process runs, a signal to stop is for it alone: it saves its state and ends by itself."""
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None),  # the terminal sends it to both
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: process.terminate()),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
