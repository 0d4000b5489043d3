import json
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field, parse_fields
from thresher.adapters.training.labels import read_labels
from thresher.app.documents.document import Place
from thresher.app.evaluation.records import (
    Predicted,
    PredictedRecord,
    load_gold,
    load_predictions,
    predicted,
)
from thresher.app.evaluation.score import score
from thresher.app.record import Outcome, Record, Span, Value

FIELDS = (Field(name="s", type="string"), Field(name="l", type="list[string]"))


def written(path: Path, *lines: Any) -> Path:
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return path


def test_fields_of_a_line_are_joined_with_the_record_types(tmp_path: Path) -> None:
    own = [{"name": "q", "type": "number"}]
    path = written(
        tmp_path / "gold.jsonl",
        {"id": "1", "input": "a\u2028b", "output": {"s": "x"}},
        "",
        {"id": "2", "output": {"q": 5}, "fields": own, "tag": "kept out"},
    )
    first, second = load_gold(path, FIELDS)
    assert (first.text, first.output, first.fields) == ("a\u2028b", {"s": "x"}, FIELDS)
    assert second.fields == (*FIELDS, Field(name="q", type="number"))
    _, second = load_gold(path, FIELDS, open_fields=True)
    assert second.fields == (Field(name="q", type="number"),)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is no JSON"),
        ('{"id": "a", "id": "b"}', "has the key 'id' twice: leave one of them out"),
        pytest.param("[" * 100_000, "is no JSON in UTF-8 (lists or objects lie too deep", id="deep"),
        ("[1]", "must be an object"),
        ({"output": {}}, "'id'"),
        ({"id": "1", "output": {}}, "came before"),
        ({"id": "2"}, "'output'"),
        ({"id": "2", "output": {"t": 1}}, "'t' in 'output' is no field"),
        ({"id": "2", "output": {}, "input": 5}, "'input'"),
        ({"id": "2", "output": {}, "fields": [{"name": "q"}]}, "field 1"),
    ],
)
def test_a_bad_line_of_gold_is_named(tmp_path: Path, line: Any, reason: str) -> None:
    path = written(tmp_path / "gold.jsonl", {"id": "1", "output": {}}, line)
    with pytest.raises(UsageError, match=r"gold\.jsonl:2: ") as caught:
        load_gold(path, FIELDS)
    assert reason in str(caught.value)


TYPED = (
    Field(name="sum", type="number"),
    Field(name="day", type="date"),
    Field(name="names", type="list[string]"),
    Field(name="name", type="string"),
)


def test_gold_is_read_as_training_reads_labels(tmp_path: Path) -> None:
    values = {"sum": "12.50", "day": "", "names": None, "name": ["Lee", "Ann"]}
    path = written(tmp_path / "gold.jsonl", {"id": "1", "input": "x", "output": values})
    (gold,) = load_gold(path, TYPED)
    assert gold.output == {"sum": 12.5, "day": None, "names": [], "name": ["Lee", "Ann"]}
    right = {"sum": Predicted(12.5), "name": Predicted(["Lee", "Ann"])}
    assert score([gold], [PredictedRecord("1", right)]).total.f1 == 1.0


def test_several_numbers_that_may_be_right_are_compared_as_numbers(tmp_path: Path) -> None:
    path = written(tmp_path / "gold.jsonl", {"id": "1", "input": "x", "output": {"sum": ["12", "15"]}})
    scores = score(load_gold(path, TYPED), [PredictedRecord("1", {"sum": Predicted(12)})])
    assert (scores.total.tp, scores.total.fp, scores.total.fn) == (1, 0, 1)


def test_gold_has_the_forms_of_labels(tmp_path: Path) -> None:
    path = written(
        tmp_path / "gold.jsonl",
        {"id": "1", "input": "x", "output": '{"sum": "4.20"}'},
        {"instruction": "Find it.", "input": "y", "output": {"name": "Lee"}},
    )
    labels = read_labels([path], TYPED, "Read it.")
    gold = load_gold(path, TYPED)
    assert [(one.id, one.text, one.output, one.fields) for one in gold] == [
        (one.id, one.text, one.values, one.fields) for one in labels
    ]
    assert [one.id for one in load_gold(path, TYPED, called="march/gold.jsonl")] == [
        "1",
        "march/gold.jsonl:2",
    ]


def test_gold_names_files_where_they_are_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "gold"
    folder.mkdir()
    path = written(
        folder / "gold.jsonl",
        {"id": "1", "file": "one.pdf", "output": {"s": "x"}},
        {"id": "2", "file": "more/two.txt", "output": {}},
        {"id": "3", "file": "three.pdf", "input": "its text", "output": {}},
        {"id": "4", "output": {}},
    )
    paths = [one.path for one in load_gold(path, FIELDS, files=True)]
    assert paths == [folder / "one.pdf", folder / "more/two.txt", None, None]
    assert {one.path for one in load_gold(path, FIELDS)} == {None}
    for wrong in (5, " "):
        wrong_file = written(folder / "wrong.jsonl", {"id": "1", "file": wrong, "output": {}})
        with pytest.raises(UsageError, match="jsonl:1: 'file' must be the path of the document"):
            load_gold(wrong_file, FIELDS, files=True)


def test_all_that_is_wrong_with_gold_comes_at_once(tmp_path: Path) -> None:
    lines = [{"id": "1", "output": "no object"}, {"id": "2", "output": {"t": 1}}, "{"]
    with pytest.raises(UsageError) as caught:
        load_gold(written(tmp_path / "gold.jsonl", *lines), FIELDS)
    assert [line.partition(": ")[0].rpartition(":")[2] for line in caught.value.lines[:-1]] == ["1", "2", "3"]


