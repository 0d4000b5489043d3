"""The recipes of the adapters that ship: read from `adapters/NAME.yaml` and `adapters/sources.yaml`."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import make_assorted
import make_listings
import yaml

from thresher.adapters.atomic import replacing
from thresher.adapters.errors import UsageError

FOLDER = Path(__file__).parent / "adapters"
GENERAL = "general"
#: The labels of record types that are made up, each with fields of its own.
ASSORTED = "assorted"
_SOURCES = "sources"
#: How long each adapter took, and where.
MADE = FOLDER / "made.yaml"


@dataclass(frozen=True)
class Source:
    """Labels of one record type, with licence and attribution. `scored` has the records to be scored on.

    `made_up` labels do not tell how often a value of a real document is right: they calibrate nothing. Those
    that bring their own fields are of no domain (both names are "") and score nothing.
    """

    domain: str
    record_type: str
    title: str
    licence: str
    attribution: str
    labels: tuple[Path, ...]
    dev: Path
    scored: Path
    made_up: bool = False

    @property
    def name(self) -> str:
        """As the recipes have it."""
        return f"{self.domain}/{self.record_type}" if self.domain else ASSORTED


@dataclass(frozen=True)
class Run:
    """One training: its keys, but for where things lie, and the sources of its sets, in order."""

    keys: dict[str, Any]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Recipe:
    """What an adapter is made from: the mean of what its runs make, or what the last of its rounds makes.

    Runs all start from the parent; `in_rounds`, each goes on from what the one before made. `unfit_for` names
    domains where it was found to be worse than the base alone. `strength` is how much ships of what it does
    to the base: for other tasks than those learnt, less than all is best (WiSE-FT, Wortsman et al. 2022).
    `names_decide`: what a document says by the names of fields and choices goes first. `hash` is the sha256,
    in hex, of the recipe's file.
    """

    name: str
    parent: str | None
    runs: tuple[Run, ...]
    hash: str
    unfit_for: tuple[str, ...] = ()
    strength: float = 1.0
    in_rounds: bool = False
    names_decide: bool = False

    @property
    def sources(self) -> tuple[Source, ...]:
        """Those of all runs, each once."""
        return tuple(dict.fromkeys(source for run in self.runs for source in run.sources))

    @property
    def scored(self) -> tuple[Source, ...]:
        """The sources that say how good the adapter is."""
        return tuple(source for source in self.sources if source.domain)

    @property
    def calibrated(self) -> tuple[Source, ...]:
        """The sources that say how far its confidence can be trusted: none that are made up.

        The general one has none: it answers where a record type has no adapter, and so no labels here.
        """
        return () if self.name == GENERAL else tuple(source for source in self.scored if not source.made_up)


def recipe_names() -> list[str]:
    """All of them, in the order in which they can be made: the general one is the parent of the others."""
    names = {path.stem for path in FOLDER.glob("*.yaml")} - {_SOURCES, MADE.stem, GENERAL}
    return [GENERAL, *sorted(names)]


def read_recipe(name: str, data: Path, made: Path) -> Recipe:
    """The recipe, its paths in the folder of labelled documents and in that of what is made.

    Raises UsageError where the recipe or a file that it names is missing.
    """
    if name not in recipe_names():
        raise UsageError(f"there is no recipe {name!r}. There are: {', '.join(recipe_names())}.")
    content = (FOLDER / f"{name}.yaml").read_bytes()
    raw = yaml.safe_load(content)
    about = yaml.safe_load((FOLDER / f"{_SOURCES}.yaml").read_text("utf-8"))
    if unknown := [one for one in raw["sets"] if one not in about]:
        raise UsageError(
            f"{name}.yaml: {unknown[0]} is not in {_SOURCES}.yaml, with its licence. Add it there."
        )
    sets, sources = {}, {}
    for one, given in raw["sets"].items():
        keys = dict(given or {})
        source = _source(one, about[one], data, made, keys.pop("most_scored", None))
        place = {"domain": source.domain or None, "record_type": source.record_type or None}
        sets[one] = {**place, "labels": list(source.labels), "validation": [source.dev], **keys}
        sources[one] = source
    several = raw.get("rounds") or raw.get("runs", [{}])
    runs = tuple(_run({**raw["run"], **own}, sets, sources) for own in several)
    digest, unfit_for = sha256(content).hexdigest(), tuple(raw.get("unfit_for", ()))
    strength, in_rounds = raw.get("strength", 1.0), "rounds" in raw
    by_names = raw.get("names_decide", False)
    return Recipe(name, raw.get("parent"), runs, digest, unfit_for, strength, in_rounds, by_names)


def _run(keys: dict[str, Any], sets: dict[str, Any], sources: dict[str, Source]) -> Run:
    """A run of these sets but for those that the key `without` names."""
    without = keys.pop("without", ())
    if unknown := set(without) - sets.keys():
        raise UsageError(f"a run is without {min(unknown)}, which is none of the recipe's sets.")
    names = [one for one in sets if one not in without]
    # A user's own labels prove an adapter; these labels are all for training, and others score it.
    keys = {"proof_share": 0.0, **keys, "sets": [sets[one] for one in names]}
    return Run(keys, tuple(sources[one] for one in names))


def _source(name: str, about: dict[str, Any], data: Path, made: Path, most_scored: int | None) -> Source:
    write = make_assorted.write if name == ASSORTED else make_listings.write
    for file, how in about.get("make", {}).items():
        if not (made / file).exists():
            write(made / file, **how)

    def located(path: str) -> Path:
        root, _, rest = path.partition("/")
        found = {"data": data, "made": made}[root] / rest
        if not found.is_file():
            raise UsageError(f"{found}: is missing. Name the folder of the labelled documents.")
        return found

    domain, record_type = ("", "") if name == ASSORTED else name.split("/")
    scored = located(about.get("scored", about["dev"]))
    if most_scored is not None:
        scored = _first(scored, most_scored, made / "scored" / f"{domain}-{record_type}-{most_scored}.jsonl")
    return Source(
        domain=domain,
        record_type=record_type,
        title=about["title"],
        licence=about["licence"],
        attribution=about["attribution"],
        labels=tuple(located(path) for path in about["labels"]),
        dev=located(about["dev"]),
        scored=scored,
        made_up="make" in about,
    )


def _first(labels: Path, count: int, place: Path) -> Path:
    """A file of the first labels of another."""
    write_lines(place, labels.read_text("utf-8").splitlines(keepends=True)[:count])
    return place


def write_lines(place: Path, lines: Sequence[str]) -> None:
    """Writes a file of these lines, each with its end, in place of one that was there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with replacing(place) as file:
        file.write("".join(lines).encode())
