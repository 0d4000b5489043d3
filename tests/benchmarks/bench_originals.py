"""Originals, as people have them, against the text that their labels were made on: what reading costs.

    python tests/benchmarks/bench_originals.py LABELLED --results FILE
    python tests/benchmarks/bench_originals.py --results FILE --table

LABELLED is a folder with DOMAIN/RECORD_TYPE/dev.jsonl, in which some lines name the `file` that the document
is: a PDF, a scan, a photograph. What answers by default answers for those, once for the text of the line and
once for the file. What is measured is not measured again, but for what another adapter answered.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench_words import folders, originals, words
from dev_scores import fresh_home
from record_counts import as_dict, count, from_dict
from results import add_result, is_there, markdown, measuring

from thresher.app.evaluation.records import GoldRecord, predicted
from thresher.app.events import DocumentRead, RecordReady
from thresher.app.session import Session
from thresher.app.sources import Source


def measure(folder: Path, pairs: Sequence[tuple[GoldRecord, Path]], out: Path) -> None:
    """Adds what is right of the records of the texts, and of the files, where it is not there yet."""
    gold = [one for one, _ in pairs]
    ways = {
        "text": [Source(one.id, text=one.text) for one in gold],
        "file": [Source(one.id, path=path) for one, path in pairs],
    }
    by_id = {one.id: one for one in gold}
    with fresh_home() as here, Session(here) as session:
        task = session.whole(session.task(folder.parent.name, folder.name))
        weights = session.registry.find(task.adapter).manifest.weights if task.adapter else None
        for way, sources in ways.items():
            key = {"record_type": f"{folder.parent.name}/{folder.name}", "way": way, "records": len(gold)}
            key |= {"weights": weights}
            if is_there(out, key):
                continue
            began = time.monotonic()
            events = list(session.extract(sources, task, again=True))
            answers = [predicted(event.record) for event in events if isinstance(event, RecordReady)]
            counts = count(gold, answers, time.monotonic() - began)
            read = [event for event in events if isinstance(event, DocumentRead)]
            told = words((by_id[event.source.id], event.document) for event in read)
            add_result(out, key | as_dict(counts) | told)
            sys.stderr.write(f"{key['record_type']}, {way}: F1 {counts.f1:.3f}\n")


def table(results: Sequence[dict[str, Any]]) -> str:
    """A row a record type."""
    titles = ("record type", "documents", "pages by OCR", "words whole", "F1 of the text", "F1 of the file")
    latest = {(one["record_type"], one["way"]): one for one in results}
    rows = []
    for name in dict.fromkeys(name for name, _ in latest):
        text, file = latest[name, "text"], latest[name, "file"]
        counts = from_dict(file)
        rows.append(
            [
                name,
                str(file["records"]),
                str(file["ocr_pages"]),
                f"{file['words_whole'] / file['words']:.1%}",
                f"{from_dict(text).f1:.3f}",
                f"{counts.f1:.3f}",
                f"{counts.calibration_error or 0:.3f}{'' if counts.calibrated else ' (own)'}",
                f"{counts.error_by_chance or 0:.3f}",
            ]
        )
    return markdown([*titles, "calibration error of the file", "by chance"], rows)


def main() -> None:
    """Measures what is missing, or prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path, nargs="?")
    parser.add_argument("--only", nargs="*", default=[], metavar="DOMAIN/RECORD_TYPE")
    parser.add_argument("--upto", type=int, help="so many documents of each")
    asked = measuring(parser, table)
    for folder in folders(asked.labelled, asked.only, "dev.jsonl"):
        measure(folder, originals(folder, "dev.jsonl")[: asked.upto], asked.results)


if __name__ == "__main__":
    main()
