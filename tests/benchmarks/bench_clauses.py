"""How often the window that is taught to state a clause has it, against patterns for the clauses' wording.

    python tests/benchmarks/bench_clauses.py LABELLED/legal/contract/train.jsonl

Of contracts that are labelled to have a clause, and of which a pattern finds it in some windows and not in
all: the share in which the chosen window is one of those, and the share of the windows that are.
"""

import argparse
import re
import sys
from collections import defaultdict
from pathlib import Path

from results import markdown

from thresher.adapters.pack_library import find_packs
from thresher.adapters.training.labels import Label, read_labels
from thresher.adapters.training.statements import Placing, statements

#: Characters of a window, and how many of a contract are looked at.
_WINDOW, _MOST = 3000, 30
PATTERNS = {
    "anti_assignment": r"not\s+(be\s+)?(assign|transfer).{0,200}consent|assign.{0,160}without.{0,80}consent",
    "insurance": r"(maintain|carry|procure|obtain|provide).{0,80}insurance",
    "audit_rights": r"(audit|inspect|examin).{0,80}(books|records)"
    r"|(books|records).{0,80}(audit|inspect|examin)",
    "cap_on_liability": r"(in no event|be liable).{0,250}(exceed|consequential|indirect)"
    r"|liability.{0,120}exceed",
    "license_grant": r"grants?.{0,80}\blicen[cs]e",
    "non_transferable_license": r"non-?\s?transferable",
    "termination_for_convenience": r"terminat.{0,100}(without cause|for (any reason|convenience))"
    r"|(without cause|for (any reason|convenience)).{0,100}terminat",
    "revenue_profit_sharing": r"royalt|commission|percent.{0,40}(revenue|sales|profit)",
    "change_of_control": r"change (of|in) control",
    "non_compete": r"(not|nor).{0,160}compet",
    "ip_ownership_assignment": r"works? (made )?for hire|hereby assigns?|sole.{0,40}propert",
    "minimum_commitment": r"minimum",
    "exclusivity": r"\bexclusive(ly)? (right|licen|distribut|suppl|deal|purchas)|sole and exclusive",
    "uncapped_liability": r"(indemnif|confidential|gross negligence|willful).{0,300}(liab|limit)"
    r"|except.{0,200}(indemnif|gross negligence)",
}


def main() -> None:
    """Prints a row for each clause, and all together."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("--upto", type=int, default=140, help="so many contracts")
    asked = parser.parse_args()
    fields = find_packs().pick("legal", "contract").fields
    cases: defaultdict[str, float] = defaultdict(float)
    hits: defaultdict[str, float] = defaultdict(float)
    chance: defaultdict[str, float] = defaultdict(float)
    for label in read_labels([asked.labels], fields, unfit=[])[: asked.upto]:
        texts = [label.text[at : at + _WINDOW] for at in range(0, len(label.text), _WINDOW)][:_MOST]
        for name, pattern in PATTERNS.items():
            has = [bool(re.search(pattern, text, re.S | re.I)) for text in texts]
            if label.values.get(name) is not True or not any(has) or all(has) or len(texts) < 5:
                continue
            only = Label(label.id, label.text, "", label.fields, {name: True})
            chosen = [one.values[name] for one in statements(only, texts, Placing())].index(True)
            for key in (name, "all"):
                cases[key] += 1
                hits[key] += has[chosen]
                chance[key] += sum(has) / len(has)
    rows = [
        (name, f"{cases[name]:.0f}", f"{hits[name] / cases[name]:.0%}", f"{chance[name] / cases[name]:.0%}")
        for name in (*PATTERNS, "all")
    ]
    sys.stdout.write(markdown(("clause", "contracts", "chosen window has it", "by chance"), rows) + "\n")


if __name__ == "__main__":
    main()
