"""From labels to values that may go unseen: calibrate, extract, evaluate, correct, calibrate again."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.pack_library import find_packs
from thresher.adapters.training.labels import labels_fingerprint, read_labels
from thresher.adapters.training.split import split
from thresher.app.locations import Locations
from thresher.app.store import Store

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


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_what_the_adapter_was_trained_on_is_left_out(
    thresher: Thresher, home_with_tiny: Locations, add_adapter: AddAdapter, tmp_path: Path, share: float
) -> None:
    file = tmp_path / "learnt.jsonl"
    texts = [
        {"id": str(n), "input": f"CORNER CAFE {n}", "output": {"company": "CORNER CAFE"}} for n in range(12)
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in texts), "utf-8")
    asked = find_packs().packs["expenses"].record_types["receipt"]
    labels = read_labels([file], asked.fields, asked.instructions)
    train = split(labels, share, 5).train
    assert 0 < len(train) <= 12
    recipe: dict[str, Any] = {
        "trainer": "train_mlx", "versions": {}, "learning_rate": 1e-3, "steps": 1, "seconds": 1.0,
        "configuration": {"validation_share": share, "split_seed": 5, "group": None},
    }  # fmt: skip
    data = {"fingerprint": labels_fingerprint(train), "train": len(train), "validation": 12 - len(train)}
    add_adapter("expenses-1", recipe=recipe, data=data)
    command = ("calibrate", "-d", "expenses", "-r", "receipt", "--adapter", "expenses-1", "--labels")
    ended = thresher(*command, file)
    if share:
        assert ended.code == 0
        assert f"{len(train)} documents left out: expenses-1 was trained on them" in ended.err
        assert f"from {12 - len(train)} document" in ended.out
    else:
        assert ended.code == 2
        assert "trained on all of these" in ended.err
    fresh = tmp_path / "fresh.jsonl"
    fresh.write_text(json.dumps({**texts[0], "input": "another"}) + "\n", "utf-8")
    assert "left out" not in thresher(*command, fresh).err


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
