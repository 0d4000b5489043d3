import json
from pathlib import Path

from thresher.app.locations import Locations

from ..conftest import AddAdapter
from .conftest import Thresher


def lines(file: Path, *objects: object) -> Path:
    file.write_text("".join(json.dumps(o) + "\n" for o in objects))
    return file


def test_predictions_are_scored_by_field_without_a_model(thresher: Thresher, tmp_path: Path) -> None:
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


def test_the_json_names_the_record_type_that_was_scored(thresher: Thresher, tmp_path: Path) -> None:
    file = receipts(tmp_path, "gold", "Mill")
    asked = ("evaluate", "--records", file, "--predictions", file, "--json")
    told = json.loads(thresher(*asked, "-d", "expenses").out)
    assert (told["domain"], told["record_type"]) == ("expenses", "receipt")
    told = json.loads(thresher(*asked, "-f", "company:string").out)
    assert (told["domain"], told["record_type"]) == (None, None)


def test_gold_may_bring_its_own_fields(thresher: Thresher, tmp_path: Path) -> None:
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


def test_wrong_gold_is_wrong_use_by_file_and_line(thresher: Thresher, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"id": "a"}\n')
    ended = thresher("evaluate", "-d", "expenses", "--records", gold, "--predictions", gold)
    assert ended.code == 2
    assert "gold.jsonl:1" in ended.err


def receipts(tmp_path: Path, name: str, *companies: str | None) -> Path:
    return lines(
        tmp_path / f"{name}.jsonl",
        *(
            {"id": str(n), "input": f"text {n}", "output": {"company": each}}
            for n, each in enumerate(companies)
        ),
    )


def test_predictions_are_compared_without_a_model(thresher: Thresher, tmp_path: Path) -> None:
    gold = receipts(tmp_path, "gold", *["Mill"] * 40)
    better = receipts(tmp_path, "better", *["Mill"] * 36, *["Shop"] * 4)
    worse = receipts(tmp_path, "worse", *["Shop"] * 20, *["Mill"] * 20)
    asked = ("evaluate", "-d", "expenses", "--records", gold, "--predictions", better)
    ended = thresher(*asked, "--against-predictions", worse, "--json")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    assert (told["f1"], told["against"]["f1"]) == (0.9, 0.5)
    compared = told["comparison"]
    assert compared["difference"] == 0.4
    assert 0 < compared["interval"][0] < 0.4 < compared["interval"][1]
    assert (compared["became_right"], compared["became_wrong"]) == (20, 4)
    assert compared["fields"]["company"]["support"] == 40
    table = thresher(*asked, "--against-predictions", worse).out
    assert "better.jsonl beside " in table
    assert "of 40 records 20 became right (50.0%) and 4 wrong (10.0%)" in table
    same = json.loads(thresher(*asked, "--against-predictions", better, "--json").out)["comparison"]
    assert (same["difference"], same["interval"], same["documents_needed"]) == (0, [0, 0], None)
    ended = thresher(*asked, "--against-predictions", worse, "--against", "none")
    assert (ended.code, "not both" in ended.err) == (2, True)


def test_keys_that_the_gold_does_not_ask_for_are_told(thresher: Thresher, tmp_path: Path) -> None:
    gold = lines(
        tmp_path / "gold.jsonl", *({"id": n, "input": n, "output": {"n": 12, "t": "x"}} for n in "ab")
    )
    wrong = lines(
        tmp_path / "wrong.jsonl", {"id": "a", "output": {"N": 12, "T": "x"}}, {"id": "b", "output": {}}
    )
    right = lines(tmp_path / "right.jsonl", {"id": "a", "output": {"n": 12}})
    asked = ("evaluate", "--records", gold, "-f", "n:number", "-f", "t:string", "--predictions")
    said = f"{wrong}: 1 prediction has keys that no gold record asks for: 'N', 'T'"
    for sides in ((wrong,), (right, "--against-predictions", wrong)):
        assert thresher(*asked, *sides).err == f"note: {said}\n"
    ended = thresher(*asked, right, "--against-predictions", wrong, "--json")
    assert json.loads(ended.err) == {"kind": "note", "message": said}
    told = json.loads(ended.out)
    assert (told["with_unknown_keys"], told["unknown_keys"]) == (0, [])
    assert (told["against"]["with_unknown_keys"], told["against"]["unknown_keys"]) == (1, ["N", "T"])


