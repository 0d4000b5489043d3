"""How often the interval of a comparison misses: python tests/benchmarks/bench_interval.py [DRAWS]

Two sides answer documents of four fields. How hard a document is, and each of its fields, is drawn for both
sides together, as real documents are hard for any adapter; the rest of a right answer is chance. A row for
each number of documents and each pair of sides: the difference of the two F1 in truth (of 50,000 documents;
zero where both are alike), how often the interval lies above it, and how often below. At 95 % each is to
happen in 2.5 % of the draws. An interval above a true difference of zero is a gate that lets an adapter pass
that is no better.
"""

import sys
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.fields import Field
from thresher.app.evaluation.compare import compare
from thresher.app.evaluation.records import GoldRecord, Predicted, PredictedRecord

FIELDS = tuple(Field(name=f"field_{at}", type="string") for at in range(4))
DOCUMENTS = (10, 20, 50, 100)
#: How often each side is right.
SIDES = ((0.7, 0.7), (0.9, 0.9), (0.8, 0.7), (0.95, 0.9))
#: The standard deviations of what a document and a field of it have for both sides.
HARD_DOCUMENT, HARD_FIELD = 1.0, 0.7
#: Of wrong answers, the share that says nothing at all.
SILENT = 0.3


def main() -> None:
    """Prints a row for each number of documents and each pair of sides."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    random = np.random.default_rng(0)
    sys.stdout.write(f"{'right':>12}{'documents':>12}{'difference':>12}{'above':>9}{'below':>9}\n")
    for sides in SIDES:
        equal = sides[0] == sides[1]
        truth = 0.0 if equal else difference(answers(50_000, sides, random))
        for documents in DOCUMENTS:
            above = below = 0
            for _ in range(draws):
                interval = compared(answers(documents, sides, random))
                above += interval[0] > truth
                below += interval[1] < truth
            cells = f"{documents:>12}{truth:>12.3f}{above / draws:>9.1%}{below / draws:>9.1%}"
            sys.stdout.write(f"{sides[0]:>6}, {sides[1]:<4}{cells}\n")
            sys.stdout.flush()


def answers(
    documents: int, sides: tuple[float, float], random: np.random.Generator
) -> list[NDArray[np.int8]]:
    """For each side and document and field: 1 right, 0 wrong, -1 silent."""
    easy = random.normal(0, HARD_DOCUMENT, (documents, 1)) + random.normal(0, HARD_FIELD, (documents, 4))
    spread = (1 + HARD_DOCUMENT**2 + HARD_FIELD**2) ** 0.5
    found = []
    for right in sides:
        good = NormalDist().inv_cdf(right) * spread + easy + random.normal(size=(documents, 4)) > 0
        silent = random.random((documents, 4)) < SILENT
        found.append(np.where(good, 1, np.where(silent, -1, 0)).astype(np.int8))
    return found


def difference(both: list[NDArray[np.int8]]) -> float:
    """Of the two F1: 2·TP / (2·TP + FP + FN)."""
    first, second = (
        2 * (one == 1).sum() / (2 * (one == 1).sum() + 2 * (one == 0).sum() + (one == -1).sum())
        for one in both
    )
    return float(first - second)


def compared(both: list[NDArray[np.int8]]) -> tuple[float, float]:
    """The interval that a comparison of the two gives."""
    said = {1: "right", 0: "wrong", -1: None}
    gold = [
        GoldRecord(str(at), f"text {at}", {field.name: "right" for field in FIELDS}, FIELDS)
        for at in range(len(both[0]))
    ]
    sides = [
        [
            PredictedRecord(
                str(at), {field.name: Predicted(said[int(n)]) for field, n in zip(FIELDS, row, strict=True)}
            )
            for at, row in enumerate(one)
        ]
        for one in both
    ]
    interval = compare(gold, sides[0], sides[1]).total.interval
    return interval if interval is not None else (-1.0, 1.0)


if __name__ == "__main__":
    main()
