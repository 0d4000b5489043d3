import json
from pathlib import Path


def lines(file: Path, *objects: object) -> Path:
    file.write_text("".join(json.dumps(o) + "\n" for o in objects))
    return file


def test_predictions_are_scored_by_field_without_a_model(thresher, tmp_path: Path) -> None:
    gold = lines(
        tmp_path / "gold.jsonl",
        {"id": "a", "input": "x", "output": {"company": "Corner Shop", "total": "12.50"}},
        {"id": "b", "input": "y", "output": {"company": "Mill", "total": None}},
    )
    predictions = lines(
        tmp_path / "predictions.jsonl",
        {"id": "a", "output": {"company": "corner shop.", "total": "13"}},
        {"id": "b", "output": {"company": "Mill", "total": None}},
    )
    asked = ("evaluate", "-d", "expenses", "-r", "receipt", "--records", gold, "--predictions", predictions)
    ended = thresher(*asked, "--json")
    assert ended.code == 0
    told = json.loads(ended.out)
    assert told["domain"] == "expenses"
    assert (told["tp"], told["fp"], told["fn"]) == (2, 1, 1)
    assert told["all_right_share"] == 0.5
    assert told["fields"]["company"]["f1"] == 1
    assert "company" in thresher(*asked).out
    assert json.loads(thresher(*asked, "--json", "--limit", 1).out)["records"] == 1


def test_gold_may_bring_its_own_fields(thresher, tmp_path: Path) -> None:
    fields = [{"name": "profit", "type": "number"}]
    gold = lines(tmp_path / "g.jsonl", {"id": "a", "input": "x", "output": {"profit": 5}, "fields": fields})
    predictions = lines(tmp_path / "p.jsonl", {"id": "a", "output": {"profit": 5}})
    ended = thresher(
        "evaluate",
        "-d",
        "financial",
        "-r",
        "report_question",
        "--records",
        gold,
        "--predictions",
        predictions,
        "--json",
    )
    assert json.loads(ended.out)["f1"] == 1


def test_wrong_gold_is_wrong_use_by_file_and_line(thresher, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"id": "a"}\n')
    ended = thresher("evaluate", "-d", "expenses", "--records", gold, "--predictions", gold)
    assert ended.code == 2
    assert "gold.jsonl:1" in ended.err
