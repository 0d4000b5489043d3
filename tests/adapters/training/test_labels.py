"""Labels in: both forms of a line, checked values, and every problem of every file at once."""

import json
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.adapters.training.labels import Label, LabelError, labels_fingerprint, read_labels

FIELDS = (
    Field(name="who", type="string"),
    Field(name="total", type="number"),
    Field(name="what", type="list[string]"),
)


def write(folder: Path, *lines: Any, name: str = "labels.jsonl") -> Path:
    path = folder / name
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines) + "\n", "utf-8")
    return path


def test_gold_lines_are_read_with_the_record_types_fields(tmp_path: Path) -> None:
    output = {"who": "Lee", "total": "12.5", "what": ["tea", "", "bun"]}
    path = write(tmp_path, {"id": "a", "input": "Lee: tea", "output": output, "tag": "seen", "file": "a.pdf"})
    (label,) = read_labels([path], FIELDS, "Read it.")
    assert (label.id, label.text, label.instructions, label.fields, label.group) == (
        "a",
        "Lee: tea",
        "Read it.",
        FIELDS,
        None,
    )
    assert label.values == {"who": "Lee", "total": 12.5, "what": ["tea", "bun"]}


def test_a_key_that_is_missing_is_not_known_and_null_is_known_to_be_absent(tmp_path: Path) -> None:
    path = write(tmp_path, {"id": "a", "input": "x", "output": {"who": None}})
    (label,) = read_labels([path], FIELDS)
    assert label.values == {"who": None}
    assert label.fields == FIELDS


def test_a_lines_own_fields_add_or_replace(tmp_path: Path) -> None:
    own = [{"name": "who", "type": "enum", "values": ["x", "y"]}, {"name": "new", "type": "integer"}]
    line = {"id": "a", "input": "x", "output": {"who": "y", "new": 3}, "fields": own}
    path = write(tmp_path, line)
    (added,) = read_labels([path], FIELDS)
    assert [(f.name, f.type) for f in added.fields] == [
        ("who", "enum"),
        ("total", "number"),
        ("what", "list[string]"),
        ("new", "integer"),
    ]
    (alone,) = read_labels([path], FIELDS, open_fields=True)
    assert [f.name for f in alone.fields] == ["who", "new"]


def test_instruction_lines_carry_their_own_instructions_and_may_have_output_as_text(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {
            "instruction": "Find it.",
            "input": "one",
            "output": '{"who": null, "tags": [], "n": 3, "ok": true}',
        },
        {"instruction": "Find it.", "input": "two", "output": {"who": "Lee", "n": 3.5, "tags": ["a"]}},
    )
    first, second = read_labels([path])
    assert first.instructions == second.instructions == "Find it."
    # Derived from the values of all lines: the first says nothing of the type of who.
    assert [(f.name, f.type) for f in first.fields] == [
        ("who", "string"),
        ("tags", "list[string]"),
        ("n", "number"),
        ("ok", "boolean"),
    ]
    assert [f.name for f in second.fields] == ["who", "n", "tags"]
    assert (first.id, second.id) == ("labels.jsonl:1", "labels.jsonl:2")
    # With a record type use asks what that one says, and nothing else.
    asked = read_labels([path], first.fields, "Read it.")
    assert [(one.instructions, one.unasked) for one in asked] == [("Read it.", "Find it.")] * 2
    # Against given fields they are checked.
    with pytest.raises(LabelError, match=r"labels\.jsonl:1: 'tags' in 'output' is no field"):
        read_labels([path], FIELDS)


def test_files_of_one_name_in_two_folders_need_no_ids(tmp_path: Path) -> None:
    line = {"instruction": "Find it.", "output": {"who": None}}
    paths = []
    for folder in ("january", "march"):
        (tmp_path / folder).mkdir()
        paths.append(write(tmp_path / folder, {**line, "input": folder}))
    paths.append(write(tmp_path, {**line, "input": "April"}, name="april.jsonl"))
    labels = read_labels(paths, FIELDS)
    assert [label.text for label in labels] == ["january", "march", "April"]
    assert [label.id for label in labels] == [f"{paths[0]}:1", f"{paths[1]}:1", "april.jsonl:1"]


def test_all_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    good = {"id": "a", "input": "x", "output": {"who": "Lee"}}
    one = write(
        tmp_path,
        good,
        "{not json",
        "",
        {"id": "b", "inptu": "x", "output": {"who": 1}},
        {"id": "c", "input": "x", "output": {"who": 1, "totl": 2, "total": "many", "what": "tea"}},
        {"id": "d", "input": "  ", "output": "no object"},
        {"id": "e", "input": "x", "output": {}},
        ["a list"],
        {"id": "f", "input": "x", "output": {"who": "Lee"}, "fields": []},
        {"id": "g", "input": "x", "output": {"total": float("nan")}},
    )
    two = write(tmp_path, good, name="more.jsonl")
    with pytest.raises(LabelError) as caught:
        read_labels([one, two], FIELDS)
    problems = caught.value.problems
    places = [problem.removeprefix(str(tmp_path)).partition(": ")[0] for problem in problems]
    assert places.count("/labels.jsonl:5") == 4
    assert set(places) == {f"/labels.jsonl:{n}" for n in (2, 4, 5, 6, 7, 8, 9, 10)} | {"/more.jsonl:1"}
    said = str(caught.value)
    assert all(problem in said for problem in problems)
    assert "'input' is missing (is 'inptu' meant for it?)" in said
    assert "'totl' in 'output' is no field of the record (did you mean 'total'?)" in said
    assert "the id 'a' came before" in said
    assert "'total': nan is no finite number" in said