def test_a_file_is_right_against_itself(tmp_path: Path) -> None:
    values = {"sum": "4.20", "day": " 2019-03-04 ", "names": ["Lee", ""], "name": "Lee"}
    path = written(tmp_path / "gold.jsonl", {"id": "1", "input": "x", "output": values})
    assert score(load_gold(path, TYPED), load_predictions(path)).total.f1 == 1.0


def test_gold_has_the_text_that_training_would_see(tmp_path: Path) -> None:
    path = written(tmp_path / "gold.jsonl", {"id": "1", "input": "Le\ud800", "output": {"name": "Le\ud800"}})
    (gold,) = load_gold(path, TYPED)
    assert (gold.text, gold.output) == ("Le\ufffd", {"name": "Le\ufffd"})


def test_values_that_training_would_refuse_are_scored_as_written_and_told(tmp_path: Path) -> None:
    path = written(
        tmp_path / "gold.jsonl",
        {"id": "1", "output": {"sum": "12,50 EUR", "name": "x"}},
        {"id": "2", "output": {"day": "perpetual"}},
    )
    unfit: list[str] = []
    first, _ = load_gold(path, TYPED, unfit=unfit)
    assert first.output == {"sum": "12,50 EUR", "name": "x"}
    one, other = unfit
    assert one.startswith(f"{path}:1: 'sum': ")
    assert other.startswith(f"{path}:2: 'day': ")
    assert load_gold(path, TYPED)[0] == first


def test_gold_without_fields_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give a record type or --field"):
        load_gold(written(tmp_path / "gold.jsonl", {"id": "1", "output": {}}))


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.jsonl: cannot be read"):
        load_gold(tmp_path / "none.jsonl", FIELDS)
    (tmp_path / "latin.jsonl").write_bytes('{"id": "é"}'.encode("latin-1"))
    with pytest.raises(UsageError, match=r"latin\.jsonl:1: is no JSON in UTF-8"):
        load_predictions(tmp_path / "latin.jsonl")
    twice = written(tmp_path / "twice.jsonl", '{"id": "1", "values": {"t": 1, "t": 2}}')
    with pytest.raises(UsageError, match=r"twice\.jsonl:1: has the key 't' twice: leave one of them out"):
        load_predictions(twice)
    with pytest.raises(UsageError, match="holds no record"):
        load_gold(written(tmp_path / "empty.jsonl"), FIELDS)


def test_predictions_in_both_forms(tmp_path: Path) -> None:
    span = {"start": 0, "end": 1, "page": None, "box": None, "text": "x"}
    path = written(
        tmp_path / "out.jsonl",
        {
            "id": "1",
            "status": "partial",
            "fields": {
                "s": {"value": None, "outcome": "absent", "confidence": 0.5, "spans": []},
                "l": {
                    "value": ["x", "y"],
                    "outcome": "found",
                    "confidence": 0.5,
                    "spans": [span, None],
                    "confidences": [0.9, 0.1],
                    "calibrated": True,
                    "accepted": False,
                },
            },
        },
        {"id": "2", "output": {"s": "x"}},
        {"id": "3", "status": "failed", "error": {"kind": "empty", "message": "…"}, "fields": {}},
        {"id": "4", "output": None},
    )
    assert load_predictions(path) == [
        PredictedRecord(
            "1",
            {
                "s": Predicted(None, Outcome.ABSENT, (), (0.5,)),
                "l": Predicted(["x", "y"], Outcome.FOUND, ("x", None), (0.9, 0.1), True, False),
            },
        ),
        PredictedRecord("2", {"s": Predicted("x")}),
        PredictedRecord("3", failed=True),
        PredictedRecord("4", failed=True),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"id": "1"}, "neither 'fields'"),
        ({"id": "1", "fields": {"s": "x"}}, "field 's' must be an object"),
        ({"id": "1", "fields": {"s": {"value": "x", "outcome": "maybe"}}}, "'outcome' must be one of found"),
        ({"id": "1", "fields": {"s": {"value": "x", "outcome": "found", "spans": [5]}}}, "'spans'"),
        (
            {"id": "1", "fields": {"s": {"value": "x", "outcome": "found", "confidence": 7}}},
            "between 0 and 1",
        ),
    ],
)
def test_a_bad_prediction_is_named(tmp_path: Path, line: Any, reason: str) -> None:
    with pytest.raises(UsageError, match=r"out\.jsonl:1: ") as caught:
        load_predictions(written(tmp_path / "out.jsonl", line))
    assert reason in str(caught.value)


def test_an_extracted_record_is_a_prediction() -> None:
    span = Span(0, 1, "x", "exact", Place())
    values = {"l": Value(["x", "y"], Outcome.FOUND, 0.5, (span, None))}
    record = Record("1", None, None, "d", "r", "m", None, "failed", None, values, 0.1)
    expected = {"l": Predicted(["x", "y"], Outcome.FOUND, ("x", None), (0.5,))}
    assert predicted(record) == PredictedRecord("1", expected, failed=True)


def test_gold_scores_one_against_itself(shared_data: Path) -> None:
    for contract in sorted(shared_data.glob("*/*/fields.json")):
        fields = json.loads(contract.read_text("utf-8"))["fields"]
        own = parse_fields(fields, str(contract)) if isinstance(fields, list) else ()
        gold = load_gold(contract.parent / "dev.jsonl", own, open_fields=True)
        itself = [
            PredictedRecord(one.id, {key: Predicted(value) for key, value in one.output.items()})
            for one in gold
        ]
        scores = score(gold, itself)
        assert (scores.total.f1, scores.right_share) == (1.0, 1.0), contract
