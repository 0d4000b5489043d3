"""What it is worth that names decide, of an enum's choices and of fields, by who answers.

    python tests/benchmarks/bench_names.py LABELLED --only safety/injury_report --results FILE
    python tests/benchmarks/bench_names.py --examples --results FILE
    python tests/benchmarks/bench_names.py --results FILE --table

LABELLED is a folder with DOMAIN/RECORD_TYPE/dev.jsonl. The starter alone, the general adapter and the
domain's own answer, each with names and without. `--examples` asks for the packs' own example documents
instead, of each record type that no shipped adapter was trained on. What is measured is not measured again,
but for what another adapter answered.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench_unseen import PACKAGING, own_examples
from dev_scores import labelled, records_of
from results import add_result, is_there, markdown, measuring

from thresher.adapters.adapter import Adapter
from thresher.adapters.adapter_folder import read_adapter, write_adapter
from thresher.adapters.pack_library import SHIPPED
from thresher.app.evaluation.records import GoldRecord, predicted
from thresher.app.evaluation.score import Tally, score
from thresher.app.registry.folders import GENERAL


def answering(domain: str | None) -> dict[str, Adapter]:
    """Who answers. Names want an adapter: the starter alone has one that changes nothing."""
    from merging import scaled

    general = read_adapter(GENERAL / "starter")
    nothing = scaled(general, 0.0)
    alone = replace(nothing, manifest=nothing.manifest.model_copy(update={"shows_examples": False}))
    own = {"own": read_adapter(SHIPPED / domain / "adapters" / "starter")} if domain else {}
    return {"starter alone": alone, "general": general, **own}


def measure(
    name: str,
    sets: Sequence[tuple[str, list[GoldRecord]]],
    who: dict[str, Adapter],
    about: dict[str, Any],
    out: Path,
) -> None:
    """Adds what is right of these labels, each with their record type, of what is not in the results yet."""
    from merging import by_names

    for answers, adapter in who.items():
        for names in (False, True):
            key = {"record_type": name, "answers": answers, "names": names} | about
            key |= {"weights": adapter.manifest.weights}
            if is_there(out, key):
                continue
            total = Tally()
            with tempfile.TemporaryDirectory() as scratch:
                write_adapter(Path(scratch) / "one", by_names(adapter, names))
                for record_type, gold in sets:
                    records = records_of(Path(record_type), gold, Path(scratch) / "one")
                    total.add(score(gold, [predicted(record) for record in records]).total)
            add_result(out, key | {"records": sum(len(gold) for _, gold in sets), "f1": total.f1})
            told = "with" if names else "without"
            sys.stderr.write(f"{name}, {answers}, {told} names: F1 {total.f1 or 0:.3f}\n")


def table(results: Sequence[dict[str, Any]]) -> str:
    """A row for each record type and who answers."""
    latest = {(one["record_type"], one["answers"], one["names"]): one for one in results}
    rows = []
    for name, who in dict.fromkeys(key[:2] for key in latest):
        without, by_names = (latest.get((name, who, names)) for names in (False, True))
        if without and by_names:
            f1 = (f"{one['f1'] or 0:.3f}" for one in (without, by_names))
            rows.append([name, str(without["records"]), who, *f1])
    return markdown(["record type", "records", "answers", "without names", "with names"], rows)


def main() -> None:
    """Measures what is missing, or prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path, nargs="?")
    parser.add_argument("--only", nargs="*", default=[], metavar="DOMAIN/RECORD_TYPE")
    parser.add_argument(
        "--upto", type=int, help="the first so many records of each; all where it is left out"
    )
    parser.add_argument("--examples", action="store_true", help="the packs' own, of what none was trained on")
    asked = measuring(parser, table)
    sys.path.append(str(PACKAGING))
    for name in asked.only:
        sets = [(name, labelled(asked.labelled / name, "dev.jsonl")[: asked.upto])]
        measure(name, sets, answering(name.partition("/")[0]), {"upto": asked.upto}, asked.results)
    if asked.examples:
        measure("all own examples", list(own_examples()), answering(None), {}, asked.results)


if __name__ == "__main__":
    main()
