"""What it is worth of few labels to vary them as `thresher train` does: an adapter with and one without.

    python tests/benchmarks/bench_varied.py LABELLED --results FILE --only retail/product --labels 50
    python tests/benchmarks/bench_varied.py --results FILE --table

LABELLED is a folder with DOMAIN/RECORD_TYPE/train.jsonl. Both start from the general adapter, or with `--new`
from nothing, where that one has learnt the record type. They learn its first labels, a tenth held back, in so
many epochs, by default as make 120 steps of eight, and are scored on the last hundred of train.jsonl, so that
nothing is chosen on dev. The first command goes on where it was stopped.
"""

import argparse
import tempfile
from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any

from dev_scores import labelled, scores_of
from label_runs import run_on_first, trained
from results import add_result, is_there, markdown, measuring

from thresher.adapters.training.plan import EPOCHS, LEAST_STEPS
from thresher.app.registry.folders import GENERAL
from thresher.app.training.candidate import VARIED, varied

SCORED = 100
#: The share of showings that are varied, by side.
SHARES = {"as they are": 0.0, "varied": VARIED}


def measure(folder: Path, count: int, side: str, asked: argparse.Namespace) -> dict[str, Any]:
    """The score of an adapter that is trained on the first `count` labels."""
    domain, record_type = folder.parent.name, folder.name
    times = asked.epochs or max(EPOCHS, ceil(LEAST_STEPS * 8 / (count - max(1, round(count * 0.1)))))
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        labels = {"domain": domain, "record_type": record_type, "labels": [work / "labels.jsonl"]}
        run = run_on_first(
            folder,
            count,
            None if asked.new else GENERAL / "starter",
            work,
            work / "run",
            **dict.fromkeys(("domain", "record_type")),
            labels=[],
            sets=[{**labels, "repeat": times}],
            epochs=1,
            batch_size=8,
            augment=varied(SHARES[side]),
        )
        adapter = trained(run, work, asked.trainer)
        scores = scores_of(folder, labelled(folder, "train.jsonl")[-SCORED:], adapter)
    told = {"f1": scores.total.f1, "all_right_share": scores.right_share, "records": scores.records}
    return {"record_type": f"{domain}/{record_type}", "labels": count, "side": side, **told}


def table(results: Sequence[dict[str, Any]]) -> str:
    """F1 and the share of records all right, by record type and number of labels."""
    rows = []
    for record_type, count in sorted({(one["record_type"], one["labels"]) for one in results}):
        told = []
        for side in SHARES:
            key = {"record_type": record_type, "labels": count, "side": side}
            own = [one for one in results if key.items() <= one.items()]
            told.append(f"{own[0]['f1']:.3f} ({own[0]['all_right_share']:.0%})" if own else "")
        rows.append([record_type, str(count), *told])
    return markdown(["record type", "labels", *SHARES], rows)


def main() -> None:
    """Measures what is missing, or prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path, nargs="?")
    parser.add_argument("--only", nargs="*", default=[], metavar="DOMAIN/RECORD_TYPE")
    parser.add_argument("--labels", nargs="*", type=int, default=[50])
    parser.add_argument("--new", action="store_true", help="start from nothing")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--trainer", choices=["mlx", "cuda"], default="cuda")
    asked = measuring(parser, table)
    for name in asked.only:
        for count in asked.labels:
            for side in SHARES:
                if not is_there(asked.results, {"record_type": name, "labels": count, "side": side}):
                    add_result(asked.results, measure(asked.labelled / name, count, side, asked))


if __name__ == "__main__":
    main()
