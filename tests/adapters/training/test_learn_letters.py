"""How many of the documents that are learnt are in capitals, by record type."""

import json
from pathlib import Path
from typing import Any

from thresher.adapters.letters import Letters
from thresher.adapters.training.learn_letters import letters_of_sets
from thresher.adapters.training.read_sets import read_sets
from thresher.adapters.training.run_config import parse_run

RECEIPT: dict[str, Any] = {"company": None, "date": None, "address": None, "total": "3.50"}
CAPITALS = [f"CAFE ON THE CORNER, TOTAL 3.50, NO {n}" for n in range(30)]
SMALL = [f"Cafe on the corner, total 3.50, no {n}" for n in range(30, 40)]


def letters(folder: Path, before: dict[str, Letters], *sets: tuple[list[str], dict[str, Any]]) -> Any:
    own = []
    for number, (texts, keys) in enumerate(sets):
        lines = [{"id": text, "input": text, "output": RECEIPT} for text in texts]
        file = folder / f"{number}.jsonl"
        file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        own.append({"labels": [file.name], **keys})
    keys = {"base": "b", "out": "o", "sets": own, "proof_share": 0, "validation_share": 0}
    return letters_of_sets(read_sets(parse_run(keys, "run.yaml", folder))[0], before)


def test_the_sets_of_a_record_type_are_counted_together(tmp_path: Path) -> None:
    receipts = {"domain": "expenses"}
    found = letters(tmp_path, {}, (CAPITALS, receipts), (SMALL, receipts))
    assert found == {"expenses/receipt": Letters(documents=40, in_capitals=30)}


def test_labels_of_no_record_type_tell_nothing(tmp_path: Path) -> None:
    fields = tmp_path / "fields.json"
    fields.write_text(json.dumps([{"name": name, "type": "string"} for name in RECEIPT]), "utf-8")
    assert letters(tmp_path, {}, (CAPITALS, {"fields_file": fields.name})) == {}


def test_what_the_parent_learnt_of_more_documents_stays(tmp_path: Path) -> None:
    before = {
        "expenses/receipt": Letters(documents=31, in_capitals=0),
        "safety/injury_report": Letters(documents=96, in_capitals=0),
    }
    own = (CAPITALS, {"domain": "expenses"})
    assert letters(tmp_path, before, own) == before
    before["expenses/receipt"] = Letters(documents=30, in_capitals=0)
    learnt = {"expenses/receipt": Letters(documents=30, in_capitals=30)}
    assert letters(tmp_path, before, own) == before | learnt
