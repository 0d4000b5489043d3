"""Make labels of confidentiality agreements: with their parties, date, law and term right by construction.

    python packaging/make_agreements.py OUT.jsonl --count 300 --seed 1

The words are invented (`writers/agreement_words.yaml`), so that weights trained on them may be shipped. What
the text does not state is null in the gold. The same seed makes the same file.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from made_labels import command, write_labels
from writers.agreement_facts import draw_facts
from writers.agreement_writer import Writer

from thresher.adapters.training.draw import Draw


def make_agreements(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """So many labels, each `{"id", "input", "output"}`."""
    for number in range(count):
        draw = Draw(seed, "agreement", number)
        facts = draw_facts(draw)
        text = Writer(facts, draw).agreement()
        yield {"id": f"agreement-{seed}-{number:05}", "input": text, "output": facts.gold()}


def write(path: Path, count: int, seed: int) -> None:
    """Writes so many labels, whole or not at all."""
    write_labels(path, make_agreements(count, seed))


if __name__ == "__main__":
    command(__doc__, 300, write)
