"""The recipes of the adapters that ship: read from `adapters/NAME.yaml` and `adapters/sources.yaml`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import make_agreements
import make_assorted
import make_listings
import make_record_forms
import yaml

from thresher.adapters.atomic import replacing
from thresher.adapters.errors import UsageError

FOLDER = Path(__file__).parent / "adapters"
GENERAL = "general"
#: Labels of record types that are made up, each with fields of its own: this, or a name below it.
ASSORTED = "assorted"
_SOURCES = "sources"
#: Of a set, no key of the run: so many of its records score the adapter.
_MOST_SCORED = "most_scored"
#: Behind a record type's name: labels that are made up beside its real ones.
FORMS = "forms"
#: What writes the labels of a record type that are made up.
_WRITERS = {"legal/nda": make_agreements.write, "real_estate/listing": make_listings.write}
#: How long each adapter took, and where.
MADE = FOLDER / "made.yaml"


@dataclass(frozen=True)
class Source:
    """Labels of one record type, with licence and attribution. `scored` has the records to be scored on.

    `name` is as the recipes have it. `made_up` labels do not tell how often a value of a real document is
    right: they calibrate nothing. Those that bring their own fields are of no domain (it and `record_type`
    are ""), and score nothing; nor do those that are `beside` the real ones of a record type.
    """

    name: str
    domain: str
    record_type: str
    title: str
    licence: str
    attribution: str
    labels: tuple[Path, ...]
    dev: Path
    scored: Path
    made_up: bool = False
    beside: bool = False


@dataclass(frozen=True)
class Run:
    """One training: its keys, but for where things lie, and the sources of its sets, in order."""

    keys: dict[str, Any]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Recipe:
    """What an adapter is made from: what the last of its rounds makes, or the mean of the last ones.

    The runs of a round start alike, the first round's from the parent, and what they make is their mean; the
    next round goes on from it, or from the mean of the last so many as `starts` says of each round. The mean
    of the last rounds ships, each in its share of `mean_of_rounds`: further along the way the weights circle
    what is best (stochastic weight averaging, Izmailov et al. 2018). `unfit_for` names domains
    where it was found to be worse than the base alone. `strength` is how much ships of what it does to the
    base: for other tasks than those learnt, less than all is best (WiSE-FT, Wortsman et al. 2022).
    `names_decide`: what a document says by the names of fields and choices goes first. `hash` is the sha256,
    in hex, of the recipe's file.
    """

    name: str
    parent: str | None
    rounds: tuple[tuple[Run, ...], ...]
    starts: tuple[int, ...]
    hash: str
    unfit_for: tuple[str, ...] = ()
    strength: float = 1.0
    names_decide: bool = False
    mean_of_rounds: tuple[int, ...] = (1,)

    @property
    def runs(self) -> tuple[Run, ...]:
        """Those of all rounds, in order."""
        return tuple(run for runs in self.rounds for run in runs)

    @property
    def averages(self) -> bool:
        """Whether a round has several runs."""
        return len(self.runs) > len(self.rounds)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Those of all runs, each once."""
        return tuple(dict.fromkeys(source for run in self.runs for source in run.sources))

    @property
    def scored(self) -> tuple[Source, ...]:
        """The sources that say how good the adapter is."""
        return tuple(source for source in self.sources if source.domain and not source.beside)

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
    # A round is a run, or has several. A run's keys go before its round's, and these before the recipe's.
    rounds = [dict(one) for one in raw.get("rounds", [{"runs": raw.get("runs", [{}])}])]
    starts = tuple(one.pop("from_mean_of", 1) for one in rounds)
    owns = [(one.pop("runs", [{}]), one) for one in rounds]
    runs = [[{**raw["run"], "sets": raw["sets"], **one, **own} for own in each] for each, one in owns]
    given = {each: keys for one in runs for run in one for each, keys in run["sets"].items()} | raw["sets"]
    if unknown := [one for one in given if one not in about]:
        raise UsageError(
            f"{name}.yaml: {unknown[0]} is not in {_SOURCES}.yaml, with its licence. Add it there."
        )
    sources = {
        one: _source(one, about[one], data, made, (keys or {}).get(_MOST_SCORED))
        for one, keys in given.items()
    }
    averaged = raw.get("mean_of_rounds", 1)
    counts = range(1, len(runs) + 1)
    shares = averaged if isinstance(averaged, list) else [1] * (averaged if averaged in counts else 0)
    if len(shares) not in counts:
        raise UsageError(f"{name}.yaml: has no {averaged} rounds to take the mean of.")
    if not all(isinstance(share, int) and share > 0 for share in shares):
        raise UsageError(f"{name}.yaml: a round's share of the mean is a whole number, 1 or more.")
    if any(count not in range(1, max(before, 1) + 1) for before, count in enumerate(starts)):
        raise UsageError(f"{name}.yaml: a round starts from the mean of more rounds than come before it.")
    return Recipe(
        name=name,
        parent=raw.get("parent"),
        rounds=tuple(tuple(_run(keys, sources) for keys in one) for one in runs),
        starts=starts,
        hash=sha256(content).hexdigest(),
        unfit_for=tuple(raw.get("unfit_for", ())),
        strength=raw.get("strength", 1.0),
        names_decide=raw.get("names_decide", False),
        mean_of_rounds=tuple(shares),
    )


