"""Corrections as a file of labels: what is still known under the fields of now."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from thresher.adapters.fields import Field
from thresher.adapters.pack_library import find_packs
from thresher.adapters.training.documents import documents_of
from thresher.adapters.training.labels import Label, read_labels
from thresher.adapters.training.split import document_key, is_held_back, is_proof, split
from thresher.app.documents.document import Document
from thresher.app.locations import Locations
from thresher.app.record import Outcome, Record, Value
from thresher.app.store import Store
from thresher.app.store.label_files import label_id
from thresher.app.task import Task
from thresher.app.training.labels import Written, write_corrections

SHA256 = "a" * 64
TEXT = "Fee 4.20, 3 March 2025, at the Corner Mill"
THEN = (
    Field(name="fee", type="string"),
    Field(name="day", type="date"),
    Field(name="shop", type="string", description="Who asks"),
)
NOW = (
    Field(name="fee", type="number"),
    Field(name="day", type="string"),
    Field(name="shop", type="string", description="The shop"),
)


def corrected(home: Locations) -> Store:
    """A store with a document that was corrected when the pack asked for other forms."""
    store = Store.open(home)
    values = {field.name: Value(None, Outcome.ABSENT, 0.5) for field in THEN}
    record = Record("a", None, SHA256, "expenses", "receipt", "m", None, "ok", None, values, 1.0)
    run = store.start_run(Task("expenses", "receipt", "Read.", THEN), "s", 1)
    number = store.save_record(run, record, "s", Document("a.txt", SHA256, "text", TEXT))
    for field, value in (("fee", "4.20"), ("day", "2025-03-03"), ("shop", "Corner Mill")):
        store.correct(number, field, value)
    return store


def test_a_label_of_a_field_whose_form_has_changed_is_left_out(home: Locations, tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    kind = replace(find_packs().pick("expenses", "receipt"), fields=NOW)
    with corrected(home) as store:
        assert write_corrections(store, kind, path) == Written(1, 2)
        (line,) = map(json.loads, path.read_text("utf-8").splitlines())
        assert line == {"id": label_id(SHA256), "input": TEXT, "output": {"shop": "Corner Mill"}}
        # Where the fields are open, they are those that the document was asked for.
        assert write_corrections(store, replace(kind, open_fields=True), path) == Written(1, 0)


PROVED = [text for n in range(80) if is_proof(Label("", text := f"Corner Mill, lot {n}", "", (), {}), 0.1)]
OTHERS = [text for n in range(80) if (text := f"Corner Mill, lot {n}") not in PROVED]


def label_of(store: Store, texts: Iterable[str], path: Path) -> Label:
    """The label of a file that was corrected, of which these readings are kept, the newest last."""
    values = {"shop": Value(None, Outcome.ABSENT, 0.5)}
    record = Record("a", None, SHA256, "expenses", "receipt", "m", None, "ok", None, values, 1.0)
    run = store.start_run(Task("expenses", "receipt", "Read.", NOW), "s", 1)
    for text in texts:
        number = store.save_record(run, record, "s", Document("a.txt", SHA256, "text", text))
    store.correct(number, "shop", "Corner Mill")
    assert write_corrections(store, replace(find_packs().pick("expenses", "receipt"), fields=NOW), path)
    (label,) = read_labels([path], NOW)
    return label


@pytest.mark.parametrize("texts", [(PROVED[0], OTHERS[0]), (OTHERS[0], PROVED[0])])
def test_a_document_that_was_read_anew_is_for_the_proof_where_any_reading_is(
    home: Locations, tmp_path: Path, texts: tuple[str, str]
) -> None:
    with Store.open(home) as store:
        label = label_of(store, texts, tmp_path / "labels.jsonl")
    assert label.text == texts[-1]
    assert is_proof(label, 0.1)
    # A copy of one of its readings, as another file of labels has it, is not trained on beside it.
    other = Label("other", OTHERS[0], label.instructions, label.fields, label.values)
    sides = split([other, label], 0.0, 0, None, 0.1)
    assert ([one.id for one in sides.proof], sides.train) == ([label.id], ())


def test_what_was_validated_on_is_not_trained_on_once_it_is_read_anew(
    home: Locations, tmp_path: Path
) -> None:
    held = next(text for text in OTHERS if is_held_back(Label("", text, "", (), {}), 0.1, 0))
    free = next(text for text in OTHERS if not is_held_back(Label("", text, "", (), {}), 0.1, 0))
    with Store.open(home) as store:
        assert is_held_back(label_of(store, (held, free), tmp_path / "labels.jsonl"), 0.1, 0)


def test_what_a_training_has_seen_of_a_document_is_each_of_its_readings(
    home: Locations, tmp_path: Path
) -> None:
    with Store.open(home) as store:
        label = label_of(store, OTHERS[:2], tmp_path / "labels.jsonl")
    documents = documents_of([split([label], 0.0, 0)])
    assert set(documents["train"]) == {document_key(text) for text in OTHERS[:2]}


def test_a_copy_of_the_newest_reading_leaves_the_others_known(home: Locations, tmp_path: Path) -> None:
    with Store.open(home) as store:
        label = label_of(store, OTHERS[:2], tmp_path / "labels.jsonl")
    copy = Label("copy", label.text, label.instructions, label.fields, label.values)
    (kept,) = split([label, copy], 0.0, 0).train
    assert (kept.id, kept.readings) == ("copy", label.readings)
