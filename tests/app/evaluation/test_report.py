import json

from thresher.app.evaluation.report import MAX_ROWS, as_dict, as_table, unknown_keys_words
from thresher.app.evaluation.score import Scores, Tally


def test_the_table_names_every_figure() -> None:
    scores = Scores(
        total=Tally(8, 2, 2), found_only=Tally(4, 0, 6), fields={"company": Tally(8, 2, 2), "none": Tally()},
        records=4, right=1, failed=1, missing=2, unasked=3, grounded=9, groundable=10,
    )  # fmt: skip
    lines = as_table(scores).split("\n")
    assert lines[0] == "F1 0.800   precision 0.800   recall 0.800   F1 of found values alone 0.571"
    assert lines[1] == "every field right in 1 of 4 records (25.0%)"
    assert lines[2] == "grounded 9 of 10 values (90.0%)"
    assert lines[3] == "counted as all absent: 1 failed records, 2 without a prediction"
    assert lines[4] == "not scored: 3 predictions without gold"
    assert lines[7].split() == ["company", "0.800", "0.800", "0.800", "10"]
    assert lines[8].split() == ["none", "–", "–", "–", "0"]
    assert len({len(line) for line in lines[6:]}) == 1


def test_the_table_says_what_it_leaves_out_and_the_json_has_it() -> None:
    names = [f"question {number} " + "?" * 60 for number in range(MAX_ROWS + 5)]
    scores = Scores(fields={name: Tally(1, 0, 0) for name in names})
    assert as_table(scores).endswith("… and 5 more fields, which --json lists")
    assert list(as_dict(scores)["fields"]) == names


def test_many_unknown_keys_are_some_with_how_many_more_and_all_in_the_json() -> None:
    keys = {f"key {number:02}" for number in range(10)}
    scores = Scores(with_unknown_keys=3, unknown_keys=keys)
    words = unknown_keys_words(scores)
    assert words is not None
    assert words.startswith("3 predictions have keys that no gold record asks for: 'key 00', 'key 01', ")
    assert words.endswith("'key 07' and 2 more, which --json lists")
    assert as_dict(scores)["unknown_keys"] == sorted(keys)
    assert unknown_keys_words(Scores()) is None


def test_the_json_is_json() -> None:
    scores = Scores(total=Tally(1, 0, 1), fields={"f": Tally(1, 0, 1)}, records=1)
    read = json.loads(json.dumps(as_dict(scores)))
    assert read["f1"] == 2 / 3
    assert read["fields"]["f"] == {
        "f1": 2 / 3, "precision": 1.0, "recall": 0.5, "support": 2, "tp": 1, "fp": 0, "fn": 1,
    }  # fmt: skip
    assert read["f1_found_only"] is None
