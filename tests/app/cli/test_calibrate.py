"""From labels to values that may go unseen: calibrate, extract, evaluate, correct, calibrate again."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.manifest import Manifest, read_manifest
from thresher.adapters.pack_library import find_packs
from thresher.adapters.training.labels import labels_fingerprint, read_labels
from thresher.adapters.training.split import document_key, split
from thresher.app.locations import Locations
from thresher.app.store import Store
from thresher.app.store.trainings import Training

from ..conftest import AddAdapter
from .conftest import Thresher


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """The text examples of the safety pack, as labelled documents: a record of one value is soon answered."""
    examples = find_packs().packs["safety"].record_types["injury_report"].examples()
    file = tmp_path / "labels.jsonl"
    lines = [
        {"id": one.id, "input": one.path.read_text("utf-8"), "output": one.output}
        for one in examples
        if one.path.suffix in (".txt", ".md")
    ]
    assert len(lines) >= 2
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return file


ASKED = ("-d", "safety", "-r", "injury_report", "--adapter", "none")


def test_the_starter_is_calibrated_on_labels_and_then_on_corrections(
    thresher: Thresher, home_with_starter: Locations, labels: Path
) -> None:
    # A model of chance: by its calibration all that it states is doubtful.
    home_with_starter.settings.write_text("state_from: 0\n", "utf-8")
    refused = thresher("extract", "--records", labels, *ASKED, "--accept-at", "0.98")
    assert refused.code == 2
    assert "thresher calibrate" in refused.err
    assert refused.out == ""

    made = thresher("calibrate", *ASKED, "--labels", labels, "--json")
    assert made.code == 0, made.err
    told = json.loads(made.out)
    assert Path(told["file"]).is_file()
    assert told["documents"] == len(labels.read_text().splitlines())
    assert told["sources"] == ["labels"]

    # A broken one stops extraction, and the command that the message names makes another.
    Path(told["file"]).write_text("{", "utf-8")
    broken = thresher("extract", "--records", labels, *ASKED)
    assert broken.code != 0
    assert "thresher calibrate" in broken.err
    anew = thresher("calibrate", *ASKED, "--labels", labels)
    assert anew.code == 0, anew.err
    assert "is kept as" in anew.err

    # Done before: the model is not asked again, and the confidences are the calibrated ones.
    ended = thresher("extract", "--records", labels, *ASKED, "--accept-at", "0.98")
    assert ended.code == 0
    assert "done before" in ended.err
    assert "cannot promise it" in ended.err  # a handful of labels
    assert re.search(r"accepted unseen 0 of \d+ values \(0\.0%\)", ended.err)
    values = [value for line in ended.out.splitlines() for value in json.loads(line)["fields"].values()]
    assert {value["accepted"] for value in values} == {False}
    assert all(value["calibrated"] for value in values if value["outcome"] in ("found", "ungrounded"))
    plain = thresher("extract", "--records", labels, *ASKED)
    again = [value for line in plain.out.splitlines() for value in json.loads(line)["fields"].values()]
    assert [value["confidence"] for value in again] == [value["confidence"] for value in values]
    assert not any("accepted" in value for value in again)
    scored = json.loads(thresher("evaluate", *ASKED, "--records", labels, "--json").out)["confidence"]
    assert scored["calibrated"] is True
    assert scored["stated"]["values"] == told["stated"]["values"]
    assert 0 <= scored["ece"] <= 1

    with Store.open(home_with_starter) as store:
        for one in store.records(store.runs(1)[0].id):
            for name, value in one.record.values.items():
                store.correct(one.id, name, value.value)  # confirmed
    corrected = thresher("calibrate", *ASKED, "--corrections", "--json")
    assert corrected.code == 0, corrected.err
    assert json.loads(corrected.out)["sources"] == ["corrections"]
    assert json.loads(corrected.out)["documents"] == told["documents"]
    assert json.loads(corrected.out)["stated"]["right"] == told["stated"]["values"]
    reviewed = thresher("calibrate", *ASKED, "--corrections", "--reviewed")
    assert reviewed.code == 0
    assert "100.0% right" in reviewed.out

    # A line's own field, of which no label told.
    line = json.loads(labels.read_text().splitlines()[0])
    own = labels.with_name("own.jsonl")
    own.write_text(json.dumps({"input": line["input"], "fields": [{"name": "till", "type": "string"}]}))
    ended = thresher("extract", "--records", own, *ASKED, "--accept-at", "0.98")
    assert "of till none are accepted: no label tells of them" in ended.err


EXPENSES = ("-d", "expenses", "-r", "receipt")


def cafes(path: Path, numbers: range) -> Path:
    lines = [
        {"id": str(n), "input": f"CORNER CAFE {n}", "output": {"company": "CORNER CAFE"}} for n in numbers
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def key(number: int) -> str:
    return document_key(f"CORNER CAFE {number}")


def trained(thresher: Thresher, home: Locations, labels: Path, name: str, *more: object) -> Manifest:
    """A step of a training by the defaults, and what its adapter says."""
    steps = ("--steps", "1", "--rank", "2", "--no-proof", "--name", name)
    ended = thresher("train", *EXPENSES, "--labels", labels, *steps, *more)
    assert ended.code == 0, ended.err
    return read_manifest(home.adapters / name)


def test_what_a_training_held_back_calibrates_its_adapter(
    thresher: Thresher, home_with_tiny: Locations, tmp_path: Path
) -> None:
    file = cafes(tmp_path / "labels.jsonl", range(40))
    data = trained(thresher, home_with_tiny, file, "mine").data
    assert data is not None
    assert data.proof > 0
    assert data.validation > 0
    command = ("calibrate", *EXPENSES, "--adapter", "mine", "--labels")
    ended = thresher(*command, file)
    assert ended.code == 0, ended.err
    assert f"{data.train} documents left out: mine was trained on them" in ended.err
    assert f"from {data.validation + data.proof} documents" in ended.out
    # A score on these is told to be none; what it has not seen is left to score it on.
    score = ("evaluate", *EXPENSES, "--adapter", "mine", "--limit", 20, "--records")
    assert "mine was trained on" in (told := thresher(*score, file).err)
    assert "of these 20 documents" in told
    assert "was trained on" not in thresher(*score, cafes(tmp_path / "new.jsonl", range(40, 42))).err


def test_of_other_files_the_store_knows_what_an_adapter_and_its_parent_have_seen(
    thresher: Thresher, home_with_tiny: Locations, tmp_path: Path
) -> None:
    first, second = cafes(tmp_path / "1.jsonl", range(20)), cafes(tmp_path / "2.jsonl", range(20, 40))
    trained(thresher, home_with_tiny, first, "parent")
    manifest = trained(thresher, home_with_tiny, second, "child", "--parent", "parent")
    with Store.open(home_with_tiny) as store:
        seen: set[str] = set()
        for weights in (manifest.weights, manifest.parent or ""):
            training = store.training(weights)
            assert training is not None
            assert training.seen
            seen |= training.seen
    some = range(10, 50)
    fresh = [number for number in some if key(number) not in seen]
    assert len(fresh) >= 10
    command = ("calibrate", *EXPENSES, "--adapter", "child")
    ended = thresher(*command, "--labels", cafes(tmp_path / "some.jsonl", some))
    assert f"{40 - len(fresh)} documents left out: child was trained on them" in ended.err
    assert f"from {len(fresh)} documents" in ended.out
    # Of corrections, too.
    with Store.open(home_with_tiny) as store:
        corrected = store.records(store.runs(1)[0].id)[:3]
        one_more = frozenset({key(int(corrected[0].record.id))})
        store.add_training(manifest.weights, Training("expenses", "receipt", None, one_more))
        for one in corrected:
            store.correct(one.id, "company", "CORNER CAFE")
    ended = thresher(*command, "--corrections")
    assert "1 document left out: child was trained on them" in ended.err
    assert "from 2 documents" in ended.out


def test_a_document_that_is_labelled_and_corrected_counts_once(
    thresher: Thresher, home_with_tiny: Locations, tmp_path: Path
) -> None:
    command = ("calibrate", *EXPENSES, "--labels")
    alone = thresher(*command, cafes(tmp_path / "labels.jsonl", range(4)), "--json")
    with Store.open(home_with_tiny) as store:
        for one in store.records(store.runs(1)[0].id)[:3]:
            store.correct(one.id, "company", "CORNER CAFE")
    more = thresher(*command, cafes(tmp_path / "labels.jsonl", range(4)), "--corrections", "--json")
    stated = [json.loads(ended.out)["stated"]["values"] for ended in (alone, more)]
    assert stated[0] == stated[1]
    told = thresher(*command, cafes(tmp_path / "fewer.jsonl", range(3)), "--corrections").err
    assert re.search(r"\d corrected documents? counted once: as --labels has them", told)


def copies(file: Path, *texts_and_companies: tuple[str, str]) -> Path:
    """Labels of these, each under an id of its own."""
    lines = [
        {"id": f"{at}", "input": text, "output": {"company": company}}
        for at, (text, company) in enumerate(texts_and_companies)
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return file


def test_a_document_that_is_labelled_many_times_counts_once(
    thresher: Thresher, home_with_tiny: Locations, tmp_path: Path
) -> None:
    command = ("calibrate", *EXPENSES, "--labels")
    alone = thresher(*command, cafes(tmp_path / "alone.jsonl", range(6)), "--json")
    labelled = [(f"CORNER CAFE {n}", "CORNER CAFE") for n in range(6)]
    # As equal texts are one document to a training.
    labelled += [(f"Corner  cafe {n}", "CORNER CAFE") for n in range(6)] * 11
    labelled[0] = "CORNER CAFE 0", "another"
    file = copies(tmp_path / "copies.jsonl", *labelled)
    many = thresher(*command, file, "--json")
    assert (alone.code, many.code) == (0, 0)
    told, expected = json.loads(many.out), json.loads(alone.out)
    assert (told["documents"], told["stated"]["values"]) == (6, expected["stated"]["values"])
    notes = [json.loads(line)["message"] for line in many.err.splitlines()]
    assert "6: the same document as 66: both are taken as one label" in notes
    assert "0 and 6: give 'company' different values for one document" in notes
    assert sum("the same document" in note for note in notes) == 66


def test_where_a_document_fails_the_others_calibrate_and_the_exit_code_says_so(
    thresher: Thresher, home_with_tiny: Locations, tmp_path: Path
) -> None:
    file = cafes(tmp_path / "labels.jsonl", range(3))
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"id": "bare", "output": {"company": "CORNER CAFE"}}) + "\n")
    ended = thresher("calibrate", *EXPENSES, "--labels", file, "--json")
    assert ended.code == 1
    assert "bare: its 'input' holds no text" in ended.err
    assert json.loads(ended.out)["documents"] == 3


def test_files_of_one_text_that_were_corrected_count_once(
    thresher: Thresher, home_with_tiny: Locations, tmp_path: Path
) -> None:
    files = []
    for at, text in enumerate(("CORNER CAFE 1", "Corner  Cafe 1\n", "CORNER CAFE 2")):
        files.append(tmp_path / f"{at}.txt")
        files[-1].write_text(text, "utf-8")
    assert thresher("extract", *files, *EXPENSES).code == 0
    with Store.open(home_with_tiny) as store:
        for one in store.records(store.runs(1)[0].id):
            store.correct(one.id, "company", f"CAFE {one.id}")
    ended = thresher("calibrate", *EXPENSES, "--corrections")
    assert "from 2 documents" in ended.out
    assert re.search(r"corrected \w+: the same document as corrected \w+: both are taken as", ended.err)
    assert re.search(r"corrected \w+ and corrected \w+: give 'company' different values", ended.err)


@pytest.mark.parametrize(("share", "proof"), [(0.0, 0.0), (0.3, 0.0), (0.3, 0.2)])
def test_what_an_adapter_from_elsewhere_was_trained_on_is_left_out(
    thresher: Thresher,
    home_with_tiny: Locations,
    add_adapter: AddAdapter,
    tmp_path: Path,
    share: float,
    proof: float,
) -> None:
    file = cafes(tmp_path / "learnt.jsonl", range(12))
    asked = find_packs().packs["expenses"].record_types["receipt"]
    sides = split(read_labels([file], asked.fields, asked.instructions), share, 5, None, proof)
    train = sides.train
    assert 0 < len(train) <= 12
    assert bool(proof) == bool(sides.proof)
    recipe: dict[str, Any] = {
        "trainer": "train_mlx", "versions": {}, "learning_rate": 1e-3, "steps": 1, "seconds": 1.0,
        "configuration": {
            "validation_share": share, "split_seed": 5, "group": None, "proof_share": proof
        },
    }  # fmt: skip
    data = {"fingerprint": labels_fingerprint(train), "train": len(train), "validation": 12 - len(train)}
    add_adapter("expenses-1", recipe=recipe, data=data)
    command = ("calibrate", *EXPENSES, "--adapter", "expenses-1", "--labels")
    ended = thresher(*command, file)
    if share:
        assert ended.code == 0
        assert f"{len(train)} documents left out: expenses-1 was trained on them" in ended.err
        assert f"from {12 - len(train)} document" in ended.out
    else:
        assert ended.code == 2
        assert "trained on all of these" in ended.err
        # Another reading of one of them is no other document.
        again = {"id": "again", "input": "CORNER CAF 0", "output": {"company": "CORNER"}}
        other = tmp_path / "again.jsonl"
        other.write_text(json.dumps({**again, "document_keys": [key(0)]}) + "\n", "utf-8")
        assert "trained on all of these" in thresher(*command, file, "--labels", other).err
    assert "left out" not in thresher(*command, cafes(tmp_path / "fresh.jsonl", range(12, 14))).err


def test_labels_that_bring_open_fields_are_known_again(
    thresher: Thresher, home_with_tiny: Locations, add_adapter: AddAdapter, tmp_path: Path
) -> None:
    file = tmp_path / "learnt.jsonl"
    fields = [{"name": "Scent", "type": "string"}]
    with file.open("w", encoding="utf-8") as lines:
        for number in range(3):
            line = {"id": str(number), "input": f"Soap {number}, lime", "output": {"Scent": "lime"}}
            lines.write(json.dumps({**line, "fields": fields}) + "\n")
    asked = find_packs().packs["retail"].record_types["product"]
    assert asked.open_fields
    assert asked.fields
    train = read_labels([file], asked.fields, asked.instructions, open_fields=True)
    recipe: dict[str, Any] = {
        "trainer": "train_mlx", "versions": {}, "learning_rate": 1e-3, "steps": 1, "seconds": 1.0,
        "configuration": {"validation_share": 0.0, "split_seed": 5, "group": None, "proof_share": 0.0},
    }  # fmt: skip
    data = {"fingerprint": labels_fingerprint(train), "train": 3, "validation": 0}
    add_adapter("retail-1", domain="retail", recipe=recipe, data=data)
    ended = thresher("calibrate", "-d", "retail", "--adapter", "retail-1", "--labels", file)
    assert ended.code == 2
    assert "retail-1 was trained on all of these documents" in ended.err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "--domain"),
        (("-d", "expenses"), "--labels"),
        (("-d", "expenses", "--corrections"), "no label"),
        (("-d", "expenses", "--labels", "none.jsonl"), "none.jsonl"),
        (("-d", "expenses", "--labels", "none.jsonl", "--reviewed"), "--corrections"),
    ],
)
def test_wrong_use_says_what_to_do(
    thresher: Thresher, home_with_tiny: Locations, arguments: tuple[str, ...], word: str
) -> None:
    ended = thresher("calibrate", *arguments)
    assert ended.code == 2
    assert word in ended.err
    assert ended.out == ""


@pytest.mark.parametrize("share", ["1", "0.5", "98", "x"])
def test_a_share_is_between_a_half_and_one(thresher: Thresher, home_with_tiny: Locations, share: str) -> None:
    ended = thresher("extract", "x.txt", "-d", "expenses", "--accept-at", share)
    assert ended.code == 2
    assert "--accept-at" in ended.err
