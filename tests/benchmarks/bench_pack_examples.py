"""The packs' own examples, by what a domain ships and by the general adapter alone.

    python tests/benchmarks/bench_pack_examples.py --results FILE [--only DOMAIN ...]
    python tests/benchmarks/bench_pack_examples.py --results FILE --table

The examples are of other sources than the labels that the adapters were trained on: mails, sheets, web pages,
scans. Only record types that the domain's adapter has learnt are asked. What is measured is not measured
again, but for what another adapter answered.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dev_scores import examples_of, learnt, records_of
from record_counts import as_dict, count, from_dict, summed
from results import add_result, is_there, markdown, measuring

from thresher.adapters.manifest import read_manifest
from thresher.adapters.pack import RecordType
from thresher.adapters.pack_library import find_packs
from thresher.app.evaluation.records import predicted
from thresher.app.registry.folders import GENERAL

_GENERAL = GENERAL / "starter"
_WAYS = ("domain", "general")


def measure(asked: RecordType, own: Path, out: Path) -> None:
    """Adds what each way gets right of the record type's examples, where it is not there yet."""
    gold, name = examples_of(asked), f"{asked.domain}/{asked.name}"
    for way, adapter in zip(_WAYS, (own, _GENERAL), strict=True):
        key = {"record_type": name, "way": way, "weights": read_manifest(adapter).weights}
        if not is_there(out, key):
            counts = count(gold, [predicted(one) for one in records_of(Path(name), gold, adapter)], 0.0)
            add_result(out, key | as_dict(counts))
            sys.stderr.write(f"{name}, {way}: F1 {counts.f1:.3f}\n")


def table(results: Sequence[dict[str, Any]]) -> str:
    """A row a record type, and one of all."""
    latest = {(one["record_type"], one["way"]): from_dict(one) for one in results}
    names = list(dict.fromkeys(name for name, _ in latest))
    rows = []
    for told, of in [*((name, [name]) for name in names), ("all", names)]:
        sums = [summed(latest[name, way] for name in of) for way in _WAYS]
        rows.append([told, str(sums[0].records), *(f"{one.f1:.3f}" for one in sums)])
    return markdown(("record type", "examples", "the domain's adapter", "the general adapter"), rows)


def main() -> None:
    """Measures what is missing, or prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[], metavar="DOMAIN")
    asked = measuring(parser, table)
    packs = find_packs()
    for (domain, name), adapter in learnt().items():
        if not asked.only or domain in asked.only:
            measure(packs.pick(domain, name), adapter, asked.results)


if __name__ == "__main__":
    main()
