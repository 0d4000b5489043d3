"""A pack's examples before a document: the short ones that take no OCR, to an adapter that was taught so."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from thresher.adapters.answer import render_answer
from thresher.adapters.errors import PackError
from thresher.adapters.fields import Field
from thresher.adapters.letters import Letters
from thresher.adapters.pack_library import find_packs
from thresher.app.documents.read import read_document
from thresher.app.engine.request import Request
from thresher.app.events import RecordReady
from thresher.app.locations import Locations
from thresher.app.pack_shots import pack_shots
from thresher.app.session import Session
from thresher.app.sources import Source

from .conftest import AddAdapter
from .own_pack import write_pack

ORDER = Source("order", text="Fan 7 noisy, grease both bearings")


def add_notes(packs: Path, **changes: object) -> Path:
    """A pack of the user's with two examples, of which the second is what `changes` make of it."""
    folder = write_pack(packs, "notes", "note", [Field(name="who", type="string")])
    examples = folder / "examples" / "note"
    examples.mkdir(parents=True)
    (examples / "a.txt").write_text("\nAnn called.\n", "utf-8")
    (examples / "b.md").write_text("Bo wrote.", "utf-8")
    second = {"id": "b", "file": "b.md", "output": {"who": "Bo"}} | changes
    lines = [{"id": "a", "file": "a.txt", "output": {"who": "Ann"}}, second]
    (examples / "gold.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n", "utf-8")
    return examples


def test_they_are_the_documents_and_their_records_in_order(tmp_path: Path) -> None:
    add_notes(tmp_path)
    shots = pack_shots(find_packs(tmp_path).pick("notes"))
    assert [(one.text, one.answer) for one in shots] == [
        ("Ann called.", '{"who": "Ann"}'),
        ("Bo wrote.", '{"who": "Bo"}'),
    ]


def test_they_are_in_the_letters_in_which_a_document_is_read(tmp_path: Path) -> None:
    fields = [
        Field(name="who", type="person"),
        Field(name="parts", type="list[string]"),
        Field(name="level", type="enum", values=("LOW", "HIGH")),
    ]
    folder = write_pack(tmp_path, "notes", "note", fields) / "examples" / "note"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("ANN DOE: LOW OIL IN PUMP 7\n", "utf-8")
    output = {"who": "DOE, ANN", "parts": ["OIL", "PUMP 7"], "level": "LOW"}
    line = {"id": "a", "file": "a.txt", "output": output}
    (folder / "gold.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    asked = find_packs(tmp_path).pick("notes")
    (shot,) = pack_shots(asked, Letters())
    assert shot.text == "ann doe: low oil in pump 7"
    assert json.loads(shot.answer) == {"who": "doe, ann", "parts": ["oil", "pump 7"], "level": "LOW"}
    for letters in (None, Letters(documents=60, in_capitals=60)):
        (shot,) = pack_shots(asked, letters)
        assert (shot.text, json.loads(shot.answer)) == ("ANN DOE: LOW OIL IN PUMP 7", output)


def test_of_the_packs_that_ship_those_are_shown_that_are_short_and_no_pictures() -> None:
    packs = find_packs().packs
    listing = packs["expenses"].record_types["receipt"]
    kept = {one.text for one in pack_shots(listing)}
    read = {one.path.suffix for one in listing.examples() if read_document(one.path).text.strip() in kept}
    assert read <= {".txt", ".eml"}
    product = packs["retail"].record_types["product"]
    own = [render_answer(one.fields, one.output) for one in product.examples()]
    assert len({one.fields for one in product.examples()}) > 1
    assert [one.answer for one in pack_shots(product)] == own


def test_a_broken_one_is_named(tmp_path: Path) -> None:
    examples = add_notes(tmp_path, output={"whom": "Bo"})
    with pytest.raises(PackError, match=r"gold.jsonl.*whom"):
        pack_shots(find_packs(tmp_path).pick("notes"))
    (examples / "gold.jsonl").write_text('{"id": "b", "file": "b.md", "output": {"who": "Bo"}}\n', "utf-8")
    (examples / "b.md").write_bytes(b"")
    with pytest.raises(PackError, match=r"b\.md.*empty"):
        pack_shots(find_packs(tmp_path).pick("notes"))


def test_they_go_before_each_document_where_the_adapter_was_taught_so(
    home_with_tiny: Locations, add_adapter: AddAdapter, asked: list[Request]
) -> None:
    add_adapter("plain", domain=None)
    add_adapter("taught", domain=None, shows_examples=True)
    with Session(home_with_tiny) as session:
        shots = pack_shots(session.found_packs().pick("manufacturing", "work_order"))
        assert len(shots) == 3
        itself = Source("itself", text=f"{shots[0].text}\n")
        sources = [ORDER, replace(ORDER, id="second", text="Belt torn"), itself]

        def said(adapter: str | None) -> list[bool]:
            task = session.task("manufacturing", "work_order", adapter=adapter)
            assert task.shots == (shots if adapter == "taught" else ())
            events = list(session.extract(sources, task))
            return [event.reused for event in events if isinstance(event, RecordReady)]

        assert said("plain") == said("none") == [False] * 3
        # The same matrices answer otherwise with them: no work of one is taken for the other's.
        assert said("taught") == [False] * 3
        assert said("taught") == [True] * 3
        assert session.store.runs(1)[0].task.shots == shots
        assert session.store.runs(4)[-1].task.shots == ()
        tokenizer = session._warm.open(session.models()[0], session.settings.batch_tokens).tokenizer
        heads = [tokenizer._data.decode(list(one.tokens[: one.shared])) for one in asked]
    assert len(heads) == 9
    for head in heads[:6]:
        assert "Answer:" not in head
    for head in heads[6:8]:
        assert all(f"Document:\n{one.text}\n\nAnswer:\n{one.answer}\n\n" in head for one in shots)
    # Nothing is shown before itself: the answer would only be copied.
    assert shots[0].answer not in heads[8]
    assert shots[1].answer in heads[8]


def test_fields_that_are_given_beside_are_asked_and_not_shown(
    home_with_tiny: Locations, add_adapter: AddAdapter
) -> None:
    add_adapter("taught", domain=None, shows_examples=True)
    with Session(home_with_tiny) as session:
        own = Field(name="shift", type="string")
        task = session.task("manufacturing", "work_order", [own], adapter="taught")
        assert own in task.fields
        assert task.shots == session.task("manufacturing", "work_order", adapter="taught").shots != ()
        assert session.task(None, fields=[own], adapter="taught").shots == ()
