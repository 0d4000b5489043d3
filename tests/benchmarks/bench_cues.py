"""What the cues of booleans tell by themselves, without a model, by how many labels they were learnt of.

    python tests/benchmarks/bench_cues.py LABELS --domain legal --record-type contract

Each document is told by cues that were learnt of labels in the other folds. Beside the F1 of the booleans,
the mean area under the ROC curve of each.

    python tests/benchmarks/bench_cues.py LABELS --domain legal --record-type contract --places

How often the place that is shown of a clause which a contract has is near the clause: within 300 characters
of it a pattern for the clause's wording (see `bench_clauses`) is found. By chance: of parts of as many
characters the share in which it is. Contracts of which no part, or each, has it do not count. At last, how
often such wording and 300 characters on each side of it, as if it were a whole document, are told to have the
clause.

    python tests/benchmarks/bench_cues.py LABELS --domain legal --record-type contract --described [--places]

The same of no labels: what the words of each boolean's own name and description tell of long documents.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from bench_clauses import PATTERNS
from cue_folds import asked_labels, by_folds
from results import markdown

from thresher.adapters.cues import Cues, told
from thresher.adapters.training.labels import Label
from thresher.adapters.training.learn_cues import learn_cues
from thresher.app.evaluation.score import Tally
from thresher.app.extraction.described_cues import described_cues

#: Characters beside a place that one reads, too.
NEAR = 300
#: Of each boolean, for each document: the log odds that it is true, and whether it is.
HeldOut = dict[str, list[tuple[float, bool]]]
#: Labels, and for each the cues by which its document is told.
Cued = Iterable[tuple[Label, dict[str, Cues]]]


def held_out(cued: Cued) -> HeldOut:
    """What the cues tell of each."""
    found: HeldOut = {}
    for label, cues in cued:
        for name, one in told(label.text, cues).items():
            found.setdefault(name, []).append((one.log_odds, label.values.get(name) is True))
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
        stated = np.array([odds >= 0 for odds, _ in pairs])
        truth = np.array([is_true for _, is_true in pairs])
        counts = (stated & truth).sum(), (stated & ~truth).sum(), (~stated & truth).sum()
        tally.add(Tally(*map(int, counts)))
    if not found:
        return str(upto), "0", "", ""
    mean = np.mean([area(pairs) for pairs in found.values()])
    return str(upto), str(len(found)), f"{tally.f1 or 0.0:.3f}", f"{mean:.3f}"


def described(labels: Sequence[Label]) -> Cued:
    """By the words of each boolean's own name and description."""
    return ((label, described_cues(label.fields, label.text)) for label in labels)


def places(cued: Cued) -> str:
    """A row for each clause, and all together."""
    cases: dict[str, list[tuple[bool, float, bool]]] = {name: [] for name in PATTERNS}
    for label, cues in cued:
        each = told(label.text, cues)
        for name, pattern in PATTERNS.items():
            if label.values.get(name) is not True or name not in each:
                continue
            (first, last), text = each[name].place or (0, 0), label.text
            size = last - first + 2 * NEAR
            parts = [text[at : at + size] for at in range(0, len(text), size)]
            has = [bool(re.search(pattern, part, re.S | re.I)) for part in parts]
            if any(has) and not all(has):
                near = text[max(first - NEAR, 0) : last + NEAR]
                hit = each[name].place is not None and re.search(pattern, near, re.S | re.I) is not None
                wording = re.search(pattern, text, re.S | re.I)
                assert wording is not None, "some part has it"
                alone = text[max(wording.start() - NEAR, 0) : wording.end() + NEAR]
                alone_odds = told(alone, {name: cues[name]})[name].log_odds
                cases[name].append((hit, sum(has) / len(has), alone_odds >= 0))
    cases["all"] = [case for each in cases.values() for case in each]
    rows = [
        (name, str(len(each)), *(f"{np.mean(column):.0%}" for column in zip(*each, strict=True)))
        for name, each in cases.items()
        if each
    ]
    return markdown(("clause", "contracts", "near it", "by chance", "told of it alone"), rows)


def main() -> None:
    """Prints a row for each number of labels."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--places", action="store_true", help="how often the place shown is the clause's")
    parser.add_argument("--described", action="store_true", help="by the words of the fields, not by labels")
    asked, _, labels = asked_labels(parser)
    if asked.places:
        cued = described(labels) if asked.described else by_folds(labels, learn_cues)
        sys.stdout.write(places(cued) + "\n")
        return
    if asked.described:
        rows = [row(0, held_out(described(labels)))]
    else:
        rows = [row(upto, held_out(by_folds(labels, learn_cues, upto))) for upto in asked.upto]
    titles = ("labels", "booleans with cues", "F1", "area under the ROC curve")
    sys.stdout.write(markdown(titles, rows) + "\n")


if __name__ == "__main__":
    main()
