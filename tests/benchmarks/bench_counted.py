"""How often a date that is counted is right, without a model, by how many labels its cues were learnt of.

    python tests/benchmarks/bench_counted.py LABELS --domain legal --record-type contract

Each document's is told by cues that were learnt of labels in the other folds, from the date that its label
has. Beside what is stated and how much of that is right: the labels that have a day, those whose text writes
it out, and those to which a length of time in the text leads.
"""

import argparse
import sys
from collections.abc import Sequence
from math import log

from cue_folds import asked_labels, by_folds
from results import markdown

from thresher.adapters.counted_dates import counted, start_day
from thresher.adapters.dates import dates_in
from thresher.adapters.fields import Field
from thresher.adapters.lengths import lengths_in
from thresher.adapters.training.labels import Label
from thresher.adapters.training.learn_counted import learn_counted

#: Chances from which a date is stated.
CHANCES = (0.1, 0.25, 0.5, 0.7)


def told(field: Field, labels: Sequence[Label], upto: int) -> list[tuple[float, bool]]:
    """Of each document in which something is counted: its log odds, and whether it is right."""
    found = []
    for label, cues in by_folds(labels, learn_counted, upto):
        start = start_day(field, label.fields, label.values)
        if start and field.name in cues and (said := counted(label.text, start, cues[field.name])):
            found.append((said.log_odds, label.values.get(field.name) == said.day.isoformat()))
    return found


def reach(field: Field, labels: Sequence[Label]) -> str:
    """What can be right at all."""
    days = [label for label in labels if label.values.get(field.name)]
    written = leads = 0
    for label in days:
        day, start = label.values[field.name], start_day(field, label.fields, label.values)
        if any(iso == day for _, _, iso in dates_in(label.text)):
            written += 1
        elif start and any(str(one.after(start)) == day for one in lengths_in(label.text)):
            leads += 1
    has = f"{len(days)} labels have a day; {written} write it out"
    return f"{field.name}: {has}, to {leads} others a length of time leads"


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked, pack, labels = asked_labels(parser)
    for field in (field for field in pack.fields if field.counted_from):
        sys.stdout.write(reach(field, labels) + "\n\n")
        rows = []
        for upto in asked.upto:
            found = told(field, labels, upto)
            for chance in CHANCES:
                right = [is_right for odds, is_right in found if odds >= log(chance / (1 - chance))]
                share = f"{sum(right) / len(right):.0%}" if right else ""
                rows.append((str(upto), f"{chance:.2f}", str(len(right)), str(sum(right)), share))
        sys.stdout.write(markdown(("labels", "chance", "stated", "right", "share"), rows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
