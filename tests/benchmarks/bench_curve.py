"""From few labels: how good an adapter gets with 10, 25, 50, 100 and 250 of them.

    python tests/benchmarks/bench_curve.py LABELLED --results FILE --only manufacturing/work_order …
    python tests/benchmarks/bench_curve.py LABELLED --results FILE --only … --general FOLDER
    python tests/benchmarks/bench_curve.py --results FILE --table

LABELLED is a folder with DOMAIN/RECORD_TYPE/train.jsonl and dev.jsonl. Of train.jsonl the first so many
labels are trained on as `thresher train --varied 0` does it, by the trainer's defaults and with a tenth held
back to watch the loss on: once from a new adapter, once from the general one. What comes out is scored on
dev.jsonl. The first command goes on where it was stopped.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dev_scores import dev_scores
from label_runs import run_on_first, trained
from results import add_result, markdown, measuring, read_results

from thresher.adapters.manifest import read_manifest
from thresher.app.registry.folders import GENERAL

COUNTS = (10, 25, 50, 100, 250)
STARTS = ("general", "new")


def measure(
    folder: Path, count: int, start: str, general: Path, limit: int | None, trainer: str
) -> dict[str, Any]:
    """The score of an adapter that is trained on the first `count` labels; of what it starts from for 0."""
    parent = general if start == "general" else None
    told: dict[str, Any] = {"record_type": f"{folder.parent.name}/{folder.name}", "labels": count}
    told |= {"start": start, "limit": limit, "trainer": trainer}
    with tempfile.TemporaryDirectory() as work:
        adapter = parent
        if count:
            here = Path(work)
            run = run_on_first(folder, count, parent, here, here / "run")
            adapter = trained(run, here, trainer)
            recipe = read_manifest(adapter).recipe
            assert recipe is not None, "what was trained has a recipe"
            told |= {"steps": recipe.steps, "training": recipe.seconds}
        scores = dev_scores(folder, adapter, limit)
    return told | {"records": scores.records, "f1": scores.total.f1, "all_right_share": scores.right_share}


def table(results: Sequence[dict[str, Any]]) -> str:
    """F1 by labels, a row for each record type and start."""
    counts = sorted({one["labels"] for one in results})
    rows = []
    for record_type, start in sorted({(one["record_type"], one["start"]) for one in results}):
        own = [one for one in results if (one["record_type"], one["start"]) == (record_type, start)]
        f1 = {one["labels"]: f"{one['f1'] or 0:.3f}" for one in own}
        rows.append([record_type, start, *(f1.get(count, "") for count in counts)])
    return markdown(["record type", "from", *(f"{count} labels" for count in counts)], rows)


def main() -> None:
    """Measures what is missing, or prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path, nargs="?")
    parser.add_argument("--only", nargs="*", default=[], metavar="DOMAIN/RECORD_TYPE")
    parser.add_argument("--counts", nargs="*", type=int, default=[0, *COUNTS])
    parser.add_argument("--starts", nargs="*", choices=STARTS, default=STARTS)
    parser.add_argument(
        "--general",
        type=Path,
        default=GENERAL / "starter",
        help="what `bench_unseen.py --without` makes has not seen these; what ships may have",
    )
    parser.add_argument("--limit", type=int, help="score on the first so many records")
    parser.add_argument("--trainer", choices=["mlx", "cuda"], default="cuda")
    asked = measuring(parser, table)
    results = read_results(asked.results)
    done = {(one["record_type"], one["labels"], one["start"], one["limit"]) for one in results}
    for name in asked.only:
        for count in asked.counts:
            for start in asked.starts:
                if (name, count, start, asked.limit) in done:
                    continue
                folder = asked.labelled / name
                one = measure(folder, count, start, asked.general, asked.limit, asked.trainer)
                add_result(asked.results, one)


if __name__ == "__main__":
    main()