def test_options_for_extracting_are_refused_where_nothing_is_extracted(
    thresher: Thresher, tmp_path: Path
) -> None:
    file, out = receipts(tmp_path, "gold", "Mill"), tmp_path / "out.jsonl"
    asked = ("evaluate", "-d", "expenses", "--records", file, "--predictions", file)
    extracting = ("--save", out, "--accept-at", 0.9, "--adapter", "one")
    ended = thresher(*asked, *extracting, "--model", "other", "--again")
    assert (ended.code, ended.out, out.exists()) == (2, "", False)
    assert "--adapter, --save, --accept-at, --model, --again: for extracting alone" in ended.err
    # Those of the first side, also where the second is extracted.
    ended = thresher(*asked, *extracting, "--model", "other", "--against", "none")
    assert ended.code == 2
    assert "error: --adapter, --save, --accept-at: for extracting alone" in ended.err
    ended = thresher(*asked, "--model", "other", "--against", "none")
    assert "other" in ended.err
    assert "for extracting alone" not in ended.err
    assert thresher(*asked, "--model", "other", "--against-predictions", file).code == 2


def test_two_adapters_are_asked_and_compared(
    thresher: Thresher, add_adapter: AddAdapter, tmp_path: Path
) -> None:
    add_adapter("one", 1)
    gold = receipts(tmp_path, "gold", "Mill", "Shop", None)
    asked = ("evaluate", "-d", "expenses", "--records", gold, "--adapter", "one", "--save")
    ended = thresher(*asked, tmp_path / "one.jsonl", "--against", "none", "--json")
    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    assert (told["adapter"], told["against"]["adapter"]) == ("one", None)
    assert told["comparison"]["documents"] == 3
    assert told["comparison"]["records"] == 3
    # What was saved is the first side, and gives the same comparison as a file.
    files = ("evaluate", "-d", "expenses", "--records", gold, "--predictions", tmp_path / "one.jsonl")
    again = json.loads(thresher(*files, "--against", "none", "--json").out)
    assert again["comparison"] == told["comparison"]
    table = thresher(*files, "--against", "none").out
    assert "one.jsonl beside tiny alone: " in table
    ended = thresher(*files, "--against", "two")
    assert (ended.code, "there is no adapter 'two'" in ended.err) == (2, True)


def test_documents_are_read_from_the_files_that_gold_names(
    thresher: Thresher, home_with_tiny: Locations, tmp_path: Path
) -> None:
    """One that cannot be read is told by name and scores as all absent; the others are scored."""
    folder = tmp_path / "gold"
    folder.mkdir()
    (folder / "mill.html").write_text("<p>Mill</p><p>Total 4.20</p>", "utf-8")
    gold = lines(
        folder / "gold.jsonl",
        {"id": "a", "file": "mill.html", "output": {"company": "Mill"}},
        {"id": "b", "file": "gone.pdf", "output": {"company": "Shop"}},
    )
    saved = tmp_path / "saved.jsonl"
    ended = thresher("evaluate", "-d", "expenses", "--records", gold, "--save", saved, "--json")
    assert ended.code == 1
    assert "gone.pdf" in ended.err
    told = json.loads(ended.out)
    assert (told["records"], told["failed"]) == (2, 1)
    records = map(json.loads, saved.read_text("utf-8").splitlines())
    assert {one["id"]: one["status"] for one in records} == {"a": "ok", "b": "failed"}


def test_a_correction_is_no_answer_of_the_model(
    thresher: Thresher, home_with_tiny: Locations, tmp_path: Path
) -> None:
    """A corrected record is asked for again: it is scored as the model answered it."""
    from thresher.app.session import Session

    gold = receipts(tmp_path, "gold", "Mill")
    asked = ("evaluate", "-d", "expenses", "--records", gold, "--json")
    before = json.loads(thresher(*asked).out)
    assert before["f1"] == 0
    with Session(home_with_tiny) as session:
        (stored,) = session.store.records(session.store.runs()[0].id)
        session.store.correct(stored.id, "company", "Mill")
    after = json.loads(thresher(*asked).out)
    assert after["f1"] == 0
    # The correction is still the record's.
    out = tmp_path / "out.jsonl"
    assert thresher("extract", "-d", "expenses", "--records", gold, "-o", out).code == 0
    assert json.loads(out.read_text("utf-8"))["fields"]["company"]["value"] == "Mill"
