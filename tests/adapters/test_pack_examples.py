"""A pack's examples: gold that matches its fields, or is refused with its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters import pack_examples
from thresher.adapters.errors import UsageError
from thresher.adapters.fields import MAX_STRING, Field
from thresher.adapters.pack import load_pack, read_pack
from thresher.adapters.pack_examples import Example, add_example

from .post_pack import Write, content, gold, refusal, write_gold


def test_examples_carry_their_fields(write: Write) -> None:
    folder = write(content())
    own = [{"name": "Who is it to?", "type": "string"}]
    write_gold(
        folder, gold(), "", {**gold(extra=True), "id": "b", "fields": [{"name": "extra", "type": "boolean"}]}
    )
    answer = {"id": "q", "file": "a.txt", "fields": own, "output": {"Who is it to?": "Ann"}}
    write_gold(folder, answer, record_type="question")
    pack = load_pack(folder)
    first, second = pack.record_types["letter"].examples()
    assert first.path.read_text("utf-8") == "Dear Ann, …"
    assert first.output == gold()["output"]
    assert [f.name for f in second.fields][-1] == "extra"
    assert pack.record_types["question"].examples()[0].fields == (Field(name="Who is it to?", type="string"),)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["{"], "gold.jsonl:1: is no JSON"),
        (['{"id": "a", "id": "b"}'], "gold.jsonl:1: has the key 'id' twice: leave one of them out. Correct"),
        (["[" * 100_000], "gold.jsonl:1: is no JSON"),
        (["[]"], "gold.jsonl:1: must be an object"),
        ([{**gold(), "note": 1}], "gold.jsonl:1: must be an object"),
        ([gold(), gold()], "gold.jsonl:2: id: 'a' repeats"),
        ([{**gold(), "file": "b.txt"}], "file: 'b.txt'"),
        ([{**gold(), "file": "../letter/a.txt"}], "file: '../letter/a.txt'"),
        ([{**gold(), "file": 7}], "file: must be text"),
        ([{**gold(), "output": []}], "output: must be an object"),
        ([{**gold(), "output": {"sender": None}}], "output.stamps: is missing"),
        ([gold(colour="red")], "output.colour: no such field"),
        ([gold(date="31.1.2025")], "output.date: '31.1.2025' is no date"),
        ([gold(date="2025-02-30")], "output.date: "),
        ([gold(kind="yes")], "output.kind: 'yes' is none of order, no"),
        ([gold(pages="3")], "output.pages: is '3': write 3"),
        ([gold(pages=True)], "output.pages: "),
        ([gold(stamps=None)], "output.stamps: is None: write []"),
        ([gold(stamps=["a", ""])], "output.stamps: "),
        ([gold(sender="")], "output.sender: is '': write null"),
        ([gold(sender="x" * (MAX_STRING + 1))], f"output.sender: is longer than {MAX_STRING}"),
        ([gold(sender=["Ann"])], "output.sender: "),
        ([{**gold(), "fields": [{"name": "x", "type": "text"}]}], "gold.jsonl:1: field 1: type"),
    ],
)
def test_gold_that_does_not_match_is_refused_with_its_line(write: Write, lines: list[Any], said: str) -> None:
    folder = write(content())
    write_gold(folder, *lines)
    message = refusal(folder)
    assert f"{folder / 'examples' / 'letter' / 'gold.jsonl'}:" in message
    assert said in message
    assert read_pack(folder).domain == "post", "a listing does not look at examples"


def test_examples_may_begin_with_a_byte_order_mark(write: Write) -> None:
    folder = write(content())
    write_gold(folder, "\ufeff" + json.dumps(gold()))
    assert [example.id for example in load_pack(folder).record_types["letter"].examples()] == ["a"]


def test_an_examples_folder_without_gold_is_refused(write: Write) -> None:
    folder = write(content())
    (folder / "examples" / "letter").mkdir(parents=True)
    assert "gold.jsonl: cannot be read" in refusal(folder)


def test_one_is_added_behind_the_others_or_in_place_of_its_own(write: Write) -> None:
    folder = write(content())
    spaced = json.dumps(gold(), indent=None, separators=(" , ", " : "))
    write_gold(folder, spaced, {**gold(), "id": "b"})
    kind = read_pack(folder).record_types["letter"]
    first, _ = kind.examples()
    added = Example("c", kind.folder / "c.txt", first.output | {"sender": "Zoë"}, first.fields)
    add_example(added, "Dear Zoë,\r\n\u2028…")
    again = Example("b", kind.folder / "b.txt", first.output | {"pages": 2}, first.fields)
    add_example(again, "Dear Bo")
    assert kind.examples() == [first, again, added]
    assert added.path.read_bytes().decode() == "Dear Zoë,\r\n\u2028…"
    assert (kind.folder / "gold.jsonl").read_text("utf-8").splitlines()[0] == spaced


def test_the_first_one_of_a_record_type_is_whole_or_not_there(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(content())
    kind = read_pack(folder).record_types["question"]
    own = (Field(name="Who?", type="string"), Field(name="Which?", type="enum", values=("a", "b")))
    example = Example("q", kind.folder / "q.txt", {"Who?": "Ann", "Which?": "b"}, own)
    steps: list[list[Example]] = []
    written = pack_examples._write

    def look_then_write(path: Path, data: bytes, **how: bool) -> None:
        written(path, data, **how)
        steps.append(kind.examples())  # what a kill after this step would leave

    monkeypatch.setattr(pack_examples, "_write", look_then_write)
    add_example(example, "Ann, b", own)
    assert steps[:-1] == [[]] * (len(steps) - 1)
    assert steps[-1] == [example]
    assert {file.stat().st_mode & 0o777 for file in kind.folder.iterdir()} == {0o600}


def test_one_that_cannot_be_written_says_where(write: Write) -> None:
    folder = write(content())
    (folder / "examples").write_text("no folder", "utf-8")
    kind = read_pack(folder).record_types["letter"]
    with pytest.raises(UsageError, match=r"cannot be written.*allow writing"):
        add_example(Example("a", kind.folder / "a.txt", gold()["output"], kind.fields), "Ann")
