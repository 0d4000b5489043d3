"""Whatever a record or a document holds comes back as it was."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thresher.app.documents.document import Document, Place, Region
from thresher.app.locations import Locations
from thresher.app.record import Outcome, Record, RecordError, Span, Value
from thresher.app.store import Store
from thresher.app.task import Task


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(Locations(tmp_path)) as opened:
        yield opened


# Any text that Python can hold, lone surrogates and NUL included.
texts = st.text(st.characters(exclude_categories=()), max_size=30)
numbers = st.one_of(st.integers(-(10**18), 10**18), st.floats(allow_nan=False))
boxes = st.none() | st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 4)
places = st.builds(
    Place,
    page=st.none() | st.integers(1, 10**6),
    box=boxes,
    sheet=st.none() | texts,
    cell=st.none() | texts,
    part=st.none() | texts,
)
spans = st.builds(
    Span,
    start=st.integers(0, 10**9),
    end=st.integers(0, 10**9),
    text=texts,
    match=st.sampled_from(["exact", "normalised", "parsed", "fuzzy", "cue", "counted"]),
    place=places,
)
values = st.builds(
    Value,
    value=st.none() | st.booleans() | numbers | texts | st.lists(texts, max_size=4),
    outcome=st.sampled_from(Outcome),
    confidence=st.none() | st.floats(0, 1),
    spans=st.lists(st.none() | spans, max_size=4).map(tuple),
    confidences=st.lists(st.none() | st.floats(0, 1), max_size=4).map(tuple),
    calibrated=st.booleans(),
    accepted=st.none() | st.booleans(),
)
records = st.builds(
    Record,
    id=texts,
    path=st.none() | texts,
    sha256=st.none() | st.just("ee" * 32),
    domain=texts,
    record_type=texts,
    model=texts,
    adapter=st.none() | texts,
    status=st.sampled_from(["ok", "partial", "failed"]),
    error=st.none() | st.builds(RecordError, kind=texts, message=texts),
    values=st.dictionaries(texts, values, max_size=4),
    seconds=st.floats(0, 1e6),
)
regions = st.builds(
    Region,
    start=st.integers(0, 10**9),
    end=st.integers(0, 10**9),
    page=st.none() | st.integers(1, 10**6),
    box=boxes,
    sheet=st.none() | texts,
    cell=st.none() | texts,
    part=st.none() | texts,
    confidence=st.none() | st.floats(0, 1),
)
documents = st.builds(
    Document,
    name=texts,
    sha256=st.just("ee" * 32),
    kind=st.sampled_from(["pdf", "text"]),
    text=texts,
    path=st.none() | texts.map(Path),
    regions=st.lists(regions, max_size=4).map(tuple),
    pages=st.integers(0, 10**6),
    ocr_pages=st.integers(0, 10**6),
    notes=st.lists(texts, max_size=2).map(tuple),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=records, document=st.none() | documents)
def test_anything_comes_back_as_it_was(store: Store, record: Record, document: Document | None) -> None:
    run = store.start_run(Task("d", "r", "", (), model=record.model), "s", 1)
    number = store.save_record(run, record, "s", document)
    assert store.record(number).record == replace(record, notes=document.notes if document else ())
    if document is not None:
        assert store.document_of(number) == document
    store.forget_document("ee" * 32)
