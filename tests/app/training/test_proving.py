"""The proof on a tiny base: from a training to a promotion, across trainings, and where it cannot be had."""

import json
import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.errors import UsageError
from thresher.adapters.manifest import read_manifest
from thresher.adapters.training.labels import Label
from thresher.adapters.training.split import document_key, is_proof
from thresher.app.cli.main import run_command
from thresher.app.evaluation.gate import MIN_DOCUMENTS, Verdict
from thresher.app.events import RecordReady, RunFinished
from thresher.app.locations import Locations
from thresher.app.session import Session
from thresher.app.sources import Source
from thresher.app.store.trainings import Training
from thresher.app.training.candidate import train_candidate
from thresher.app.training.process import TrainingStopped
from thresher.app.training.proving import ProofTask, Proved, prove

from ..conftest import AddAdapter
from .tasks import training_task

PACK = """format: 1
domain: tickets
title: Tickets
description: Small.
record_types:
  - name: ticket
    title: Ticket
    instructions: Read.
    fields:
      - name: shop
        type: string
        description: shop
"""


def text_of(number: int) -> str:
    return f"Corner Mill\nlot {number}\n"


def held_back(number: int) -> bool:
    return is_proof(Label("", text_of(number), "", (), {}), 0.1)


PROOF = [number for number in range(600) if held_back(number)]
OTHERS = [number for number in range(600) if not held_back(number)]


def write(path: Path, numbers: Iterable[int], output: Any) -> Path:
    lines = [{"id": f"l{n}", "input": text_of(n), "output": output} for n in numbers]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def verdict_of(home: Locations, task: ProofTask) -> Verdict:
    with Session(home) as session:
        (proved,) = [each for each in prove(session, task, threading.Event()) if isinstance(each, Proved)]
    return proved.verdict


@pytest.fixture
def tickets(home_with_tiny: Locations) -> Locations:
    folder = home_with_tiny.packs / "tickets"
    folder.mkdir(parents=True)
    (folder / "pack.yaml").write_text(PACK, "utf-8")
    return home_with_tiny


