"""How right the records are, for every record type with labels: a table of F1, and what else counts.

    python tests/benchmarks/bench_records.py LABELLED --results FILE --upto 30
    python tests/benchmarks/bench_records.py --results FILE --table

LABELLED is a folder with DOMAIN/RECORD_TYPE/train.jsonl and dev.jsonl. Each way answers for the records of
dev.jsonl: the base alone, the base with three labelled examples in its prompt (the shortest of the first
hundred to train on), the base as it is, which answers freely, the stock recipe at two rates (stock_recipe.py)
on the labels that the shipped adapter was trained on, the general adapter, and what Thresher asks by default:
with all that it states, and, as it ships, without what is too doubtful, both of the same answers. Where the
labels' licence keeps an adapter from shipping, one named `trained` that was made of them here is asked, too,
if there is one. Ten documents are asked at a time, and what was counted of them is a line of FILE: the first
command goes on where it was stopped, and asks more documents where `--upto` is higher. What another adapter
answered is asked again.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from dev_scores import fresh_home
from few_shot import SHOTS, shots_of
from record_counts import Counts, as_dict, count, from_dict, summed
from results import add_result, markdown, measuring, read_results
from stock_recipe import stock_answers

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.adapters.pack import RecordType
from thresher.adapters.pack_library import find_packs
from thresher.adapters.shots import Shot
from thresher.app.calibration.doubt import whole
from thresher.app.cli.evaluate import extract_labelled
from thresher.app.cli.narration import Narrator
from thresher.app.evaluation.records import GoldRecord, PredictedRecord, load_gold, predicted
from thresher.app.locations import Locations
from thresher.app.session import Session

#: The rate of a stock recipe, by way.
STOCK = {"stock-2e-4": 2e-4, "stock-1e-3": 1e-3}
#: What answers freely, and is read with `json`: the base as it is, too.
_FREE = {"plain": 0.0, **STOCK}
#: The adapter that is asked for, by way; None asks what is live.
ADAPTERS = {
    "base": "none",
    "few-shot": "none",
    "general": "general-starter",
    "default": None,
    "shipped": None,
    "trained": "trained",
}
WAYS = ("base", "few-shot", *_FREE, "general", "default", "shipped", "trained")
#: Two views of the same answers.
_VIEWS = ("default", "shipped")
#: Those that the stock recipe is held against.
_OURS = (*_VIEWS, "trained")
#: Those that state what they do in use: nothing that is too doubtful.
_IN_USE = ("shipped", "trained")
_SHORT = 100
#: Documents that are asked at a time.
PART = 10
#: What each way states of some documents, in order.
Asked = Callable[[Sequence[GoldRecord]], dict[str, list[PredictedRecord]]]


@contextmanager
def answering(
    folder: Path, ways: Sequence[str], asked: RecordType, work: Path
) -> Iterator[tuple[str | None, Asked]]:
    """What answers, by the hash of its weights, and how it is asked. Raises UsageError where nothing does.

    `ways` is one, or are those that differ only in what they state of an answer.
    """
    way = ways[0]
    if way in _FREE:
        with stock_answers(folder.parent.parent, asked, _FREE[way], work) as ask:
            yield None, lambda gold: {way: ask(gold)}
        return
    # What was answered before is not what is timed.
    with fresh_home() as here:
        here.adapters.symlink_to(Locations.default().adapters, target_is_directory=True)
        with Session(here) as session:
            task = session.task(asked.domain, asked.name, adapter=ADAPTERS[way])
            if way == "few-shot":
                task = replace(task, shots=_shots(folder / "train.jsonl", asked.fields))
            if way in _VIEWS and task.adapter is None:
                raise UsageError("no adapter answers by default")
            weights = session.registry.find(task.adapter).manifest.weights if task.adapter else None

            def said(gold: Sequence[GoldRecord]) -> dict[str, list[PredictedRecord]]:
                records = extract_labelled(session, gold, task, Narrator(quiet=True), None, again=True)
                return {
                    one: [predicted(each if one in _IN_USE else whole(each)) for each in records]
                    for one in ways
                }

            yield weights, said


def _shots(labels: Path, fields: Sequence[Field]) -> tuple[Shot, ...]:
    lines = [json.loads(line) for line in labels.read_text("utf-8").splitlines()[:_SHORT]]
    return shots_of(fields, sorted(lines, key=lambda line: len(line["input"]))[:SHOTS])


def measure(folder: Path, ways: Sequence[str], upto: int | None, results: Path, work: Path) -> None:
    """Asks for the parts that are not in the results yet. Raises UsageError where nothing answers."""
    asked = find_packs().pick(folder.parent.name, folder.name)
    gold = load_gold(folder / "dev.jsonl", asked.fields, open_fields=asked.open_fields)
    name = f"{asked.domain}/{asked.name}"
    done = {(one["record_type"], one["way"], one["weights"], one["first"]) for one in read_results(results)}
    parts = range(0, min(upto or len(gold), len(gold)), PART)
    if ways[0] in _FREE and all((name, ways[0], None, first) in done for first in parts):
        return
    with answering(folder, ways, asked, work) as (weights, ask):
        for first in parts:
            missing = [way for way in ways if (name, way, weights, first) not in done]
            if not missing:
                continue
            part = gold[first : first + PART]
            began = time.monotonic()
            said = ask(part)
            seconds = time.monotonic() - began
            for way in missing:
                counts = count(part, said[way], seconds)
                key = {"record_type": name, "way": way, "weights": weights, "first": first}
                add_result(results, key | as_dict(counts))
                sys.stderr.write(f"{name}, {way}, {first + len(part)} of {len(gold)}: F1 {counts.f1:.3f}\n")


def latest_parts(results: Sequence[dict[str, Any]]) -> dict[tuple[str, str], dict[int, Counts]]:
    """By record type and way, the counts of each part, of the adapter that answered last."""
    latest = {(one["record_type"], one["way"]): one["weights"] for one in results}
    parts: dict[tuple[str, str], dict[int, Counts]] = {}
    for one in results:
        key = one["record_type"], one["way"]
        if latest[key] == one["weights"]:
            parts.setdefault(key, {})[one["first"]] = from_dict(one)
    return parts


def table(results: Sequence[dict[str, Any]]) -> str:
    """A row for each record type and way."""
    titles = (
        "record type",
        "way",
        "records",
        "F1",
        "of stock's error",
        "all right",
        "grounded",
        "calibration error",
        "by chance",
        "s a document",
    )
    rows = []
    parts = latest_parts(results)
    for name, way in sorted(parts, key=lambda key: (key[0], WAYS.index(key[1]))):
        counts = summed(parts[name, way].values())
        error, chance = counts.calibration_error, counts.error_by_chance
        told = "" if error is None else f"{error:.3f}" + ("" if counts.calibrated else " (own)")
        cells = (
            name,
            way,
            str(counts.records),
            f"{counts.f1:.3f}",
            _of_stock(parts, name, way) if way in _OURS else "",
            f"{counts.right / counts.records:.0%}",
            f"{counts.grounded / counts.groundable:.1%}" if counts.groundable else "",
            told,
            "" if chance is None else f"{chance:.3f}",
            f"{counts.seconds / counts.records:.1f}",
        )
        rows.append(cells)
    return markdown(titles, rows)


def _of_stock(parts: Mapping[tuple[str, str], Mapping[int, Counts]], name: str, way: str) -> str:
    """What is left of the error of the better stock recipe, on what both answered; "" where that is nothing.

    Which one is better is seen on what all stock recipes answered.
    """
    ours, stock = parts[name, way], [parts[name, one] for one in STOCK if (name, one) in parts]
    if not stock:
        return ""

    def error(one: Mapping[int, Counts], documents: Iterable[int]) -> float:
        return 1 - summed(one[first] for first in documents).f1

    all_answered = set(stock[0]).intersection(*stock)
    better = min(stock, key=lambda one: error(one, all_answered))
    both = all_answered and set(ours).intersection(better)
    least = error(better, both) if both else 0
    return f"{error(ours, both) / least:.2f}" if least else ""


def main() -> None:
    """Measures what is missing, or prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path, nargs="?")
    parser.add_argument("--only", nargs="*", metavar="DOMAIN/RECORD_TYPE", help="these record types alone")
    parser.add_argument("--ways", nargs="*", choices=WAYS, default=WAYS)
    parser.add_argument(
        "--upto", type=int, help="the first so many records of each; all where it is left out"
    )
    parser.add_argument("--work", type=Path, default=Path("build/stock"), help="keeps what was trained")
    asked = measuring(parser, table)
    for file in sorted(asked.labelled.glob("*/*/dev.jsonl")):
        name = f"{file.parent.parent.name}/{file.parent.name}"
        for ways in _by_answer(asked.ways) if not asked.only or name in asked.only else ():
            try:
                measure(file.parent, ways, asked.upto, asked.results, asked.work)
            except UsageError as error:
                sys.stderr.write(f"{name}, {', '.join(ways)}: left out: {error}\n")


def _by_answer(ways: Iterable[str]) -> list[tuple[str, ...]]:
    """The ways, those of the same answers together."""
    views = tuple(way for way in ways if way in _VIEWS)
    return [*((way,) for way in ways if way not in _VIEWS), *([views] if views else [])]


if __name__ == "__main__":
    main()
