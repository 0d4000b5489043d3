"""Would a wide schema be answered better in groups of fields? F1 and seconds by the size of the groups.

    python tests/benchmarks/bench_groups.py LABELLED legal/contract retail/product --sizes 0 7 --upto 5

LABELLED is a folder with DOMAIN/RECORD_TYPE/dev.jsonl. Each document is asked about as many times as there
are groups, each time for the fields of one alone, in windows that fit these; 0 asks for all at once. Counts
are added.
"""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from dev_scores import fresh_home
from results import markdown

from thresher.adapters.fields import Field
from thresher.adapters.pack_library import find_packs
from thresher.app.cli.evaluate import extract_labelled
from thresher.app.cli.narration import Narrator
from thresher.app.evaluation.records import GoldRecord, load_gold, predicted
from thresher.app.evaluation.score import Scores, Tally, score
from thresher.app.session import Session
from thresher.app.task import Task


def groups(fields: Sequence[Field], size: int) -> list[tuple[Field, ...]]:
    """Of like size, in order, of at most `size` fields each; one of all for 0."""
    count = -(-len(fields) // size) if size else 1
    ends = [round(len(fields) * number / count) for number in range(count + 1)]
    return [tuple(fields[start:end]) for start, end in pairwise(ends)]


def only(fields: Sequence[Field], gold: Sequence[GoldRecord]) -> list[GoldRecord]:
    """The records with the gold of these fields alone."""
    names = {one.name for one in fields}

    def kept(output: Mapping[str, object]) -> dict[str, object]:
        return {name: value for name, value in output.items() if name in names}

    return [replace(one, fields=tuple(fields), output=kept(one.output)) for one in gold]


def measure(session: Session, task: Task, gold: Sequence[GoldRecord], size: int) -> tuple[Tally, float]:
    """The counts over all groups, and the seconds a document."""
    total, began = Tally(), time.monotonic()
    for group in groups(task.fields, size):
        part = only(group, gold)
        records = extract_labelled(session, part, task, Narrator(quiet=True), None, again=True)
        scores: Scores = score(part, [predicted(record) for record in records])
        total.add(scores.total)
    return total, (time.monotonic() - began) / len(gold)


def main() -> None:
    """Prints a row for each record type and size as it comes, and the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path)
    parser.add_argument("names", nargs="+", metavar="DOMAIN/RECORD_TYPE")
    parser.add_argument("--sizes", nargs="+", type=int, default=[0, 7], help="fields of a group; 0 is all")
    parser.add_argument("--adapter", default="none", help="who answers")
    parser.add_argument("--upto", type=int, default=10, help="so many records of each")
    asked = parser.parse_args()
    rows = []
    for name in asked.names:
        domain, _, record_type = name.partition("/")
        kind = find_packs().pick(domain, record_type)
        file = asked.labelled / name / "dev.jsonl"
        gold = load_gold(file, kind.fields, open_fields=kind.open_fields)[: asked.upto]
        for size in asked.sizes:
            with fresh_home() as here, Session(here) as session:
                task = session.whole(session.task(domain, record_type, adapter=asked.adapter))
                total, seconds = measure(session, task, gold, size)
            figures = (total.precision, total.recall, total.f1)
            rows.append(
                [name, str(size or "all"), *(f"{each or 0:.3f}" for each in figures), f"{seconds:.1f}"]
            )
            sys.stderr.write(f"{' '.join(rows[-1])}\n")
    titles = ("record type", "fields of a group", "precision", "recall", "F1", "s a document")
    sys.stdout.write(markdown(titles, rows) + "\n")


if __name__ == "__main__":
    main()