def test_from_labels_to_a_promotion_and_the_next_training_leaves_the_proof_alone(
    tickets: Locations, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = {"shop": "Corner Mill"}
    labels = write(tmp_path / "labels.jsonl", OTHERS[:60] + PROOF[: MIN_DOCUMENTS + 2], output)
    recipe = ["--rank", "4", "--learning-rate", "0.05", "--batch-tokens", "1024"]
    command = ["train", "--domain", "tickets", "--labels", str(labels), *recipe]
    assert run_command([*command, "--steps", "40", "--promote"]) == 0
    told = capsys.readouterr().err
    assert "tickets-1 beside the base alone, on 22 documents held back: F1 " in told
    assert "it passes the gate" in told
    assert "tickets (ticket) on tiny: tickets-1 answers from now on" in told
    calibrate = "calibrate --domain tickets --record-type ticket --model tiny --adapter tickets-1 --labels"
    assert f"its confidences in tickets/ticket are not calibrated yet: thresher {calibrate} FILE" in told
    assert run_command([*calibrate.split(), str(labels)]) == 0
    assert "from 31 documents" in capsys.readouterr().out
    # The next one is a moment's work, and does not beat the first: it is there and does not answer.
    more = write(tmp_path / "more.jsonl", OTHERS[:80] + PROOF[:30], output)
    again = ["train", "--domain", "tickets", "--labels", str(more), *recipe]
    assert run_command([*again, "--steps", "1", "--promote"]) == 1
    told = capsys.readouterr().err
    assert "tickets-2 beside tickets-1, on 30 documents held back: F1 " in told
    assert "tickets-2 is not promoted" in told
    with Session(tickets) as session:
        assert session.answering("tickets") == "tickets-1"
        proof = {document_key(text_of(number)) for number in PROOF}
        for name, count in (("tickets-1", 22), ("tickets-2", 30)):
            manifest = session.registry.find(name).manifest
            training = session.store.training(manifest.weights)
            assert training is not None
            assert manifest.data is not None
            assert manifest.data.proof == count
            assert len(training.seen) == manifest.data.train + manifest.data.validation
            assert not training.seen & proof
    assert run_command(["adapters", "promote", "tickets-2"]) == 2
    assert "it failed the gate beside tickets-1: " in capsys.readouterr().err
    assert run_command(["adapters", "prove", "tickets-2", "--json"]) == 1
    proved = json.loads(capsys.readouterr().out)
    assert (proved["outcome"], proved["against"], proved["documents"]) == ("fails", "tickets-1", 30)
    assert run_command(["adapters", "inspect", "tickets-2", "--json"]) == 0
    inspected = json.loads(capsys.readouterr().out)
    assert [each["outcome"] for each in inspected["verdicts"]] == ["fails", "fails"]
    # By force, and one command back.
    assert run_command(["adapters", "promote", "tickets-2", "--force"]) == 0
    assert run_command(["adapters", "rollback", "--domain", "tickets"]) == 0
    assert "tickets (ticket) on tiny: tickets-1 answers again" in capsys.readouterr().err


def test_few_labels_are_said_with_how_many_are_needed(
    tickets: Locations, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = write(tmp_path / "few.jsonl", OTHERS[:6] + PROOF[:3], {"shop": "Corner Mill"})
    command = ["train", "--domain", "tickets", "--labels", str(labels), "--steps", "1", "--rank", "2"]
    assert run_command([*command, "--no-proof"]) == 0
    assert run_command(["adapters", "promote", "tickets-1"]) == 2
    refused = capsys.readouterr().err
    assert "tickets-1 is not promoted: it was not proved beside the base alone, which is live" in refused
    assert "Prove it with `thresher adapters prove tickets-1`, or" in refused
    assert run_command(["adapters", "prove", "tickets-1"]) == 1
    told = capsys.readouterr().out
    assert "it is not proved: 3 documents held back, and fewer than 20 prove nothing" in told
    assert "about 17 more documents held back, of 170 more labels, would tell" in told
    assert run_command(["adapters", "promote", "tickets-1"]) == 2
    refused = capsys.readouterr().err
    assert "it is not proved beside the base alone: 3 documents held back" in refused
    assert "`thresher adapters promote tickets-1 --force`" in refused
    assert run_command(["adapters", "promote", "none", "--domain", "tickets"]) == 0


def test_what_either_has_seen_is_left_out_and_what_nobody_knows_is_said(
    home_with_tiny: Locations, add_adapter: AddAdapter, tmp_path: Path
) -> None:
    labels = write(tmp_path / "labels.jsonl", PROOF[:26] + OTHERS[:5], {"company": "Corner Mill"})
    new, old = (read_manifest(add_adapter(name, seed)).weights for seed, name in enumerate(("new", "old")))
    task = ProofTask("new", labels=(labels,))
    stranger = verdict_of(home_with_tiny, task)
    assert stranger.comparison.documents == 26
    assert any(
        "what new, or one that it started from, was trained on is not known" in r for r in stranger.reasons
    )
    seen = frozenset(document_key(text_of(number)) for number in PROOF[:4])
    with Session(home_with_tiny) as session:
        session.store.add_training(new, Training("expenses", "receipt", None, frozenset()))
        assert session.promote("old", "expenses", force=True)
    unknown = verdict_of(home_with_tiny, task)
    assert unknown.against == "old"
    assert not any("new, or one" in reason for reason in unknown.reasons)
    assert any("what old was trained on is not known here" in note for note in unknown.notes)
    with Session(home_with_tiny) as session:
        session.store.add_training(old, Training("expenses", "receipt", None, seen))
    known = verdict_of(home_with_tiny, task)
    assert known.comparison.documents == 22
    assert known.notes == ("4 labels left out: seen in training by one of the two",)
    # What a parent has seen, its child has.
    with Session(home_with_tiny) as session:
        session.store.add_training(new, Training("expenses", "receipt", "p" * 64, frozenset()))
        session.store.add_training("p" * 64, Training("expenses", "receipt", None, seen))
    assert verdict_of(home_with_tiny, task).comparison.documents == 22


def test_labels_and_files_to_validate_on_may_use_the_same_ids(
    tickets: Locations, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = {"shop": "Corner Mill"}
    labels = write(tmp_path / "labels.jsonl", [*OTHERS[:6], *PROOF[:3]], output)
    held_lines = write(tmp_path / "held.jsonl", PROOF[3:6], output).read_text("utf-8").splitlines()
    # As where both are numbered from the start, and one more that looks like an id made for telling apart.
    ids = [f"l{PROOF[0]}", f"l{PROOF[1]}", f"l{PROOF[0]} (2)"]
    held = [{**json.loads(line), "id": id_} for line, id_ in zip(held_lines, ids, strict=True)]
    (tmp_path / "held.jsonl").write_text("".join(json.dumps(line) + "\n" for line in held), "utf-8")
    files = ["--labels", str(labels), "--validation", str(tmp_path / "held.jsonl")]
    assert run_command(["train", "--domain", "tickets", *files, "--steps", "1", "--rank", "2"]) == 0
    assert "on 6 documents held back" in capsys.readouterr().err
    # What was seen of one label is not said of its namesake.
    with Session(tickets) as session:
        weights = session.registry.find("tickets-1").manifest.weights
        seen = frozenset({document_key(text_of(PROOF[0]))})
        session.store.add_training(weights, Training("tickets", "ticket", None, seen))
    proved = verdict_of(tickets, ProofTask("tickets-1"))
    assert proved.comparison.records == 5
    assert proved.notes == ("1 label left out: seen in training by one of the two",)


def test_the_run_of_another_adapter_that_had_its_name_is_not_its_own(
    tickets: Locations, add_adapter: AddAdapter, tmp_path: Path
) -> None:
    labels = write(tmp_path / "labels.jsonl", [*OTHERS[:6], *PROOF[:3]], {"shop": "Corner Mill"})
    recipe = {"rank": 2, "batch_tokens": 1024, "steps": 1}
    with Session(tickets) as session:
        for name in ("mine", "yours"):
            task = training_task("tickets", "ticket", labels, name=name, recipe=recipe)
            list(train_candidate(session, task, threading.Event()))
        session.registry.remove("mine")
    add_adapter("mine", 1)
    with pytest.raises(UsageError, match="mine was not trained here: say which labels to prove it on"):
        verdict_of(tickets, ProofTask("mine"))
    # One that was trained here, though for another domain.
    with Session(tickets) as session:
        other = Training("expenses", "receipt", None, frozenset())
        session.store.add_training(session.registry.find("mine").manifest.weights, other)
    with pytest.raises(UsageError, match="mine was not trained here: say which labels to prove it on"):
        verdict_of(tickets, ProofTask("mine"))
    assert verdict_of(tickets, ProofTask("yours")).comparison.documents == 3


def test_it_is_held_against_what_answers_for_its_own_record_type(
    home_with_tiny: Locations, add_adapter: AddAdapter, tmp_path: Path
) -> None:
    for seed, record_type in enumerate(("nda", "contract")):
        add_adapter(record_type, seed, domain="legal", record_types=(record_type,))
    labels = write(tmp_path / "labels.jsonl", PROOF[:2], {"document_name": "Corner Mill"})
    task = ProofTask("contract", labels=(labels,))
    with Session(home_with_tiny) as session:
        session.promote("nda", "legal")
    assert verdict_of(home_with_tiny, task).against is None
    with Session(home_with_tiny) as session:
        session.promote("nda", "legal", record_type="contract")
    assert verdict_of(home_with_tiny, task).against == "nda"


def test_corrections_are_judged_beside_what_was_left_as_it_was(
    home_with_tiny: Locations, add_adapter: AddAdapter, tmp_path: Path
) -> None:
    """The live adapter had each corrected value wrong. That alone would let any other one pass."""
    weights = read_manifest(add_adapter("new", 1)).weights
    with Session(home_with_tiny) as session:
        task = session.task("expenses")
        sources = [Source(f"d{number}", text=text_of(number)) for number in PROOF[:3]]
        assert [e for e in session.extract(sources, task) if isinstance(e, RunFinished)]
        run = session.store.runs()[0].id
        fields = set()
        for stored in session.store.records(run):
            session.store.correct(stored.id, "company", "Corner Mill")
            fields = {
                name for name, value in stored.record.values.items() if value.outcome in ("found", "absent")
            }
        session.store.add_training(weights, Training("expenses", "receipt", None, frozenset()))
        proved = list(prove(session, ProofTask("new", corrections=True), threading.Event()))[-1]
        assert isinstance(proved, Proved)
        # The live side is judged by what it answered, not by what it was corrected to.
        company = proved.verdict.comparison.fields["company"]
        assert (company.support, company.other) == (3, 0)
        assert set(proved.verdict.comparison.fields) == fields | {"company"}
        again = session.task("expenses")
        reused = [e for e in session.extract(sources, again) if isinstance(e, RunFinished)]
        assert reused
        latest = session.store.records(session.store.runs()[0].id)
        assert [one.record.values["company"].value for one in latest] == ["Corner Mill"] * 3


def test_what_was_asked_in_another_form_is_no_gold(
    home_with_tiny: Locations, add_adapter: AddAdapter
) -> None:
    """The pack asked for other forms when the documents were corrected."""
    add_adapter("new", 1)
    with Session(home_with_tiny) as session:
        task = session.task("expenses")
        kinds = {"date": "date", "total": "number"}
        fields = tuple(f.model_copy(update={"type": kinds.get(f.name, f.type)}) for f in task.fields)
        sources = [Source("d", text=text_of(PROOF[0]))]
        list(session.extract(sources, session.whole(replace(task, fields=fields))))
        (stored,) = session.store.records(session.store.runs()[0].id)
        assert stored.record.values["date"].outcome == "absent"  # left as it was
        session.store.correct(stored.id, "total", 11.4)
        session.store.correct(stored.id, "company", "Corner Mill")
        proved = list(prove(session, ProofTask("new", corrections=True), threading.Event()))[-1]
        assert isinstance(proved, Proved)
        assert proved.verdict.comparison.fields.keys() & {"company", *kinds} == {"company"}


def test_a_training_on_corrections_is_proved_where_its_home_has_moved_to(
    home_with_tiny: Locations,
) -> None:
    recipe = {"rank": 2, "batch_tokens": 1024, "steps": 1}
    task = training_task("expenses", "receipt", corrections=True, name="mine", recipe=recipe)
    with Session(home_with_tiny) as session:
        sources = [Source(f"d{number}", text=text_of(number)) for number in PROOF[:3] + OTHERS[:4]]
        list(session.extract(sources, session.task("expenses")))
        for stored in session.store.records(session.store.runs()[0].id):
            session.store.correct(stored.id, "company", "Corner Mill")
        list(train_candidate(session, task, threading.Event()))
    home = home_with_tiny.home
    moved = Locations(home.rename(home.with_name("moved")))
    assert verdict_of(moved, ProofTask("mine")).comparison.documents == 3


def test_labels_of_the_users_own_are_read_whatever_their_file_is_called(
    home_with_tiny: Locations, add_adapter: AddAdapter, tmp_path: Path
) -> None:
    add_adapter("new", 1)
    (tmp_path / "new").mkdir()
    labels = write(tmp_path / "new" / "corrections.jsonl", PROOF[:2], {"company": "Corner Mill"})
    assert verdict_of(home_with_tiny, ProofTask("new", labels=(labels,))).comparison.documents == 2


def test_both_sides_are_asked_for_all_that_they_state(
    home_with_tiny: Locations, add_adapter: AddAdapter, tmp_path: Path
) -> None:
    add_adapter("new", 1)
    with home_with_tiny.settings.open("a", encoding="utf-8") as settings:
        settings.write("state_from: 1\n")
    labels = write(tmp_path / "labels.jsonl", PROOF[:2], {"company": "Corner Mill"})
    with Session(home_with_tiny) as session:
        task = ProofTask("new", labels=(labels,))
        events = prove(session, task, threading.Event())
        answers = [each.record for each in events if isinstance(each, RecordReady)]
        for adapter in ("new", None):
            own = [value for one in answers if one.adapter == adapter for value in one.values.values()]
            assert own
            assert not any(value.whole for value in own)
            # Of which some are left out where a person asks.
            asked = session.task("expenses", adapter=adapter or "none")
            sources = [Source("d", text=text_of(PROOF[0]))]
            (ready,) = [e for e in session.extract(sources, asked) if isinstance(e, RecordReady)]
            assert any(value.whole for value in ready.record.values.values())


def test_what_a_label_knows_goes_before_what_was_left_as_it_was(
    home_with_tiny: Locations, add_adapter: AddAdapter, tmp_path: Path
) -> None:
    add_adapter("new", 1)
    with Session(home_with_tiny) as session:
        sources = [Source("d", text=text_of(PROOF[0]))]
        list(session.extract(sources, session.whole(session.task("expenses"))))
        (stored,) = session.store.records(session.store.runs()[0].id)
        live = stored.record.values
        other = next(name for name, value in live.items() if value.value and name != "company")
        labels = write(tmp_path / "labels.jsonl", PROOF[:1], {other: None})
        session.store.correct(stored.id, "company", "Corner Mill")
        task = ProofTask("new", labels=(labels,), corrections=True)
        proved = list(prove(session, task, threading.Event()))[-1]
        assert isinstance(proved, Proved)
        fields = proved.verdict.comparison.fields
        assert fields["company"].support == 1
        # The live adapter states one where the label says that there is none.
        assert fields[other].support == 0


def test_a_proof_that_is_stopped_goes_on_from_what_is_answered(
    home_with_tiny: Locations, add_adapter: AddAdapter, tmp_path: Path
) -> None:
    add_adapter("new", 1)
    labels = write(tmp_path / "labels.jsonl", PROOF[:4], {"company": "Corner Mill"})
    task = ProofTask("new", labels=(labels,))
    cancel = threading.Event()
    with Session(home_with_tiny) as session:
        proof = prove(session, task, cancel)
        next(proof)
        cancel.set()
        with pytest.raises(TrainingStopped, match="goes on"):
            list(proof)
        assert session.store.verdicts(session.registry.find("new").fingerprint) == []
    assert verdict_of(home_with_tiny, task).comparison.documents == 4


def test_what_cannot_be_proved_says_why(
    home_with_tiny: Locations, add_adapter: AddAdapter, tmp_path: Path
) -> None:
    add_adapter("one", 1)
    add_adapter("wide", 2, domain=None)
    labels = write(tmp_path / "labels.jsonl", PROOF[:1], {"company": "Corner Mill"})
    for task, told in (
        (ProofTask("one"), r"one was not trained here: say which labels .* with --labels FILE"),
        (ProofTask("one", corrections=True), r"there is no label for expenses/receipt to prove anything on"),
        (ProofTask("wide", labels=(labels,)), r"for which domain wide, which is general, is proved"),
        (ProofTask("one", labels=(labels,), domain="legal"), r"made for the domain expenses, here is legal"),
        (ProofTask("two"), r"there is no adapter 'two'"),
    ):
        with pytest.raises(UsageError, match=told):
            verdict_of(home_with_tiny, task)
    with Session(home_with_tiny) as session:
        session.promote("one", "expenses")
    with pytest.raises(UsageError, match=r"one is live for expenses/receipt: there is nothing to prove"):
        verdict_of(home_with_tiny, ProofTask("one", labels=(labels,)))
    assert verdict_of(home_with_tiny, ProofTask("wide", labels=(labels,), domain="expenses")).against == "one"
