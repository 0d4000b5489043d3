"""What other letters than those that were learnt cost, and what reading a document in these gives back.

    python tests/benchmarks/bench_letters.py LABELLED --only manufacturing/work_order --upto 40 --results FILE
    python tests/benchmarks/bench_letters.py --results FILE --table

LABELLED is a folder with DOMAIN/RECORD_TYPE/dev.jsonl. The general adapter and the domain's own answer for
the documents as they are, and for the same in other letters: what is in capitals in small ones, the others
in capitals; these once read as they stand, and once as the adapter's letters have it. The score does not
tell letters apart. What is measured is not measured again, but for what another adapter answered.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dev_scores import labelled, records_of
from results import add_result, is_there, markdown, measuring

from thresher.adapters.adapter import Adapter
from thresher.adapters.adapter_folder import read_adapter, write_adapter
from thresher.adapters.letters import Letters, are_capitals
from thresher.adapters.pack_library import SHIPPED
from thresher.app.evaluation.records import GoldRecord, predicted
from thresher.app.evaluation.score import score
from thresher.app.registry.folders import GENERAL

#: Of an adapter that has learnt both, every document is read as it stands.
_BOTH = Letters(documents=2, in_capitals=1)
#: In other letters?, read as they were learnt?
_WAYS = {
    "as they are": (False, True),
    "read as they stand": (True, False),
    "read as learnt": (True, True),
}


def measure(name: str, gold: Sequence[GoldRecord], answers: str, adapter: Adapter, out: Path) -> None:
    """Adds what is right of these in each way that is not in the results yet."""
    manifest = adapter.manifest
    for way, (is_changed, is_learnt) in _WAYS.items():
        key = {"record_type": name, "answers": answers, "way": way, "records": len(gold)}
        key |= {"weights": manifest.weights, "letters": manifest.letters[name].model_dump()}
        if is_there(out, key):
            continue
        letters = manifest.letters if is_learnt else {name: _BOTH}
        asked = [_in_others(one) if is_changed else one for one in gold]
        with tempfile.TemporaryDirectory() as scratch:
            told = manifest.model_copy(update={"letters": letters})
            write_adapter(Path(scratch) / "one", replace(adapter, manifest=told))
            records = records_of(Path(name), asked, Path(scratch) / "one")
        f1 = score(asked, [predicted(record) for record in records]).total.f1
        add_result(out, key | {"f1": f1})
        sys.stderr.write(f"{name}, {answers}, {way}: F1 {f1 or 0:.3f}\n")


def _in_others(one: GoldRecord) -> GoldRecord:
    text = one.text.lower() if are_capitals(one.text) else one.text.upper()
    return replace(one, text=text)


def table(results: Sequence[dict[str, Any]]) -> str:
    """A row for each record type and who answers."""
    latest = {(one["record_type"], one["answers"], one["way"]): one for one in results}
    rows = []
    for name, who in dict.fromkeys(key[:2] for key in latest):
        ways: list[dict[str, Any]] = [latest.get((name, who, way), {}) for way in _WAYS]
        if all(ways):
            rows.append([name, str(ways[0]["records"]), who, *(f"{one['f1'] or 0:.3f}" for one in ways)])
    first, *others = _WAYS
    titles = ("record type", "records", "answers", first, *(f"in other letters, {way}" for way in others))
    return markdown(titles, rows)


def main() -> None:
    """Measures what is missing, or prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path, nargs="?")
    parser.add_argument("--only", nargs="*", default=[], metavar="DOMAIN/RECORD_TYPE")
    parser.add_argument("--answers", nargs="*", choices=["general", "own"], default=["general", "own"])
    parser.add_argument("--upto", type=int, help="so many documents of each; all where it is left out")
    asked = measuring(parser, table)
    for name in asked.only:
        gold = labelled(asked.labelled / name, "dev.jsonl")[: asked.upto]
        folders: dict[str, Path] = {
            "general": GENERAL / "starter",
            "own": SHIPPED / name.partition("/")[0] / "adapters" / "starter",
        }
        for answers in asked.answers:
            measure(name, gold, answers, read_adapter(folders[answers]), asked.results)


if __name__ == "__main__":
    main()
