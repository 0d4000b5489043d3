"""The plan of a run over several record types: its examples, counts and batches."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thresher.adapters.errors import UsageError
from thresher.adapters.training.batches import collate
from thresher.adapters.training.plan import EPOCHS, LEAST_STEPS, Plan, make_plan
from thresher.adapters.training.run_config import parse_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labels of two domains, 16 each."""
    folder = tmp_path_factory.mktemp("labels")
    for domain, output in (
        ("expenses", {"company": "Corner Cafe", "total": "3.50"}),
        ("manufacturing", {"states": ["leaking"], "activities": []}),
    ):
        lines = [
            {"id": f"{domain}-{n}", "input": f"Corner Cafe, leaking, 3.50, no {n}", "output": output}
            for n in range(16)
        ]
        (folder / f"{domain}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return folder


@pytest.fixture
def make(folder: Path, starter: Path, tmp_path: Path, base_maker: Callable[..., Path]) -> Callable[..., Plan]:
    base = base_maker(tmp_path / "base", starter, "llama")

    def plan(**more: Any) -> Plan:
        sets = [
            {"domain": "expenses", "record_type": "receipt", "labels": ["expenses.jsonl"]},
            {"domain": "manufacturing", "record_type": "work_order", "labels": ["manufacturing.jsonl"]},
        ]
        asked = {"base": str(base), "out": str(tmp_path / "out"), "sets": sets, "answer_tokens": 64, **more}
        return make_plan(parse_run(asked, "run.yaml", folder))

    return plan


def test_a_run_over_two_domains_is_of_no_pack_and_counts_all(make: Callable[..., Plan]) -> None:
    plan = make(validation_share=0.2)
    assert plan.pack is None
    assert plan.data.train + plan.data.validation + plan.data.proof == 32
    assert len(plan.train) == plan.data.train
    assert {example.id.partition("-")[0] for example in plan.train} == {"expenses", "manufacturing"}
    assert [note.partition(":")[0] for note in plan.notes[:1]] == ["expenses/receipt"]
    assert any(note.startswith("manufacturing/work_order: ") for note in plan.notes)


def test_values_that_are_skipped_are_told_and_many_of_them_by_their_number(
    make: Callable[..., Plan], folder: Path
) -> None:
    said = {"fields": [{"name": "due", "type": "date"}], "output": {"company": "Corner Cafe", "due": "soon"}}
    lines = [{"id": str(n), "input": f"Corner Cafe no {n}", **said} for n in range(12)]
    (folder / "vague.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    sets = [{"domain": "expenses", "record_type": "receipt", "labels": ["vague.jsonl"]}]
    notes = make(sets=sets, unfit_values="skip", validation_share=0.2).notes
    told = [note for note in notes if "not taught" in note]
    assert len(told) == 6
    assert "vague.jsonl:1: 'due'" in told[0]
    assert told[-1] == "… and 7 more values that break their field's type are not taught"


def test_numbers_that_stand_nowhere_are_told_with_what_to_do(make: Callable[..., Plan], folder: Path) -> None:
    sets = [{"domain": "real_estate", "record_type": "listing", "labels": ["flats.jsonl"]}]
    output = {"bedrooms": 3, "baths_half": 1}
    lines = [{"id": str(n), "input": f"A flat, no {n}00: two baths", "output": output} for n in range(4, 14)]
    (folder / "flats.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    notes = make(sets=sets, validation_share=0.2).notes
    lost = next(note for note in notes if "stand nowhere" in note)
    # That there may be a half bath without a word of it the pack says.
    assert "bedrooms" in lost
    assert "baths_half" in lost
    assert "if documents need not write these out, make the fields `derived`: bedrooms" in notes


def test_texts_with_other_punctuation_are_told_with_what_to_do(
    make: Callable[..., Plan], folder: Path
) -> None:
    output = {"company": "Corner Cafe, LLP", "address": "12 Station Road"}
    lines = [
        {"id": str(n), "input": f"CORNER CAFE LLP\n12 Station Road, no {n}", "output": output}
        for n in range(12)
    ]
    (folder / "own.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    sets = [{"domain": "expenses", "record_type": "receipt", "labels": ["own.jsonl"]}]
    plan = make(sets=sets, validation_share=0.2, proof_share=0.0)
    told = [note for note in plan.notes if "other punctuation" in note]
    assert told == [
        "company: 12 values have other punctuation than their documents, or digits for a word; "
        "if records shall have it so, make the field `derived`"
    ]


def test_where_nothing_can_be_trained_on_it_is_said_what_became_of_the_labels(
    make: Callable[..., Plan], folder: Path
) -> None:
    sets = [{"domain": "expenses", "record_type": "receipt", "labels": ["others.jsonl"]}]
    lines = [
        {"id": str(n), "input": f"A menu, no {n}", "output": {"company": "Corner Cafe"}} for n in range(16)
    ]
    (folder / "others.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    with pytest.raises(UsageError) as caught:
        make(sets=sets, validation_share=0.2)
    first, counts, *others, remedy = caught.value.lines
    assert str(caught.value).split("\n") == [*caught.value.lines]
    assert first == "there is no example to train on:"
    assert "labels to train on (0 windows, 0 tokens)" in counts
    assert "for the proof" in counts
    assert any("values stand nowhere in their documents (company" in other for other in others)
    assert remedy == "Give more labels, of documents that state their values."
    with pytest.raises(UsageError, match=r"(?s)left out: window 1 .* or raise max_example_tokens\."):
        make(max_example_tokens=64)


def test_of_few_labels_a_run_makes_as_many_steps_as_it_takes_to_learn(make: Callable[..., Plan]) -> None:
    labels = {"domain": "expenses", "record_type": "receipt", "labels": ["expenses.jsonl"]}
    repeated = [labels | {"repeat": 4}]
    few = make(proof_share=0)
    epoch = make(proof_share=0, epochs=1).steps
    assert few.steps % epoch == 0
    assert LEAST_STEPS <= few.steps < LEAST_STEPS + epoch
    assert make(proof_share=0, epochs=2).steps == 2 * epoch
    assert make(proof_share=0, steps=3).steps == 3
    # In fewer steps the loss says nothing about where the run is going.
    assert [step for step in range(1, 31) if few.validates_after(step)] == [10, 20, 30]
    single = {"proof_share": 0, "validation_share": 0, "batch_size": 1, "sets": repeated}
    assert make(**single).steps == EPOCHS * 64


def test_rows_of_a_batch_share_their_head(make: Callable[..., Plan]) -> None:
    """Both domains, and both variations of each, but for what fills no half of a batch."""
    varied = {"share": 0.5, "heads": 2, "drop": 0.5}
    plan = make(validation_share=0, proof_share=0, batch_size=4, epochs=1, augment=varied)
    batches = [numbers for step in range(plan.steps) for numbers in plan.step(step)]
    assert sorted(np.concatenate(batches).tolist()) == list(range(32))
    shared = [collate(plan.train, numbers) for numbers in batches]
    assert sum(len(batch.ids) for batch in shared if batch.head > 0) >= 24
    assert all(batch.head > 20 for batch in shared if batch.head)


def test_what_is_varied_changes_the_run_and_not_its_data(make: Callable[..., Plan]) -> None:
    plain, varied = make(), make(augment={"share": 1, "rename": 1})
    assert plain.data == varied.data
    assert plain.hash != varied.hash
    assert varied.hash == make(augment={"share": 1, "rename": 1}).hash
    assert {example.id for example in plain.validation} == {example.id for example in varied.validation}


def test_each_epoch_varies_labels_otherwise(make: Callable[..., Plan]) -> None:
    asked = {"proof_share": 0, "augment": {"share": 0.5, "noise": 1, "noise_rate": 0.2}}
    one, four = make(**asked, epochs=1), make(**asked, epochs=4)
    assert (one.epochs, four.epochs, len(four.train)) == (1, 4, 4 * len(one.train))
    assert four.steps == pytest.approx(4 * one.steps, abs=4)
    assert four.steps_per_epoch == pytest.approx(one.steps, abs=1)
    assert four.data == one.data
    assert four.notes == one.notes
    forms: dict[str, set[bytes]] = {}
    for example in four.train:
        forms.setdefault(example.id.partition(" (")[0], set()).add(example.tokens.tobytes())
    # Twice as it is, and two variations.
    assert {len(each) for each in forms.values()} == {3}
    assert make(**asked, steps=3).steps == 3
    few = make(**asked)
    assert few.steps >= LEAST_STEPS
    assert len({example.tokens.tobytes() for example in few.train}) > len(few.train) // 3


def test_labels_are_asked_as_use_asks_whatever_instruction_they_bring(
    make: Callable[..., Plan], folder: Path
) -> None:
    lines = (folder / "expenses.jsonl").read_text("utf-8").splitlines()
    own = [json.loads(line) | {"instruction": f"Do {n}."} for n, line in enumerate(lines)]
    (folder / "own.jsonl").write_text("".join(json.dumps(line) + "\n" for line in own), "utf-8")
    pack = {"domain": "expenses", "record_type": "receipt"}
    plain, brought = (make(sets=[], **pack, labels=[f"{name}.jsonl"]) for name in ("expenses", "own"))
    assert brought.hash == plain.hash
    assert brought.data == plain.data
    note = "16 labels bring an instruction of their own: the record type's is asked in its place"
    assert set(brought.notes) - set(plain.notes) == {note}
    alone = make(sets=[], labels=["own.jsonl"])
    assert alone.hash != plain.hash
    assert note not in alone.notes


def test_one_set_is_planned_as_the_runs_own_keys_are(make: Callable[..., Plan]) -> None:
    own = {"domain": "expenses", "record_type": "receipt", "labels": ["expenses.jsonl"]}
    one, sugar = make(sets=[own]), make(sets=[], **own)
    assert one.pack == sugar.pack
    assert one.pack is not None
    assert one.data == sugar.data
    assert one.notes == sugar.notes
    for left, right in zip(one.train, sugar.train, strict=True):
        assert left.tokens.tolist() == right.tokens.tolist()
