"""The sets of a run: what each comes to, and what holds between them."""

import json
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.errors import UsageError
from thresher.adapters.training.read_sets import drawn, read_sets
from thresher.adapters.training.run_config import RunConfig, parse_run

RECEIPT = {"company": "Cafe", "date": None, "address": None, "total": "3.50"}
NOTE: dict[str, Any] = {"effective_date": None, "jurisdiction": "Ohio", "term": None, "party": []}


def write(path: Path, texts: list[str], output: dict[str, Any]) -> str:
    lines = [{"id": f"{path.stem}-{n}", "input": text, "output": output} for n, text in enumerate(texts)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path.name


def run(folder: Path, sets: list[dict[str, Any]], **more: Any) -> RunConfig:
    return parse_run({"base": "b", "out": "o", "sets": sets, **more}, "run.yaml", folder)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    write(tmp_path / "receipts.jsonl", [f"Cafe, sum 3.50, no {n}" for n in range(40)], RECEIPT)
    write(tmp_path / "held.jsonl", ["Cafe, sum 3.50, no 99", "Shared by both"], RECEIPT)
    write(tmp_path / "ndas.jsonl", [f"Law of Ohio, no {n}" for n in range(20)] + ["Shared  by BOTH"], NOTE)
    return tmp_path


def test_each_set_has_its_own_fields_sides_and_weight(files: Path) -> None:
    config = run(
        files,
        [
            {"domain": "expenses", "labels": ["receipts.jsonl"], "validation": ["held.jsonl"], "most": 10},
            {"domain": "legal", "record_type": "nda", "labels": ["ndas.jsonl"], "repeat": 3},
        ],
        augment={"share": 0.5, "rename": 1},
        proof_share=0,
    )
    (receipts, ndas), pack = read_sets(config)
    assert pack is None
    assert [field.name for field in receipts.sides.train[0].fields] == list(RECEIPT)
    assert (len(receipts.sides.train), len(receipts.shown()), len(receipts.sides.validation)) == (10, 10, 2)
    assert [field.name for field in ndas.sides.train[0].fields] == list(NOTE)
    assert len(ndas.shown()) == 3 * len(ndas.sides.train)
    assert 0 < len(ndas.sides.validation) < 10
    assert all("varied" not in label.id for label in (*receipts.sides.validation, *ndas.sides.validation))
    assert any("varied" in label.id for label in receipts.shown())


def test_what_one_set_holds_back_no_other_trains_on(files: Path) -> None:
    sets = [
        {"domain": "legal", "record_type": "nda", "labels": ["ndas.jsonl"], "validation": ["held.jsonl"]},
        {"domain": "expenses", "labels": ["receipts.jsonl"], "validation": ["held.jsonl"]},
    ]
    write(files / "held.jsonl", ["nothing of the kind"], {**RECEIPT, **NOTE})
    with pytest.raises(UsageError, match="is no field of the record"):
        read_sets(run(files, sets))
    write(files / "held.jsonl", ["Shared by both"], RECEIPT)
    sets[0].pop("validation")
    (ndas, receipts), _ = read_sets(run(files, sets, validation_share=0, proof_share=0))
    assert ("ndas-20", "held-0") in ndas.sides.leaks
    assert "ndas-20" not in {label.id for label in ndas.sides.train}
    assert len(ndas.sides.train) == 20
    assert not receipts.sides.leaks


def test_sets_of_one_domain_bind_to_its_pack(files: Path) -> None:
    write(files / "flags.jsonl", ["A contract."], {"counterparty": None, "auto_renewal": False})
    sets = [
        {"domain": "legal", "record_type": "nda", "labels": ["ndas.jsonl"]},
        {"domain": "legal", "record_type": "risk_flags", "labels": ["flags.jsonl"]},
        {"domain": "legal", "record_type": "nda", "labels": ["ndas.jsonl"]},
    ]
    pack = read_sets(run(files, sets))[1]
    assert pack is not None
    assert (pack.domain, pack.record_types) == ("legal", ("nda", "risk_flags"))


def test_labels_with_fields_of_their_own_may_stand_beside_a_domain(files: Path) -> None:
    sets = [{"domain": "legal", "record_type": "nda", "labels": ["ndas.jsonl"]}]
    (files / "fields.json").write_text('[{"name": "jurisdiction", "type": "string"}]', "utf-8")
    write(files / "own.jsonl", ["Law of Ohio"], {"jurisdiction": "Ohio"})
    own = {"fields_file": "fields.json", "labels": ["own.jsonl"]}
    for mixed in ([*sets, own], [own, *sets]):
        pack = read_sets(run(files, mixed))[1]
        assert pack is not None
        assert (pack.domain, pack.record_types) == ("legal", ("nda",))
    assert read_sets(run(files, [own]))[1] is None


def test_most_draws_by_text_and_seed(files: Path) -> None:
    (receipts, *_), _ = read_sets(run(files, [{"domain": "expenses", "labels": ["receipts.jsonl"]}]))
    labels = receipts.sides.train
    few, other = drawn(labels, 8, 0), drawn(labels, 8, 1)
    assert [label for label in labels if label in few] == list(few)
    assert few != other
    # The order of the file says nothing, and more labels never change much.
    assert {label.id for label in drawn(labels[::-1], 8, 0)} == {label.id for label in few}
    assert {label.id for label in drawn(labels, 7, 0)} < {label.id for label in few}
    assert drawn(labels, None, 0) == drawn(labels, 1000, 0) == labels


def test_windows_are_chosen_of_what_is_trained_on_alone(files: Path) -> None:
    one = {"domain": "expenses", "labels": ["receipts.jsonl"], "taught_windows": 3}
    ((receipts,), _) = read_sets(run(files, [one]))
    sides = receipts.sides
    assert {label.taught_windows for label in (*sides.train, *receipts.shown())} == {3}
    assert {label.taught_windows for label in (*sides.validation, *sides.proof)} == {None}


def test_values_that_do_not_fit_are_told_with_their_set(files: Path) -> None:
    write(files / "ndas.jsonl", ["Law of Ohio", "perpetual"], {**NOTE, "effective_date": "soon"})
    sets = [{"domain": "legal", "record_type": "nda", "labels": ["ndas.jsonl"]}]
    with pytest.raises(UsageError, match="'effective_date'"):
        read_sets(run(files, sets))
    ((ndas,), _) = read_sets(run(files, sets, unfit_values="skip"))
    assert len(ndas.unfit) == 2
    assert all("effective_date" not in label.values for label in ndas.sides.train)


def test_what_one_set_keeps_for_the_proof_no_other_sees(files: Path) -> None:
    """Though there it would be held back by the name of a group, or be validated on."""
    texts = [f"Cafe of Ohio, sum 3.50, no {n}" for n in range(60)]
    write(files / "one.jsonl", texts, RECEIPT)
    grouped = [
        {"id": f"note-{n}", "input": text, "output": NOTE, "firm": n % 7} for n, text in enumerate(texts)
    ]
    (files / "two.jsonl").write_text("".join(json.dumps(line) + "\n" for line in grouped), "utf-8")
    sets = [
        {"domain": "expenses", "labels": ["one.jsonl"]},
        {"domain": "legal", "record_type": "nda", "labels": ["two.jsonl"], "group": "firm"},
    ]
    (receipts, ndas), _ = read_sets(run(files, sets, proof_share=0.3))
    kept = {label.text for one in (receipts, ndas) for label in one.sides.proof}
    assert receipts.sides.proof
    assert {label.text for label in ndas.sides.proof} != {label.text for label in receipts.sides.proof}
    for one in (receipts, ndas):
        assert not kept & {label.text for label in (*one.sides.train, *one.sides.validation)}
