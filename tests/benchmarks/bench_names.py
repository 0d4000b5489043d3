"""What it is worth that those of an enum's choices go first that a document names, by who answers.

    python tests/benchmarks/bench_names.py LABELLED --only safety/injury_report --results FILE
    python tests/benchmarks/bench_names.py --results FILE --table

LABELLED is a folder with DOMAIN/RECORD_TYPE/dev.jsonl. The starter alone, the general adapter and the
domain's own answer, each with the names of choices and without. What is measured is not measured again, but
for what another adapter answered.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench_unseen import PACKAGING
from dev_scores import dev_scores
from results import add_result, is_there, markdown, measuring

from thresher.adapters.adapter import Adapter
from thresher.adapters.adapter_folder import read_adapter, write_adapter
from thresher.adapters.pack_library import SHIPPED
from thresher.app.registry.folders import GENERAL


def answering(domain: str) -> dict[str, Adapter]:
    """Who answers. Names want an adapter: the starter alone has one that changes nothing."""
    from merging import scaled

    general = read_adapter(GENERAL / "starter")
    own = read_adapter(SHIPPED / domain / "adapters" / "starter")
    return {"starter alone": scaled(general, 0.0), "general": general, "own": own}


def measure(folder: Path, upto: int | None, out: Path) -> None:
    """Adds what is right of DOMAIN/RECORD_TYPE, of what is not in the results yet."""
    from merging import by_names

    name = f"{folder.parent.name}/{folder.name}"
    for who, adapter in answering(folder.parent.name).items():
        for names in (False, True):
            key = {"record_type": name, "answers": who, "names": names, "upto": upto}
            key |= {"weights": adapter.manifest.weights}
            if is_there(out, key):
                continue
            with tempfile.TemporaryDirectory() as scratch:
                write_adapter(Path(scratch) / "one", by_names(adapter, names))
                scores = dev_scores(folder, Path(scratch) / "one", upto)
            add_result(out, key | {"records": scores.records, "f1": scores.total.f1})
            told = "with" if names else "without"
            sys.stderr.write(f"{name}, {who}, {told} names: F1 {scores.total.f1 or 0:.3f}\n")


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
    asked = measuring(parser, table)
    sys.path.append(str(PACKAGING))
    for name in asked.only:
        measure(asked.labelled / name, asked.upto, asked.results)


if __name__ == "__main__":
    main()
