import json

from thresher.app.evaluation.confidence_report import as_dict, as_table
from thresher.app.evaluation.judged import Judged


def values(accepted: bool | None = None, calibrated: bool = True) -> list[Judged]:
    return [
        Judged("f", None, number % 4 != 0, number % 10 != 0, 0.9, calibrated, accepted)
        for number in range(200)
    ]


def test_the_json_has_all_stated_and_absent_values_apart() -> None:
    told = json.loads(json.dumps(as_dict(values())))["confidence"]
    assert (told["values"], told["stated"]["values"], told["absent"]["values"]) == (200, 150, 50)
    assert told["calibrated"] is True
    assert abs(told["ece"]) < 1e-12  # 0.9 is right nine times in ten
    assert told["reliability"][0]["values"] == 200
    assert told["coverage_at"] == {"0.9": 1.0, "0.95": 0.0, "0.98": 0.0, "0.99": 0.0}
    assert told["accepted"] is None


def test_what_was_accepted_is_told_with_how_it_did() -> None:
    told = as_dict(values(accepted=True))["confidence"]["accepted"]
    assert told == {"of": 200, "values": 200, "right_share": 0.9}
    assert as_dict(values(accepted=False))["confidence"]["accepted"]["right_share"] is None


def test_the_table_says_whether_it_is_calibrated_and_draws_the_curve() -> None:
    table = as_table(values())
    assert "confidence (calibrated) of 200 values" in table
    assert "█" in table
    assert "not calibrated" in as_table(values(calibrated=False))


def test_without_confidences_there_is_nothing_to_tell() -> None:
    unknown = [Judged("f", None, True, True)]
    assert as_table(unknown) == ""
    assert as_dict(unknown)["confidence"]["ece"] is None
