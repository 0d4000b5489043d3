"""Which folder a training has: its own while it goes on, and the one that it was stopped in."""

import json
import shutil
import stat
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.errors import ThresherError, UsageError
from thresher.adapters.training.metrics import Metric
from thresher.adapters.training.run_lock import sole
from thresher.app.locations import Locations
from thresher.app.models import local
from thresher.app.session import Session
from thresher.app.sources import Source
from thresher.app.store.label_files import CORRECTIONS_FILE
from thresher.app.training.candidate import Candidate, TrainingTask, train_candidate
from thresher.app.training.place import LOCK_FILE, SWEEP, claim
from thresher.app.training.process import ASKED_FILE, TrainingStopped
from thresher.app.training.sweep import TRY_FILE

from ..conftest import AddAdapter
from .tasks import training_task

RECIPE: dict[str, Any] = {"rank": 2, "batch_tokens": 1024}


def task_of(record_type: str, *labels: Path, domain: str = "legal", **changes: Any) -> TrainingTask:
    return training_task(domain, record_type, *labels, **{"recipe": {**RECIPE, "steps": 2}, **changes})


def written(path: Path, field: str) -> Path:
    lines = [{"id": str(n), "input": f"Acme {n}\n", "output": {field: "Acme"}} for n in range(12)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def trained(session: Session, task: TrainingTask) -> tuple[str, list[str]]:
    """The candidate's name, and what was told on the way."""
    *news, last = train_candidate(session, task, threading.Event())
    assert isinstance(last, Candidate)
    return last.name, [each for each in news if isinstance(each, str)]


def stopped(session: Session, task: TrainingTask) -> None:
    """Stops it after its first step."""
    cancel = threading.Event()
    news = train_candidate(session, task, cancel)
    while not isinstance(next(news), Metric):
        pass
    cancel.set()
    with pytest.raises(TrainingStopped):
        list(news)


@pytest.fixture
def labels(home_with_tiny: Locations, tmp_path: Path) -> Path:
    return written(tmp_path / "contracts.jsonl", "document_name")


def test_a_folder_that_another_process_works_in_is_passed_over_or_refused(
    home_with_tiny: Locations, labels: Path
) -> None:
    lock = home_with_tiny.training / "legal-1" / LOCK_FILE
    with Session(home_with_tiny) as session:
        with sole(lock, "in use"):
            assert trained(session, task_of("contract", labels))[0] == "legal-2"
            with pytest.raises(ThresherError, match="another process trains legal-1 at this moment"):
                trained(session, task_of("contract", labels, name="legal-1"))
        assert trained(session, task_of("contract", labels))[0] == "legal-1"


def test_a_run_that_was_stopped_keeps_its_folder_from_other_record_types(
    home_with_tiny: Locations, labels: Path, tmp_path: Path
) -> None:
    with Session(home_with_tiny) as session:
        fields = session.found_packs().packs["legal"].record_types["nda"].fields
        field = next(field.name for field in fields if field.type == "string")
        other = written(tmp_path / "ndas.jsonl", field)
        long = {**RECIPE, "steps": 5000}
        stopped(session, task_of("contract", labels, recipe=long))
        assert trained(session, task_of("nda", other))[0] == "legal-2"
        # Of another length it cannot go on, and it is said how to start anew.
        with pytest.raises(ThresherError, match=r"remove this file to give up .* --name of `thr"):
            trained(session, task_of("contract", labels))


def test_a_wrong_try_leaves_what_was_stopped_as_it_is(
    home_with_tiny: Locations, labels: Path, tmp_path: Path, add_adapter: AddAdapter
) -> None:
    add_adapter("first", domain="legal")
    recipe = {"rank": 4, "batch_tokens": 1024, "steps": 20}
    task = task_of("contract", labels, recipe=recipe)
    other = written(tmp_path / "ndas.jsonl", "jurisdiction")
    with Session(home_with_tiny) as session:
        session.promote("first", "legal")
        stopped(session, task)
        before = (home_with_tiny.training / "legal-1" / "run.yaml").read_bytes()
        for wrong in (
            replace(task, name="legal-1", parent="none"),
            replace(task, name="legal-1", record_type="nda", labels=(other,)),
        ):
            with pytest.raises(UsageError, match="is the state of another run"):
                trained(session, wrong)
            assert (home_with_tiny.training / "legal-1" / "run.yaml").read_bytes() == before
        name, told = trained(session, task)
        assert name == "legal-1"
        assert "goes on where it was stopped; it began with first" in told


def test_a_run_that_was_stopped_keeps_its_folder_from_other_bases(
    home_with_tiny: Locations, labels: Path, tmp_path: Path, base_maker: Callable[..., Path], starter: Path
) -> None:
    local.add(home_with_tiny.models, base_maker(tmp_path / "other", starter, "llama", seed=8), "other")
    task = task_of("contract", labels, recipe={**RECIPE, "steps": 5000})
    with Session(home_with_tiny) as session:
        stopped(session, task)
        for base, name in (("tiny", "legal-1"), ("other", "legal-2")):
            with ExitStack() as held:
                assert claim(session, None, "legal", "contract", base, held) == name
        folder = home_with_tiny.training / "legal-1"
        # A sweep's rates follow from its base's width: another's would lie beside them.
        trial = folder / SWEEP / "rate-0.1"
        trial.mkdir(parents=True)
        shutil.copy(folder / "run.yaml", trial / ASKED_FILE)
        (trial / TRY_FILE).write_text("{}")
        for change in ({}, {"parent": "none"}, {"sweep": True}, {"sweep": True, "parent": "none"}):
            wrong = replace(task, name="legal-1", model="other", **change)
            with pytest.raises(UsageError, match=r"is of the base tiny\. Go on with --model tiny, or"):
                trained(session, wrong)


def test_what_was_stopped_goes_on_with_the_corrections_of_then(home_with_tiny: Locations) -> None:
    task = task_of("receipt", domain="expenses", corrections=True, recipe={**RECIPE, "steps": 80})
    with Session(home_with_tiny) as session:
        sources = [Source(f"{n}", text=f"Shop {n}\nTOTAL 7\n") for n in range(8)]
        list(session.extract(sources, session.task("expenses")))
        first, *others = session.store.records(session.store.runs(1)[0].id)
        for one in others:
            session.store.correct(one.id, "company", "Shop")
        stopped(session, task)
        # Texts of documents: their owner's alone, and no longer than they are needed.
        kept = home_with_tiny.training / "expenses-1" / CORRECTIONS_FILE
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        session.store.correct(first.id, "company", "Shop")
        name, told = trained(session, task)
        assert name == "expenses-1"
        assert any("goes on with the corrections of when it began" in each for each in told)
        data = session.registry.find(name).manifest.data
        assert data is not None
        assert data.train + data.validation + data.proof == 7
        assert not kept.exists()
        # The next one has all.
        short = replace(task, recipe={**RECIPE, "steps": 2})
        assert trained(session, short)[0] == "expenses-2"
        data = session.registry.find("expenses-2").manifest.data
        assert data is not None
        assert data.train + data.validation + data.proof == 8


def test_a_stopped_training_goes_on_where_its_home_has_moved_to(
    home_with_tiny: Locations, labels: Path, add_adapter: AddAdapter
) -> None:
    add_adapter("first", domain="legal")
    recipe = {"rank": 4, "batch_tokens": 1024, "steps": 20}
    task = task_of("contract", labels, recipe=recipe)
    with Session(home_with_tiny) as session:
        session.promote("first", "legal")
        stopped(session, task)
        (home_with_tiny.adapters / "first").rename(home_with_tiny.home / "away")
        with pytest.raises(UsageError, match=r"legal-1: .* began with the adapter first, which is not there"):
            trained(session, task)
        (home_with_tiny.home / "away").rename(home_with_tiny.adapters / "first")
    home = home_with_tiny.home
    with Session(Locations(home.rename(home.with_name("moved")))) as session:
        name, told = trained(session, task)
        assert "goes on where it was stopped; it began with first" in told
        manifests = [session.registry.find(each).manifest for each in (name, "first")]
        assert manifests[0].parent == manifests[1].weights
