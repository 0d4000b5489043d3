"""Make labels of confidentiality agreements: with their parties, date, law and term right by construction.

    python packaging/make_agreements.py OUT.jsonl --count 300 --seed 1

The words are invented (`agreement_words.yaml`), so that weights trained on them may be shipped. What the text
does not state is null in the gold. The same seed makes the same file.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agreement_facts import draw_facts
from agreement_writer import Writer
from make_listings import write_labels

from thresher.adapters.training.draw import Draw


def make_agreements(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """So many labels, each `{"id", "input", "output"}`."""
    for number in range(count):
        draw = Draw(seed, "agreement", number)
        facts = draw_facts(draw)
        text = Writer(facts, draw).agreement()
        yield {"id": f"agreement-{seed}-{number:05}", "input": text, "output": facts.gold()}


def main() -> None:
    """Writes the file of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    write(asked.out, asked.count, asked.seed)


def write(path: Path, count: int, seed: int) -> None:
    """Writes so many labels, whole or not at all."""
    write_labels(path, make_agreements(count, seed))


if __name__ == "__main__":
    main()