def test_a_value_that_is_given_twice_is_refused_by_its_line(tmp_path: Path) -> None:
    twice = '{"who": "A", "who": "B"}'
    path = write(
        tmp_path,
        {"id": "good", "input": "x", "output": {"who": "Lee"}},
        f'{{"id": "a", "input": "x", "output": {twice}}}',
        '{"id": "b", "input": "x", "input": "y", "output": {"who": "A"}}',
        {"id": "c", "input": "x", "output": twice},
    )
    with pytest.raises(LabelError) as caught:
        read_labels([path], FIELDS)
    assert caught.value.problems == (
        f"{path}:2: has the key 'who' twice: leave one of them out",
        f"{path}:3: has the key 'input' twice: leave one of them out",
        f"{path}:4: 'output' has the key 'who' twice: leave one of them out",
    )


def test_a_long_message_says_how_much_it_leaves_out(tmp_path: Path) -> None:
    path = write(tmp_path, *["nonsense"] * 100)
    with pytest.raises(LabelError, match="and 60 more problems") as caught:
        read_labels([path], FIELDS)
    assert len(caught.value.problems) == 100


def test_values_that_do_not_fit_may_be_left_unknown(tmp_path: Path) -> None:
    path = write(tmp_path, {"id": "a", "input": "x", "output": {"who": "Lee", "total": "perpetual"}})
    unfit: list[str] = []
    (label,) = read_labels([path], FIELDS, unfit=unfit)
    assert label.values == {"who": "Lee"}
    assert len(unfit) == 1
    assert "labels.jsonl:1: 'total': 'perpetual'" in unfit[0]


def test_the_group_is_a_key_of_the_line(tmp_path: Path) -> None:
    lines = [{"id": str(n), "input": f"x{n}", "output": {"who": "Lee"}, "shop": n} for n in range(2)]
    assert [x.group for x in read_labels([write(tmp_path, *lines)], FIELDS, group="shop")] == ["0", "1"]
    with pytest.raises(LabelError, match="'owner', the group's key, is missing"):
        read_labels([write(tmp_path, *lines)], FIELDS, group="owner")


def test_a_line_may_bring_the_keys_of_other_readings(tmp_path: Path) -> None:
    line = {"id": "a", "input": "x", "output": {"who": "Lee"}}
    (label,) = read_labels([write(tmp_path, line | {"document_keys": ["0a" * 32]})], FIELDS)
    assert label.readings == {"0a" * 32}
    for wrong in ("0a" * 32, ["0a"], [1], [int("1" * 64)], None, {"0a" * 32: 1}):
        with pytest.raises(LabelError, match=r"labels.jsonl:1: 'document_keys' must be a list of sha256"):
            read_labels([write(tmp_path, line | {"document_keys": wrong})], FIELDS)


def test_no_label_and_no_file_are_errors(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="hold no label"):
        read_labels([write(tmp_path, "")], FIELDS)
    with pytest.raises(UsageError, match="cannot be read"):
        read_labels([tmp_path / "missing.jsonl"], FIELDS)
    with pytest.raises(LabelError, match="no record type was named"):
        read_labels([write(tmp_path, {"id": "a", "input": "x", "output": {"who": "Lee"}})])


def test_what_no_tokenizer_takes_stands_in_no_label(tmp_path: Path) -> None:
    own = [{"name": "who", "type": "string", "description": "Name \udfff"}]
    line = {"instruction": "Find\ud800", "input": "Le\ud800, x\0y", "output": json.dumps({"who": "Le\ud800"})}
    (label,) = read_labels([write(tmp_path, {**line, "id": "\udc00", "fields": own})])
    assert (label.id, label.instructions, label.text) == ("\ufffd", "Find\ufffd", "Le\ufffd, x y")
    assert (label.fields[0].description, label.values) == ("Name \ufffd", {"who": "Le\ufffd"})


def test_a_line_separator_within_a_text_does_not_end_the_line(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    line = json.dumps({"id": "a", "input": "one\u2028two\x85", "output": {"who": "Lee"}}, ensure_ascii=False)
    path.write_bytes(b"\xef\xbb\xbf" + line.encode() + b"\r\n")
    assert read_labels([path], FIELDS)[0].text == "one\u2028two\x85"


def test_the_fingerprint_is_the_same_in_every_version() -> None:
    """Fixed once: if it moves, no adapter knows any more which labels it has learnt from."""
    day = Field(name="day", type="date", description="Which day")
    for one in (day, day.model_copy(update={"derived": True})):
        made = labels_fingerprint([Label("x", "on 1 May 2019", "Extract.", (one,), {"day": "2019-05-01"})])
        assert made == "a12fa46bca810c388f78577a314ced6ed251dc373d7a598a9c5a6dc949271164"


def test_the_fingerprint_follows_content_and_not_order_or_ids(tmp_path: Path) -> None:
    def of(*rows: tuple[str, str, str]) -> str:
        lines = [{"id": name, "input": text, "output": {"who": who}} for name, text, who in rows]
        return labels_fingerprint(read_labels([write(tmp_path, *lines)], FIELDS))

    base = of(("a", "one", "Lee"), ("b", "two", "Ann"))
    assert of(("x", "two", "Ann"), ("y", "one", "Lee")) == base
    assert of(("a", "one", "Lee"), ("b", "two", "Bob")) != base
    assert of(("a", "one", "Lee")) != base
