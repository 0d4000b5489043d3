"""From a request to train to a candidate in the registry."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from thresher.adapters.adapter_folder import read_adapter
from thresher.adapters.errors import UsageError
from thresher.adapters.manifest import Manifest
from thresher.adapters.training.command import ADAPTER, Trainer
from thresher.adapters.training.metrics import Metric
from thresher.adapters.training.run_config import RunConfig, parse_run
from thresher.adapters.training.sides import read_documents
from thresher.app.models import library
from thresher.app.registry.folders import check_new_name
from thresher.app.session import Session
from thresher.app.store.trainings import Training
from thresher.app.training.labels import CORRECTIONS_FILE, write_corrections
from thresher.app.training.process import train


@dataclass(frozen=True)
class TrainingTask:
    """What to train, from what. `recipe` has the keys of the run that differ from the defaults."""

    domain: str
    record_type: str
    labels: tuple[Path, ...]
    validation: tuple[Path, ...]
    corrections: bool
    model: str | None
    parent: str | None
    name: str | None
    trainer: Trainer
    recipe: dict[str, Any]


@dataclass(frozen=True)
class Candidate:
    """An adapter that was trained and is in the registry under this name."""

    name: str


def train_candidate(
    session: Session, task: TrainingTask, cancel: threading.Event
) -> Iterator[Metric | str | Candidate]:
    """Trains, and adds the adapter to the registry; yields what comes as it comes, the candidate last.

    The same task goes on where an earlier one stopped. Raises UsageError, TrainingStopped, TrainingError.
    """
    name = task.name or _free_name(session, task.domain)
    check_new_name(session.registry.folder, name)
    folder = session.locations.training / name
    config = _configuration(session, task, folder)
    if not (folder / ADAPTER).exists():
        yield from train(config, folder / "asked.yaml", task.trainer, cancel)
    adapter = read_adapter(folder / ADAPTER)
    # First, so that it is never there without what is known of it.
    _remember(session, task, folder, adapter.manifest)
    session.registry.add(replace(adapter, manifest=adapter.manifest.model_copy(update={"name": name})))
    shutil.rmtree(folder / ADAPTER)
    yield Candidate(name)


def _remember(session: Session, task: TrainingTask, folder: Path, manifest: Manifest) -> None:
    """Keeps which documents it has seen: on those it can never be proved."""
    documents = read_documents(folder)
    if documents is None:
        return
    seen = frozenset((*documents.get("train", ()), *documents.get("validation", ())))
    session.store.add_training(
        manifest.weights, Training(task.domain, task.record_type, manifest.parent, seen)
    )


def _configuration(session: Session, task: TrainingTask, folder: Path) -> RunConfig:
    model = library.find(session.locations.models, task.model or session.settings.model)
    labels = [path.expanduser().absolute() for path in task.labels]
    if task.corrections:
        path = folder / CORRECTIONS_FILE
        if write_corrections(session.store, task.domain, task.record_type, path):
            labels.append(path)
    if not labels:
        raise UsageError(
            f"there is no label for {task.domain}/{task.record_type}. Give files with --labels, or correct "
            "records and use --corrections."
        )
    settings = session.settings
    asked = {
        "base": model.folder,
        "out": folder,
        "domain": task.domain,
        "record_type": task.record_type,
        "packs": session.locations.packs,
        "labels": labels,
        "validation": [path.expanduser().absolute() for path in task.validation],
        "parent": session.registry.find(task.parent).folder if task.parent else None,
        # As in use: training sees the very windows that extraction asks about.
        "window_tokens": settings.window_tokens,
        "window_overlap": settings.window_overlap,
        "answer_tokens": settings.answer_tokens,
        **task.recipe,
    }
    return parse_run(asked, "the run", folder)


def _free_name(session: Session, domain: str) -> str:
    """DOMAIN-1, or the next number that no adapter has. A run that was stopped keeps its own."""
    number = 1
    while (session.registry.folder / f"{domain}-{number}").exists():
        number += 1
    return f"{domain}-{number}"
