"""What the cues of booleans tell by themselves, without a model, by how many labels they were learnt of.

    python tests/benchmarks/bench_cues.py LABELS --domain legal --record-type contract

Each document is told by cues that were learnt of labels in the other folds. Beside F1, of booleans whose
chance is 0.25 or more, the mean area under the ROC curve of each boolean.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from results import markdown

from thresher.adapters.cues import words_and_pairs
from thresher.adapters.logistic import sigmoid
from thresher.adapters.pack_library import find_packs
from thresher.adapters.training.labels import Label, read_labels
from thresher.adapters.training.learn_cues import learn_cues
from thresher.adapters.training.split import document_key
from thresher.app.evaluation.score import Tally
from thresher.app.task import STATE_FROM

FOLDS = 5
#: Of each boolean, for each document: the log odds that it is true, and whether it is.
Told = dict[str, list[tuple[float, bool]]]


def fold_of(label: Label) -> int:
    """The fold of a document, whatever the others are."""
    return int(sha256(document_key(label.text).encode("utf-8", "surrogatepass")).hexdigest(), 16) % FOLDS


def told(labels: Sequence[Label], upto: int) -> Told:
    """By cues of so many labels of the other folds."""
    found: Told = {}
    for fold in range(FOLDS):
        cues = learn_cues([label for label in labels if fold_of(label) != fold][:upto])
        for label in (label for label in labels if fold_of(label) == fold):
            words = words_and_pairs(label.text)
            for name, one in cues.items():
                found.setdefault(name, []).append((one.log_odds(words), label.values.get(name) is True))
    return found


def area(pairs: Sequence[tuple[float, bool]]) -> float:
    """The chance that one that is true has higher odds than one that is not."""
    odds, truth = np.array([one for one, _ in pairs]), np.array([one for _, one in pairs])
    high, low = odds[truth][:, None], odds[~truth][None]
    return float((high > low).mean() + (high == low).mean() / 2)


def row(upto: int, found: Mapping[str, Sequence[tuple[float, bool]]]) -> tuple[str, ...]:
    """A row of the table."""
    tally = Tally()
    for pairs in found.values():
        stated = sigmoid(np.array([odds for odds, _ in pairs])) >= STATE_FROM
        truth = np.array([is_true for _, is_true in pairs])
        counts = (stated & truth).sum(), (stated & ~truth).sum(), (~stated & truth).sum()
        tally.add(Tally(*map(int, counts)))
    if not found:
        return str(upto), "0", "", ""
    mean = np.mean([area(pairs) for pairs in found.values()])
    return str(upto), str(len(found)), f"{tally.f1 or 0.0:.3f}", f"{mean:.3f}"


def main() -> None:
    """Prints a row for each number of labels."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("--domain", required=True)
    parser.add_argument("--record-type", required=True)
    parser.add_argument("--upto", type=int, nargs="+", default=[50, 100, 200])
    asked = parser.parse_args()
    kind = find_packs().pick(asked.domain, asked.record_type)
    labels = read_labels([asked.labels], kind.fields, kind.instructions, kind.open_fields, unfit=[])
    rows = [row(upto, told(labels, upto)) for upto in asked.upto]
    titles = ("labels", "booleans with cues", "F1", "area under the ROC curve")
    sys.stdout.write(markdown(titles, rows) + "\n")


if __name__ == "__main__":
    main()
