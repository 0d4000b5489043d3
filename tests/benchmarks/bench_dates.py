"""How well what stands beside a date tells which of a record it is, by how many labels that was learnt of.

    python tests/benchmarks/bench_dates.py LABELS --domain legal --record-type contract

Of each document it is told by cues that were learnt of labels in the other folds. Told apart are the dates
that a label has: the area is the chance that one which is the field's has higher odds than one that is not.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence

from bench_cues import area
from cue_folds import asked_labels, by_folds
from results import markdown

from thresher.adapters.cues import log_odds
from thresher.adapters.date_cues import cues_beside
from thresher.adapters.training.labels import Label
from thresher.adapters.training.learn_dates import learn_dates


def told(labels: Sequence[Label], upto: int) -> dict[str, list[tuple[float, bool]]]:
    """By field, the log odds of each date that a label has and its text writes out; and whether it is it."""
    found = defaultdict(list)
    for label, cues in by_folds(labels, learn_dates, upto):
        dates = [label.values.get(field.name) for field in label.fields if field.type == "date"]
        beside = cues_beside(label.text, {day for day in dates if day is not None})
        for name, each in cues.items():
            for day, said in beside.items() if name in label.values else ():
                found[name].append((log_odds(each, said), day == label.values[name]))
    return found


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked, _, labels = asked_labels(parser)
    rows = [
        (str(upto), name, str(len(pairs)), str(sum(is_it for _, is_it in pairs)), f"{area(pairs):.3f}")
        for upto in asked.upto
        for name, pairs in sorted(told(labels, upto).items())
    ]
    sys.stdout.write(markdown(("labels", "field", "dates", "this one", "area"), rows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
