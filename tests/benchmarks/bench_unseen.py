"""What a general adapter gets right of record types that it was never trained on, and what the base alone.

    python tests/benchmarks/bench_unseen.py LABELLED --without retail/product invoices/ad_buy \\
        --steps 160 --runs 1 --work FOLDER --results FILE --upto 20
    python tests/benchmarks/bench_unseen.py --examples --results FILE
    python tests/benchmarks/bench_unseen.py --results FILE --table

LABELLED is a folder with DOMAIN/RECORD_TYPE/train.jsonl and dev.jsonl. One general adapter is trained by the
recipe of the one that ships, but without these record types; with `--runs 1` by the first run of each of its
rounds alone. Where none is named, the one that ships answers, for the record types of `--only`. `--examples`
asks for the packs' own example documents instead, of each record type that no shipped adapter was trained on.
Where the general adapter is shown the pack's examples, the base alone is asked with them, too. What is
measured is not measured again, but for what another general adapter answered.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from dev_scores import examples_of, labelled, learnt, records_of
from results import add_result, is_there, markdown, measuring

from thresher.adapters.adapter_folder import write_adapter
from thresher.adapters.manifest import read_manifest
from thresher.adapters.pack_library import find_packs
from thresher.adapters.training.command import ADAPTER
from thresher.app.calibration.doubt import without_doubtful
from thresher.app.evaluation.records import GoldRecord, predicted
from thresher.app.evaluation.score import Tally, score
from thresher.app.locations import Locations
from thresher.app.models import library
from thresher.app.registry.folders import GENERAL
from thresher.app.task import STATE_FROM

#: The base alone, shown the pack's examples.
_SHOWN = "base, shown examples"
#: Behind the name of a record type whose documents are the packs' examples.
_OWN = ", own examples"
#: Where the recipe of the general adapter is read.
PACKAGING = Path(__file__).parents[2] / "packaging"


def trained(asked: argparse.Namespace) -> Path:
    """The folder of a general adapter that has not seen these, as it ships. Raises SystemExit."""
    data: Path = asked.labelled.absolute()
    work: Path = asked.work.absolute()
    sys.path.append(str(PACKAGING))
    from merging import by_names, scaled
    from recipes import read_recipe
    from rounds import planned, train
    from rounds import trained as made_by

    out = work / ADAPTER
    if not out.exists():
        recipe = read_recipe("general", data, work / "made")
        known = {source.name for source in recipe.sources}
        assert set(asked.without) <= known, "each of them is in the recipe"
        recipe = replace(recipe, rounds=tuple(runs[: asked.runs] for runs in recipe.rounds))
        start = {"base": library.find(Locations.default().models, "starter").folder}
        rounds = planned(recipe, start, work, {"steps": asked.steps}, asked.without)
        train("general", rounds, f"train_{asked.trainer}")
        unseen = scaled(made_by(recipe, rounds), recipe.strength)
        write_adapter(out, by_names(unseen, recipe.names_decide), half=True)
    return out


def own_examples() -> Iterator[tuple[str, list[GoldRecord]]]:
    """The packs' examples of record types that no shipped adapter was trained on, read as any document."""
    known = learnt()
    for pack in find_packs().packs.values():
        for one in pack.record_types.values():
            gold = examples_of(one) if (one.domain, one.name) not in known else []
            if gold:
                yield f"{one.domain}/{one.name}", gold


def measure(
    name: str, gold: Sequence[GoldRecord], general: Path, about: dict[str, Any], out: Path, told: str = ""
) -> None:
    """Adds what the base and the general adapter get right of these, where it is not in the results yet.

    There the record type's name has `told` behind it.
    """
    ways = [("base", None), ("general", general)]
    if read_manifest(general).shows_examples:
        ways.insert(1, (_SHOWN, None))
    for answers, adapter in ways:
        key = {"record_type": name + told, "answers": answers, "records": len(gold)}
        key |= about if adapter else {}
        if not is_there(out, key):
            records = records_of(Path(name), gold, adapter, shown=answers == _SHOWN)
            scores = score(gold, [predicted(record) for record in records])
            sure = score(gold, [predicted(without_doubtful(record, STATE_FROM)) for record in records])
            told_of = {"f1": scores.total.f1, "all_right_share": scores.right_share}
            counts = asdict(scores.total) | {"sure": asdict(sure.total)}
            add_result(out, key | told_of | counts)
            sys.stderr.write(f"{name}{told}, {answers}: F1 {scores.total.f1 or 0:.3f}\n")


def table(results: Sequence[dict[str, Any]]) -> str:
    """A row a record type: the base alone, and the general adapter unseen; then the examples."""
    latest = {(one["record_type"], one["answers"]): one for one in results}
    for answers in ("base", _SHOWN, "general"):
        own = [one for key, one in latest.items() if key[0].endswith(_OWN) and key[1] == answers]
        if own:
            latest["all own examples", answers] = _summed(own)
    rows = []
    for name in dict.fromkeys(name for name, _ in latest):
        if (name, "base") in latest and (name, "general") in latest:
            base, general = latest[name, "base"], latest[name, "general"]
            times = f"{(general['f1'] or 0) / base['f1']:.1f}" if base["f1"] else ""
            shown = latest.get((name, _SHOWN))
            told = f"{shown['f1'] or 0:.3f}" if shown else ""
            said = (f"{base['f1'] or 0:.3f}", told, f"{general['f1'] or 0:.3f}", times)
            sure = f"{Tally(**general['sure']).f1 or 0:.3f}" if general.get("sure") else ""
            rows.append([name, str(base["records"]), *said, sure])
    figures = ("base alone", _SHOWN, "general, unseen", "times", "general, as it comes")
    return markdown(("record type", "records", *figures), rows)


def _summed(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Records, F1 and what is surely stated of all of them together."""
    whole, sure = Tally(), Tally()
    for one in results:
        whole.add(Tally(one["tp"], one["fp"], one["fn"]))
        sure.add(Tally(**one.get("sure", {})))
    return {"records": sum(one["records"] for one in results), "f1": whole.f1, "sure": asdict(sure)}


def main() -> None:
    """Measures what is missing, or prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path, nargs="?")
    parser.add_argument("--without", nargs="*", default=[], metavar="DOMAIN/RECORD_TYPE")
    parser.add_argument("--only", nargs="*", default=[], metavar="DOMAIN/RECORD_TYPE")
    parser.add_argument("--examples", action="store_true", help="the packs' own, of what none was trained on")
    parser.add_argument("--steps", type=int, help="those of the recipe where not given")
    parser.add_argument("--runs", type=int, help="of a round with several only the first ones")
    parser.add_argument("--upto", type=int, default=20, help="so many records of each")
    parser.add_argument("--trainer", choices=["mlx", "cuda"], default="cuda")
    parser.add_argument("--work", type=Path, default=Path("build/unseen"), help="keeps what was trained")
    asked = measuring(parser, table)
    general = GENERAL / "starter"
    if asked.without:
        general = trained(asked)
    about = {"weights": read_manifest(general).weights, "without": asked.without}
    for name in asked.without or asked.only:
        gold = labelled(asked.labelled / name, "dev.jsonl")[: asked.upto]
        measure(name, gold, general, about, asked.results)
    for name, gold in own_examples() if asked.examples else ():
        measure(name, gold, general, about, asked.results, _OWN)


if __name__ == "__main__":
    main()
