"""What the general adapter gets right of fields that it never saw, by how much of what it learnt answers.

    python tests/benchmarks/bench_strength.py LABELLED --only manufacturing/work_order --results FILE
    python tests/benchmarks/bench_strength.py --results FILE --table

LABELLED is a folder with DOMAIN/RECORD_TYPE/train.jsonl. The strength at which it ships is chosen by this
(WiSE-FT, Wortsman et al. 2022), so no document of a dev.jsonl is asked: the packs' own examples of record
types that no shipped adapter was trained on, and the first of each train.jsonl of `--only`, which name record
types that it never saw. What is measured is not measured again, but for what another general adapter
answered.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from bench_unseen import PACKAGING, own_examples
from dev_scores import labelled, scores_of
from results import add_result, is_there, markdown, measuring

from thresher.adapters.adapter_folder import read_adapter, write_adapter
from thresher.app.evaluation.records import GoldRecord
from thresher.app.evaluation.score import Tally
from thresher.app.registry.folders import GENERAL

#: The shares of what it learnt that are tried where none are named.
STRENGTHS = (0.3, 0.6, 0.8, 1.0)
#: In place of a record type's name: the packs' own examples, all together.
_EXAMPLES = "own examples"
#: What documents count as, their DOMAIN/RECORD_TYPE, and their labels.
Asked = tuple[str, Path, list[GoldRecord]]


def documents(data: Path | None, only: Sequence[str], upto: int) -> Iterator[Asked]:
    """What is asked."""
    for name, gold in own_examples():
        yield _EXAMPLES, Path(name), gold
    for name in only:
        assert data is not None, "they lie in LABELLED"
        yield name, Path(name), labelled(data / name, "train.jsonl")[:upto]


def measure(strength: float, shipped: float, asked: Sequence[Asked], out: Path) -> None:
    """Adds what this share of the general adapter gets right, of what is not in the results yet.

    `shipped` is the share that the one in the project has.
    """
    from merging import scaled

    adapter = read_adapter(GENERAL / "starter")
    with tempfile.TemporaryDirectory() as scratch:
        part = Path(scratch) / "part"
        write_adapter(part, scaled(adapter, strength / shipped))
        for name in dict.fromkeys(name for name, _, _ in asked):
            parts = [(folder, gold) for one, folder, gold in asked if one == name]
            key = {"strength": strength, "asked": name, "records": sum(len(gold) for _, gold in parts)}
            key |= {"weights": adapter.manifest.weights}
            if is_there(out, key):
                continue
            whole = Tally()
            for folder, gold in parts:
                whole.add(scores_of(folder, gold, part).total)
            add_result(out, key | {"f1": whole.f1})
            sys.stderr.write(f"{name}, {strength:g} of it: F1 {whole.f1 or 0:.3f}\n")


def table(results: Sequence[dict[str, Any]]) -> str:
    """A row a strength, a column for what was asked."""
    latest = {(one["strength"], one["asked"]): one for one in results}
    names = list(dict.fromkeys(name for _, name in latest))
    records = {name: next(one["records"] for key, one in latest.items() if key[1] == name) for name in names}
    rows = []
    for strength in sorted({strength for strength, _ in latest}):
        scores = (latest.get((strength, name)) for name in names)
        rows.append([f"{strength:g}", *(f"{one['f1'] or 0:.3f}" if one else "" for one in scores)])
    return markdown(["of what it learnt", *(f"{name} ({records[name]})" for name in names)], rows)


def main() -> None:
    """Measures what is missing, or prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path, nargs="?")
    parser.add_argument("--only", nargs="*", default=[], metavar="DOMAIN/RECORD_TYPE")
    parser.add_argument("--strengths", nargs="+", type=float, default=STRENGTHS)
    parser.add_argument("--upto", type=int, default=30, help="so many records of each")
    asked = measuring(parser, table)
    sys.path.append(str(PACKAGING))
    shipped = yaml.safe_load((PACKAGING / "adapters" / "general.yaml").read_text("utf-8"))["strength"]
    what = list(documents(asked.labelled, asked.only, asked.upto))
    for strength in asked.strengths:
        measure(strength, shipped, what, asked.results)


if __name__ == "__main__":
    main()
