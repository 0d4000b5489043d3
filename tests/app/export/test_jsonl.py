"""A line of JSON says all that the record says, and gives the record back."""

import json
from dataclasses import replace

from hypothesis import given

from thresher.app.export.jsonl import record_line
from thresher.app.record import Outcome, Value

from .conftest import FAILED, FIELDS, JUDGED, NOTED, RECORD, SPAN, hostile, texts, written
from .reading_back import record_from_json

#: Only lone surrogates that do not follow each other: two of them are one character to JSON.
json_texts = texts.filter(lambda text: "\\ud" not in text.encode("ascii", "backslashreplace").decode())


def test_jsonl_is_the_contract_in_its_order() -> None:
    first, second = (json.loads(line) for line in written("jsonl", RECORD, FAILED).splitlines())
    assert list(first) == [
        *(
            "id",
            "document",
            "domain",
            "record_type",
            "model",
            "adapter",
            "status",
            "error",
            "fields",
            "seconds",
            "windows",
        )
    ]
    assert first["document"] == {"path": "in/a/r.pdf", "sha256": "d0" * 32}
    assert list(first["fields"]) == [field.name for field in FIELDS]
    assert list(first["fields"]["items"]) == ["value", "outcome", "confidence", "spans"]
    assert list(first["fields"]["items"]["spans"][0].items()) == [
        ("start", 3),
        ("end", 8),
        ("page", 2),
        ("box", [1.0, 2.0, 3.0, 4.5]),
        ("text", "bolts"),
        ("sheet", None),
        ("cell", None),
        ("part", None),
        ("match", "exact"),
    ]
    assert first["fields"]["items"]["spans"][1] is None
    assert first["error"] is None
    assert second["error"] == {"kind": "encrypted", "message": "x.pdf asks for a password"}
    assert second["document"]["sha256"] is None
    assert [record_from_json(first), record_from_json(second)] == [RECORD, FAILED]


def test_jsonl_says_what_was_not_read_and_a_line_of_before_comes_back_without() -> None:
    noted, plain = map(json.loads, written("jsonl", NOTED, RECORD).splitlines())
    assert noted["notes"] == list(NOTED.notes)
    assert "notes" not in plain
    assert [record_from_json(noted), record_from_json(plain)] == [NOTED, RECORD]


def test_jsonl_says_what_was_calibrated_and_accepted() -> None:
    (raw,) = map(json.loads, written("jsonl", JUDGED).splitlines())
    company, items = raw["fields"]["company"], raw["fields"]["items"]
    assert list(company) == ["value", "outcome", "confidence", "spans", "calibrated", "accepted"]
    assert (company["calibrated"], company["accepted"], items["accepted"]) == (True, True, False)
    assert items["confidences"] == [0.9, 0.3]
    assert record_from_json(raw) == JUDGED


def test_jsonl_has_what_was_too_doubtful_to_state_behind_the_value() -> None:
    items = JUDGED.values["items"]
    stated = replace(items, value=["bolts"], spans=(SPAN,), confidences=(0.9,), confidence=0.9, whole=items)
    record = replace(JUDGED, values={"items": stated, "company": Value(None, Outcome.ABSENT, None)})
    (raw,) = map(json.loads, written("jsonl", record).splitlines())
    assert raw["fields"]["items"]["value"] == ["bolts"]
    assert raw["fields"]["items"]["whole"]["value"] == ["bolts", "nuts"]
    assert "whole" not in raw["fields"]["items"]["whole"]
    assert "whole" not in raw["fields"]["company"]
    assert record_from_json(raw) == record


@given(json_texts)
def test_a_line_of_jsonl_is_one_line_and_comes_back(text: str) -> None:
    line = record_line(hostile(text))
    assert line.decode().splitlines() == [line.decode()[:-1]]
    assert record_from_json(json.loads(line)) == hostile(text)


@given(texts)
def test_any_text_makes_readable_json(text: str) -> None:
    assert json.loads(record_line(hostile(text)))["status"] == "ok"
