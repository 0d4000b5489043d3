"""Corrections as a file of labels: what is still known under the fields of now."""

import json
from dataclasses import replace
from pathlib import Path

from thresher.adapters.fields import Field
from thresher.adapters.pack_library import find_packs
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
