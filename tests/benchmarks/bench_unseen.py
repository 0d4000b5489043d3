"""What a general adapter gets right of record types that it was never trained on, and what the base alone.

    python tests/benchmarks/bench_unseen.py LABELLED --without retail/product invoices/ad_buy \\
        --steps 160 --work FOLDER --results FILE --upto 20
    python tests/benchmarks/bench_unseen.py --results FILE --table

LABELLED is a folder with DOMAIN/RECORD_TYPE/train.jsonl and dev.jsonl. One general adapter is trained by the
recipe of the one that ships, but without these record types; where none is named, the one that ships answers,
for the record types of `--only`. The first command goes on where it was stopped.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dev_scores import dev_scores
from results import add_result, markdown, read_results

from thresher.adapters.manifest import read_manifest
from thresher.adapters.training.command import ADAPTER
from thresher.adapters.training.run_config import parse_run, save_run
from thresher.app.locations import Locations
from thresher.app.models import library
from thresher.app.registry.folders import GENERAL

#: Where the recipe of the general adapter is read.
_PACKAGING = Path(__file__).parents[2] / "packaging"


def trained(data: Path, without: Sequence[str], steps: int | None, trainer: str, work: Path) -> Path:
    """The folder of the general adapter that has not seen these. Raises CalledProcessError."""
    sys.path.append(str(_PACKAGING))
    from recipes import read_recipe

    out = work / "out" / ADAPTER
    if not out.exists():
        recipe = read_recipe("general", data, work / "made")
        names = [source.name for source in recipe.sources]
        kept = [one for name, one in zip(names, recipe.run["sets"], strict=True) if name not in without]
        assert len(kept) == len(names) - len(without), "each of them is in the recipe"
        base = library.find(Locations.default().models, "starter").folder
        asked = {"base": base, "out": work / "out", **recipe.run, "sets": kept, "steps": steps}
        save_run(work / "run.yaml", parse_run(asked, "the run", work))
        command = [sys.executable, "-m", f"thresher.train_{trainer}", str(work / "run.yaml")]
        subprocess.run(command, check=True)
    return out


def table(results: Sequence[dict[str, Any]]) -> str:
    """A row a record type: the base alone, and the general adapter that has not seen it."""
    rows = []
    for name in dict.fromkeys(one["record_type"] for one in results):
        own = {one["answers"]: one for one in results if one["record_type"] == name}
        if len(own) == 2:
            base, general = own["base"], own["general"]
            times = f"{general['f1'] / base['f1']:.1f}" if base["f1"] else ""
            figures = (str(base["records"]), f"{base['f1'] or 0:.3f}", f"{general['f1'] or 0:.3f}", times)
            rows.append([name, *figures])
    return markdown(["record type", "records", "base alone", "general, unseen", "times"], rows)


def main() -> None:
    """Measures what is missing, or prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path, nargs="?")
    parser.add_argument("--without", nargs="*", default=[], metavar="DOMAIN/RECORD_TYPE")
    parser.add_argument("--only", nargs="*", default=[], metavar="DOMAIN/RECORD_TYPE")
    parser.add_argument("--steps", type=int, help="those of the recipe where not given")
    parser.add_argument("--upto", type=int, default=20, help="so many records of each")
    parser.add_argument("--trainer", choices=["mlx", "cuda"], default="cuda")
    parser.add_argument("--work", type=Path, default=Path("build/unseen"), help="keeps what was trained")
    parser.add_argument("--results", type=Path, required=True, help="JSON lines: a line for each result")
    parser.add_argument("--table", action="store_true", help="print what was measured")
    asked = parser.parse_args()
    if asked.table:
        sys.stdout.write(table(read_results(asked.results)) + "\n")
        return
    general = GENERAL / "starter"
    if asked.without:
        work = asked.work.absolute()
        general = trained(asked.labelled.absolute(), asked.without, asked.steps, asked.trainer, work)
    about = {"weights": read_manifest(general).weights, "without": asked.without}
    for name in asked.without or asked.only:
        for answers, adapter in (("base", None), ("general", general)):
            done = {(one["record_type"], one["answers"], one["upto"]) for one in read_results(asked.results)}
            if (name, answers, asked.upto) not in done:
                scores = dev_scores(asked.labelled / name, adapter, asked.upto)
                told = {
                    "record_type": name,
                    "answers": answers,
                    "upto": asked.upto,
                    "records": scores.records,
                }
                told |= {"f1": scores.total.f1, "all_right_share": scores.right_share}
                add_result(asked.results, told | (about if adapter else {}))
                sys.stderr.write(f"{name}, {answers}: F1 {scores.total.f1 or 0:.3f}\n")


if __name__ == "__main__":
    main()
