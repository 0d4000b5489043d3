"""How right the records are, for every record type with labels: a table of F1, and what else counts.

    python tests/benchmarks/bench_records.py LABELLED --results FILE
    python tests/benchmarks/bench_records.py --results FILE --table

LABELLED is a folder with DOMAIN/RECORD_TYPE/train.jsonl and dev.jsonl. Each way answers for the records of
dev.jsonl: the base alone, the base with three labelled examples in its prompt (the shortest of the first
hundred to train on), the stock recipe trained on train.jsonl at two rates (stock_recipe.py), the general
adapter, and what Thresher asks by default. The first command goes on where it was stopped.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from few_shot import SHOTS, FewShot, shown_examples
from results import add_result, markdown, read_results

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.adapters.pack import RecordType
from thresher.adapters.pack_library import find_packs, pick
from thresher.app.cli.evaluate import extract_labelled
from thresher.app.cli.narration import Narrator
from thresher.app.evaluation import confidence_report
from thresher.app.evaluation.judged import judged
from thresher.app.evaluation.records import GoldRecord, PredictedRecord, load_gold, predicted
from thresher.app.evaluation.report import as_dict
from thresher.app.evaluation.score import score
from thresher.app.locations import Locations
from thresher.app.models import library
from thresher.app.session import Session

#: The rate of a stock recipe, by way.
STOCK = {"stock-2e-4": 2e-4, "stock-1e-3": 1e-3}
#: The adapter that is asked for, by way; None asks what is live.
ADAPTERS = {"base": "none", "few-shot": "none", "general": "general-starter", "default": None}
WAYS = ("base", "few-shot", *STOCK, "general", "default")
_SHORT = 100


class Shown(Session):
    """A session whose prompts show labelled examples."""

    shown = ""

    def _open(self, *asked: Any) -> Any:
        asker, engine = super()._open(*asked)
        prompts = FewShot(engine.tokenizer, asker.prompts.sizes, self.shown)
        return replace(asker, prompts=prompts), engine


def measure(folder: Path, way: str, limit: int | None) -> dict[str, Any]:
    """The scores of one way on one record type. Raises UsageError where there is no such adapter."""
    asked = pick(find_packs().packs, folder.parent.name, folder.name)
    gold = load_gold(folder / "dev.jsonl", asked.fields or None)[:limit]
    answers, found = (stock if way in STOCK else thresher)(folder, way, asked, gold)
    told = as_dict(score(gold, answers)) | confidence_report.as_dict(judged(gold, answers))
    keys = ("f1", "records", "all_right_share", "grounded_share", "failed")
    return {
        "record_type": f"{asked.domain}/{asked.name}",
        "way": way,
        "limit": limit,
        **found,
        **{key: told[key] for key in keys},
        "calibrated": told["confidence"]["calibrated"],
        "calibration_error": told["confidence"].get("ece"),
    }


Answers = tuple[list[PredictedRecord], dict[str, Any]]


def stock(folder: Path, way: str, asked: RecordType, gold: list[GoldRecord]) -> Answers:
    """What the stock recipe says at one rate, and what is told of it."""
    from stock_recipe import Stock

    labels = load_gold(folder / "train.jsonl", asked.fields or None)
    base = library.find(Locations.default().models, "starter").folder
    recipe = Stock(base, asked.instructions, STOCK[way])
    training = recipe.train(labels)
    began = time.monotonic()
    answers = recipe.answers(gold)
    seconds = (time.monotonic() - began) / len(gold)
    return answers, {"labels": len(labels), "training": training, "seconds": seconds}


def thresher(folder: Path, way: str, asked: RecordType, gold: list[GoldRecord]) -> Answers:
    """What Thresher says, and what is told of it."""
    domain, record_type, fields = asked.domain, asked.name, asked.fields
    with tempfile.TemporaryDirectory() as home:
        # A home of its own: what was answered before is not what is timed.
        here = Locations(Path(home))
        for place, kept in ((here.models, "models"), (here.adapters, "adapters")):
            place.symlink_to(Locations.default().home / kept, target_is_directory=True)
        with Shown(here) if way == "few-shot" else Session(here) as session:
            if isinstance(session, Shown):
                session.shown = _examples(folder / "train.jsonl", fields)
            task = session.task(domain, record_type, adapter=ADAPTERS[way])
            if way == "default" and task.adapter is None:
                raise UsageError(f"{domain}/{record_type}: no adapter answers by default")
            began = time.monotonic()
            records = extract_labelled(session, gold, task, Narrator(), None, again=True)
            seconds = time.monotonic() - began
    answers = [predicted(record) for record in records]
    return answers, {"adapter": task.adapter, "seconds": seconds / len(gold)}


def _examples(labels: Path, fields: Sequence[Field]) -> str:
    lines = [json.loads(line) for line in labels.read_text("utf-8").splitlines()[:_SHORT]]
    return shown_examples(fields, sorted(lines, key=lambda line: len(line["input"]))[:SHOTS])


def table(results: Sequence[dict[str, Any]]) -> str:
    """A row for each record type and way."""
    titles = (
        "record type",
        "way",
        "records",
        "F1",
        "all right",
        "grounded",
        "calibration error",
        "s a document",
    )
    rows = []
    for one in sorted(results, key=lambda one: (one["record_type"], WAYS.index(one["way"]))):
        error = one["calibration_error"]
        cells = (
            one["record_type"],
            one["way"],
            str(one["records"]),
            f"{one['f1'] or 0:.3f}",
            f"{one['all_right_share']:.0%}",
            "" if one["grounded_share"] is None else f"{one['grounded_share']:.1%}",
            "" if error is None else f"{error:.3f}",
            f"{one['seconds']:.2f}",
        )
        rows.append(cells)
    return markdown(titles, rows)


def main() -> None:
    """Measures what is missing, or prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path, nargs="?")
    parser.add_argument("--results", type=Path, required=True, help="JSON lines: a line for each result")
    parser.add_argument("--only", nargs="*", metavar="DOMAIN/RECORD_TYPE", help="these record types alone")
    parser.add_argument("--ways", nargs="*", choices=WAYS, default=WAYS)
    parser.add_argument("--limit", type=int, help="the first so many records of each")
    parser.add_argument("--table", action="store_true", help="print what was measured")
    asked = parser.parse_args()
    results = read_results(asked.results)
    if asked.table:
        sys.stdout.write(table(results) + "\n")
        return
    done = {(one["record_type"], one["way"], one["limit"]) for one in results}
    for file in sorted(asked.labelled.glob("*/*/dev.jsonl")):
        name = f"{file.parent.parent.name}/{file.parent.name}"
        for way in asked.ways:
            if (asked.only and name not in asked.only) or (name, way, asked.limit) in done:
                continue
            try:
                one = measure(file.parent, way, asked.limit)
            except UsageError as error:
                sys.stderr.write(f"{name}, {way}: left out: {error}\n")
                continue
            add_result(asked.results, one)


if __name__ == "__main__":
    main()
