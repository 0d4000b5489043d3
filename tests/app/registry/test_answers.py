"""An adapter in a session: it changes the answers, and finished work is reused for the same adapter alone."""

import json
import shutil
from typing import Any

import pytest

from thresher.adapters.errors import AdapterError, UsageError
from thresher.adapters.fields import Field
from thresher.app.calibration.doubt import whole
from thresher.app.events import Event, RecordReady
from thresher.app.locations import Locations
from thresher.app.record import Record
from thresher.app.registry.folders import NONE
from thresher.app.session import Session
from thresher.app.sources import Source

from ..conftest import AddAdapter

FIELDS = (
    Field(name="who", type="string"),
    Field(name="parts", type="list[string]"),
    Field(name="when", type="date"),
)
SOURCES = [
    Source(f"d{n}", text=f"Letter {n} of 3 March 2024 from ACME about bolts and nuts") for n in range(3)
]


def records(events: list[Event]) -> tuple[dict[str, Record], set[bool]]:
    ready = [event for event in events if isinstance(event, RecordReady)]
    return {one.record.id: one.record for one in ready}, {one.reused for one in ready}


def answers(session: Session, adapter: str | None, again: bool = False) -> tuple[dict[str, Any], bool]:
    """The values by document, those too doubtful to state among them, and whether they were there before."""
    task = session.task("expenses", "receipt", FIELDS, adapter=adapter)
    found, reused = records(list(session.extract(SOURCES, task, again=again)))
    assert len(found) == len(SOURCES)
    assert {record.adapter for record in found.values()} == {task.adapter}
    (was_reused,) = reused
    said = {name: whole(one).values for name, one in found.items()}
    return {name: {f: v.value for f, v in values.items()} for name, values in said.items()}, was_reused


def test_each_adapter_gives_its_own_answers_again_and_again(
    session: Session, add_adapter: AddAdapter
) -> None:
    add_adapter("a", 1)
    add_adapter("b", 2)
    base, a, b = (answers(session, name)[0] for name in (NONE, "a", "b"))
    assert base != a != b != base
    for name, expected in (("a", a), ("b", b), (NONE, base), ("a", a)):
        assert answers(session, name, again=True) == (expected, False)
        assert answers(session, name) == (expected, True)
    engine = session._warm.engine
    assert engine is not None
    assert len(engine.resident()) == 2


def test_the_live_adapter_answers_where_none_is_named(session: Session, add_adapter: AddAdapter) -> None:
    add_adapter("a", 1)
    base, reused = answers(session, None)
    assert not reused
    model, pack = session.models()[0], session.found_packs().packs["expenses"]
    session.registry.promote("a", "expenses", model, pack)
    assert session.task("expenses").adapter == "a"
    live, reused = answers(session, None)
    assert live != base
    assert not reused
    assert answers(session, NONE) == (base, True)
    session.registry.roll_back("expenses", model)
    assert answers(session, None) == (base, True)
    assert {run.task.adapter for run in session.store.runs()} == {"a", None}


def test_work_is_reused_only_for_the_same_matrices_and_scale(
    session: Session, add_adapter: AddAdapter
) -> None:
    folder = add_adapter("a", 1)
    first, _ = answers(session, "a")
    shutil.rmtree(folder)
    add_adapter("a", 2)
    second, reused = answers(session, "a")
    assert (second != first, reused) == (True, False)
    shutil.rmtree(folder)
    add_adapter("a", 1)
    assert answers(session, "a") == (first, True)
    configuration = folder / "adapter_config.json"
    content = json.loads(configuration.read_text("utf-8"))
    configuration.write_text(json.dumps(content | {"lora_alpha": 0.01}), "utf-8")
    with pytest.raises(AdapterError, match="matrices or their scale"):  # and not the record of before
        answers(session, "a")


def test_an_adapter_of_the_pack_answers_for_fields_given_at_run_time(
    session: Session, add_adapter: AddAdapter
) -> None:
    add_adapter("f", 1, domain="financial")
    own = (Field(name="revenue", type="number"),)
    task = session.task("financial", "report_question", own, adapter="f")
    found, _ = records(list(session.extract([Source("x", text="Revenue was 5 million")], task)))
    assert found["x"].adapter == "f"
    assert list(found["x"].values) == ["revenue"]
    with pytest.raises(UsageError, match="made for the domain financial, here is none: fields alone"):
        session.task(None, fields=own, adapter="f")
    add_adapter("g", 2, domain=None)
    assert session.task(None, fields=own, adapter="g").adapter == "g"


def test_matrices_that_are_not_the_manifests_end_the_run(session: Session, add_adapter: AddAdapter) -> None:
    folder = add_adapter("a", 1)
    path = folder / "adapter_model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(AdapterError, match=r"matrices or their scale are not those"):
        answers(session, "a")
    run = session.store.runs()[0]
    assert (run.cancelled, run.done) == (True, 0)
    # The engine lives on.
    assert not answers(session, NONE)[1]


def test_an_adapter_for_other_shapes_is_refused_with_all_that_differs(
    session: Session, home_with_tiny: Locations, add_adapter: AddAdapter
) -> None:
    folder = add_adapter("a", 1)
    configuration = folder / "adapter_config.json"
    content = json.loads(configuration.read_text("utf-8"))
    configuration.write_text(json.dumps(content | {"target_modules": ["q_proj"]}), "utf-8")
    with pytest.raises(AdapterError, match=r"(?s)k_proj.*v_proj"):
        answers(session, "a")
