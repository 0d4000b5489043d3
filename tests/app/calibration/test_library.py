"""Which calibration belongs to a task: bound by hashes, the user's own before the one that shipped."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from thresher.adapters.adapter_folder import read_adapter
from thresher.adapters.calibration import CALIBRATION_FILE, Calibration, calibrations_json
from thresher.adapters.errors import AdapterError
from thresher.app.calibration import library
from thresher.app.locations import Locations
from thresher.app.session import Session

from ..conftest import AddAdapter


def made_for(session: Session, adapter: str | None = None, documents: int = 1) -> Calibration:
    task = session.task("expenses", "receipt", adapter=adapter or "none")
    (model,) = session.models()
    weights = session.registry.find(adapter).manifest.weights if adapter else None
    return Calibration(
        domain="expenses",
        record_type="receipt",
        pack=task.pack_hash,
        base=model.fingerprint,
        adapter=weights,
        made=datetime.now(UTC),
        documents=documents,
        sources=("labels",),
        stated=None,
        absent=None,
    )


def found(session: Session, adapter: str | None = None) -> Calibration | None:
    return session.judge(session.task("expenses", "receipt", adapter=adapter or "none")).calibration


def test_what_is_saved_is_found_for_this_task_alone(home_with_tiny: Locations) -> None:
    with Session(home_with_tiny) as session:
        assert found(session) is None
        one = made_for(session)
        path = library.save(home_with_tiny, one)
        assert path.is_relative_to(home_with_tiny.calibrations)
        assert found(session) == one
        again = one.model_copy(update={"documents": 2})
        assert library.save(home_with_tiny, again) == path
        assert found(session) == again
        other = session.task("invoices", adapter="none")
        assert session.judge(other).calibration is None


@pytest.mark.parametrize("key", ["domain", "record_type", "pack", "base"])
def test_a_file_of_something_else_is_not_taken(home_with_tiny: Locations, key: str) -> None:
    with Session(home_with_tiny) as session:
        one = made_for(session)
        path = library.save(home_with_tiny, one)
        path.write_text(calibrations_json((one.model_copy(update={key: "another"}),)), "utf-8")
        assert found(session) is None


def test_an_adapter_carries_its_own_and_the_users_goes_before_it(
    home_with_tiny: Locations, add_adapter: AddAdapter
) -> None:
    folder = add_adapter("expenses-1")
    with Session(home_with_tiny) as session:
        carried, own = made_for(session, "expenses-1"), made_for(session, "expenses-1", documents=2)
        (folder / CALIBRATION_FILE).write_text(calibrations_json((carried,)), "utf-8")
        assert found(session, "expenses-1") == carried
        assert found(session) is None
        # It stays with the adapter where that is taken in elsewhere.
        adapter = read_adapter(folder)
        assert adapter.calibrations == (carried,)
        manifest = adapter.manifest.model_copy(update={"name": "expenses-2"})
        session.registry.add(replace(adapter, manifest=manifest))
        assert found(session, "expenses-2") == carried
        library.save(home_with_tiny, own)
        assert found(session, "expenses-1") == own


def test_one_of_other_matrices_is_refused_by_name(home_with_tiny: Locations, add_adapter: AddAdapter) -> None:
    folder = add_adapter("expenses-1")
    with Session(home_with_tiny) as session:
        other = made_for(session, "expenses-1").model_copy(update={"adapter": "0" * 64})
    (folder / CALIBRATION_FILE).write_text(calibrations_json((other,)), "utf-8")
    with pytest.raises(AdapterError, match=r"expenses-1: calibration\.json"):
        read_adapter(folder)


def test_a_broken_file_is_named_and_not_passed_over(home_with_tiny: Locations) -> None:
    with Session(home_with_tiny) as session:
        path = library.save(home_with_tiny, made_for(session))
        path.write_text("{}", "utf-8")
        with pytest.raises(AdapterError, match=path.name):
            found(session)


def test_a_broken_file_is_set_aside_and_any_other_stays(home_with_tiny: Locations) -> None:
    with Session(home_with_tiny) as session:
        task = session.task("expenses", "receipt", adapter="none")
        asked = home_with_tiny, task, *session.answers(task)
        assert library.set_aside_broken(*asked) is None
        path = library.save(home_with_tiny, made_for(session))
        assert library.set_aside_broken(*asked) is None
        path.write_text("{", "utf-8")
        kept = library.set_aside_broken(*asked)
        assert kept is not None
        assert kept.read_text("utf-8") == "{"
        assert not path.exists()
        assert found(session) is None