def _run(keys: dict[str, Any], sources: dict[str, Source]) -> Run:
    """A run of its sets but for those that the key `without` names."""
    given, without = keys.pop("sets"), keys.pop("without", ())
    if unknown := set(without) - given.keys():
        raise UsageError(f"a run is without {min(unknown)}, which is none of the recipe's sets.")
    named = {one: dict(own or {}) for one, own in given.items() if one not in without}
    sets = [_set(sources[one], own) for one, own in named.items()]
    # A user's own labels prove an adapter; these labels are all for training, and others score it.
    return Run({"proof_share": 0.0, **keys, "sets": sets}, tuple(sources[one] for one in named))


def _set(source: Source, own: dict[str, Any]) -> dict[str, Any]:
    """The keys of a run's set."""
    own.pop(_MOST_SCORED, None)
    place = {"domain": source.domain or None, "record_type": source.record_type or None}
    return {**place, "labels": list(source.labels), "validation": [source.dev], **own}


def _source(name: str, about: dict[str, Any], data: Path, made: Path, most_scored: int | None) -> Source:
    domain, record_type, beside = (*name.split("/"), "", "")[:3]
    if domain == ASSORTED:
        domain = record_type = ""
    for file, how in about.get("make", {}).items():
        if not (made / file).exists():
            _writer(name)(made / file, **how)

    def located(path: str) -> Path:
        root, _, rest = path.partition("/")
        found = {"data": data, "made": made}[root] / rest
        if not found.is_file():
            raise UsageError(f"{found}: is missing. Name the folder of the labelled documents.")
        return found

    scored = located(about.get("scored", about["dev"]))
    if most_scored is not None:
        scored = _first(scored, most_scored, made / "scored" / f"{domain}-{record_type}-{most_scored}.jsonl")
    return Source(
        name=name,
        domain=domain,
        record_type=record_type,
        title=about["title"],
        licence=about["licence"],
        attribution=about["attribution"],
        labels=tuple(located(path) for path in about["labels"]),
        dev=located(about["dev"]),
        scored=scored,
        made_up="make" in about,
        beside=bool(beside),
    )


def _writer(name: str) -> Callable[..., None]:
    """What writes the made-up labels of the source: path, then what the source says of them."""
    record_type, _, beside = name.rpartition("/")
    if beside == FORMS:
        return partial(make_record_forms.write, record_type=record_type)
    return _WRITERS.get(name, make_assorted.write)


def _first(labels: Path, count: int, place: Path) -> Path:
    """A file of the first labels of another."""
    write_lines(place, labels.read_text("utf-8").splitlines(keepends=True)[:count])
    return place


def write_lines(place: Path, lines: Sequence[str]) -> None:
    """Writes a file of these lines, each with its end, in place of one that was there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with replacing(place) as file:
        file.write("".join(lines).encode())
