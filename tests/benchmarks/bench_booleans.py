"""What a calibration makes of booleans: by what the model says alone, and with what its words tell.

    python tests/benchmarks/bench_booleans.py LABELS --domain legal --record-type contract

LABELS are documents that no training saw. What was answered before, in the home that THRESHER_HOME names, is
not asked again. Confidences are cross-fitted, as a calibration's curve is. F1 of all booleans together: as
the model says; of what is not too doubtful; and where a `false` that is wrong often enough is stated as true.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from results import markdown

from thresher.adapters.pack_library import find_packs
from thresher.app.calibration.calibrate import of_labels
from thresher.app.calibration.calibrator import Labelled
from thresher.app.calibration.fitting import cross_fitted
from thresher.app.cli.evaluate import extract_labelled
from thresher.app.cli.narration import Narrator
from thresher.app.evaluation.records import load_gold
from thresher.app.evaluation.score import Tally
from thresher.app.locations import Locations
from thresher.app.session import Session
from thresher.app.task import STATE_FROM


def chances(values: Sequence[Labelled]) -> list[float]:
    """Of each value, how sure what it says is, by the others' documents."""
    groups = {absent: [v for v in values if v.signals.absent is absent] for absent in (False, True)}
    found = {absent: iter(cross_fitted(group)) for absent, group in groups.items()}
    return [next(found[value.signals.absent]) for value in values]


def f1(stated: Sequence[bool], truth: Sequence[bool]) -> str:
    """Of booleans that are stated as true."""
    pairs = Counter(zip(stated, truth, strict=True))
    return f"{Tally(pairs[True, True], pairs[True, False], pairs[False, True]).f1 or 0.0:.3f}"


def row(values: Sequence[Labelled], names: frozenset[str]) -> tuple[str, str, str]:
    """The three F1."""
    judged = [
        (not value.signals.absent, sure, value.right)
        for value, sure in zip(values, chances(values), strict=True)
        if value.field in names
    ]
    truth = [right is said for said, _, right in judged]
    return (
        f1([said for said, _, _ in judged], truth),
        f1([said and sure >= STATE_FROM for said, sure, _ in judged], truth),
        f1([(sure if said else 1 - sure) >= STATE_FROM for said, sure, _ in judged], truth),
    )


def main() -> None:
    """Prints a row without words, with those of descriptions, and with the adapter's cues besides."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("--domain", required=True)
    parser.add_argument("--record-type", required=True)
    parser.add_argument("--adapter", help="what is to answer; what answers by default where it is left out")
    asked = parser.parse_args()
    kind = find_packs().pick(asked.domain, asked.record_type)
    gold = load_gold(asked.labels, kind.fields, open_fields=kind.open_fields)
    with Session(Locations.default()) as session:
        task = session.whole(session.task(asked.domain, asked.record_type, adapter=asked.adapter))
        records = extract_labelled(session, gold, task, Narrator(quiet=False), None, again=False)
        values = list(of_labels(gold, records, task))
    names = frozenset(field.name for field in kind.fields if field.type == "boolean")
    cueless = [replace(value, signals=replace(value.signals, cues=None)) for value in values]
    wordless = [replace(value, signals=replace(value.signals, words=None)) for value in cueless]
    titles = ("calibrated by", "as the model says", "not too doubtful", "false as true, too")
    rows = [
        ("its signals", *row(wordless, names)),
        ("and words of descriptions", *row(cueless, names)),
        ("and the adapter's cues", *row(values, names)),
    ]
    sys.stdout.write(markdown(titles, rows) + "\n")


if __name__ == "__main__":
    main()
