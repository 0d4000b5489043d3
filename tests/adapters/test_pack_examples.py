"""A pack's examples: gold that matches its fields, or is refused with its line."""

import json
from typing import Any

import pytest

from thresher.adapters.fields import MAX_STRING, Field
from thresher.adapters.pack import load_pack, read_pack

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
