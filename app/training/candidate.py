"""From a request to train to a candidate in the registry."""

import shutil
import threading
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from thresher.adapters.adapter_folder import read_adapter
from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.errors import ThresherError, UsageError
from thresher.adapters.manifest import Manifest, TriedRate
from thresher.adapters.training.command import ADAPTER, Trainer
from thresher.adapters.training.documents import read_documents
from thresher.adapters.training.first_adapter import parent_misfit
from thresher.adapters.training.metrics import Metric, read_metrics
from thresher.adapters.training.run_config import RunConfig, parse_run
from thresher.app.models import library
from thresher.app.registry.folders import NONE, named_by
from thresher.app.registry.library import InstalledAdapter, list_adapters
from thresher.app.session import Session
from thresher.app.store.label_files import CORRECTIONS_FILE
from thresher.app.store.trainings import Training
from thresher.app.training.labels import write_corrections
from thresher.app.training.place import SWEEP, began_with, begun, claim, end_sweep, swept
from thresher.app.training.process import train
from thresher.app.training.sweep import SweepNews, sweep
from thresher.app.wording import counted


@dataclass(frozen=True)
class TrainingTask:
    """What to train, from what. `recipe` has the keys of the run that differ from the defaults.

    `parent` names the adapter to start from, "none" a new one; None is the one that answers now.
    `sweep`: find the learning rate first.
    """

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
    sweep: bool = False


@dataclass(frozen=True)
class Candidate:
    """An adapter that was trained and is in the registry under this name, and all metrics of its run."""

    name: str
    metrics: tuple[Metric, ...]


#: Of the times that labels are shown, the share in which they are varied: of few labels an adapter learns
#: more so (docs/training.md).
VARIED = 0.75

News = Metric | str | SweepNews | Candidate


def train_candidate(session: Session, task: TrainingTask, cancel: threading.Event) -> Iterator[News]:
    """Trains, and adds the adapter to the registry; yields what comes as it comes, the candidate last.

    The same task goes on where an earlier one stopped. Raises UsageError, TrainingStopped, TrainingError.
    """
    with ExitStack() as held:
        base = task.model or session.settings.model
        name = claim(session, task.name, task.domain, task.record_type, base, held)
        folder = session.locations.training / name
        held.callback(_drop_corrections, folder)
        labels = yield from _labels(session, task, folder)
        config, start = _configuration(session, task, folder, labels)
        if start:
            yield start
        tries: tuple[TriedRate, ...] = ()
        if task.sweep:
            ends = yield from sweep(config, folder / SWEEP, task.trainer, cancel)
            tries = ends.tries
            config = config.model_copy(update={"out": swept(folder), "learning_rate": ends.rate})
        yield from train(config, task.trainer, cancel)
        _register(session, task, name, config.out, tries)
        if task.sweep:
            end_sweep(folder)
        (folder / CORRECTIONS_FILE).unlink(missing_ok=True)
    yield Candidate(name, tuple(read_metrics(config.out)))


def varied(share: float) -> dict[str, float]:
    """The keys of `augment` that vary labels in this share of their showings, and keep what is asked in use.

    Values are those of other labels, and questions to cells of a table are put to others of its cells.
    """
    return {"share": share, "swap": 1.0, "cells": 1.0} if share else {}


def _drop_corrections(folder: Path) -> None:
    """The texts of documents stay only where a run was stopped that needs them to go on."""
    if not begun(folder):
        (folder / CORRECTIONS_FILE).unlink(missing_ok=True)


def run_folder(training: Path, name: str, manifest: Manifest) -> Path:
    """The folder of the run that an adapter of this name came from, within the folder of all runs."""
    folder = training / name
    return swept(folder) if manifest.recipe and manifest.recipe.tried else folder


def _register(
    session: Session, task: TrainingTask, name: str, run: Path, tries: tuple[TriedRate, ...]
) -> None:
    adapter = read_adapter(run / ADAPTER)
    # First, so that it is never there without what is known of it.
    _remember(session, task, run, adapter.manifest)
    recipe = adapter.manifest.recipe
    known = {"name": name, "recipe": recipe and recipe.model_copy(update={"tried": tries})}
    session.registry.add(replace(adapter, manifest=adapter.manifest.model_copy(update=known)))
    shutil.rmtree(run / ADAPTER)


def _remember(session: Session, task: TrainingTask, folder: Path, manifest: Manifest) -> None:
    """Keeps which documents it has seen: on those it can never be proved."""
    documents = read_documents(folder)
    if documents is None:
        return
    seen = frozenset((*documents.get("train", ()), *documents.get("validation", ())))
    parents = (
        one for one in list_adapters(session.registry.folder) if one.manifest.weights == manifest.parent
    )
    shipped = next((one.name for one in parents if one.shipped), None)
    training = Training(task.domain, task.record_type, manifest.parent, seen, shipped)
    session.store.add_training(manifest.weights, training)


def _labels(session: Session, task: TrainingTask, folder: Path) -> Generator[str, None, list[Path]]:
    """The files of labels, the corrections last, and what is to be told of these."""
    labels = [path.absolute() for path in task.labels]
    if task.corrections:
        path = folder / CORRECTIONS_FILE
        if path.exists() and begun(folder):
            yield (
                "goes on with the corrections of when it began; to train on those of now, choose another "
                "--name"
            )
            return [*labels, path]
        record_type = session.found_packs().pick(task.domain, task.record_type)
        written = write_corrections(session.store, record_type, path)
        if written.left_out:
            yield (
                f"{counted(written.left_out, 'corrected value')} left out: "
                f"{task.domain}/{task.record_type} has no such field now, or one of another form"
            )
        if written.documents:
            labels.append(path)
    if not labels:
        raise UsageError(
            f"there is no label for {task.domain}/{task.record_type}. Give files with --labels, or correct "
            "records and use --corrections."
        )
    return labels


def _configuration(
    session: Session, task: TrainingTask, folder: Path, labels: list[Path]
) -> tuple[RunConfig, str]:
    """The run, and what to tell of the adapter that it starts from: "" where the task names it."""
    model = library.find(session.locations.models, task.model or session.settings.model)
    settings = session.settings
    recipe = dict(task.recipe)
    share = recipe.pop("varied", VARIED)
    asked = {
        "base": model.folder,
        "out": folder,
        "domain": task.domain,
        "record_type": task.record_type,
        "packs": session.locations.packs,
        "labels": labels,
        "validation": [path.absolute() for path in task.validation],
        # As in use: training sees the very windows that extraction asks about.
        "window_tokens": settings.window_tokens,
        "window_overlap": settings.window_overlap,
        "answer_tokens": settings.answer_tokens,
        "augment": varied(share),
        **recipe,
    }
    config = parse_run(asked, "the run", folder)
    parent, told = _parent(session, task, config, model)
    return config.model_copy(update={"parent": parent.folder}) if parent else config, told


def _parent(
    session: Session, task: TrainingTask, config: RunConfig, model: InstalledModel
) -> tuple[InstalledAdapter | None, str]:
    """The adapter that is named, else the one that answers now where it can be gone on from; what to tell.

    Raises UsageError where the folder's training is of another base.
    """
    began = began_with(config.out, task.sweep)
    if began is not None and began.base.name != model.name:
        # Said here: a sweep would try rates of its own beside those of the other base.
        raise UsageError(
            f"{config.out}: the training that was stopped there is of the base {began.base.name}. Go on with "
            f"--model {began.base.name}, or choose another --name."
        )
    if task.parent == NONE:
        return None, ""
    if task.parent is not None:
        return session.registry.find(task.parent), ""
    if began is not None:  # it goes on, whatever answers by now
        parent = _begun_with(session, began.parent, config.out)
        return (
            parent,
            f"goes on where it was stopped; it began with {parent.name if parent else 'a new adapter'}",
        )
    try:
        pack = session.found_packs().packs[task.domain]
        live = session.registry.live(task.domain, model, pack, task.record_type)
    except ThresherError as error:  # what cannot answer any more is no start
        return None, f"begins with a new adapter, as what should answer cannot be used: {error}"
    if live is None:
        return None, "begins with a new adapter"
    if misfit := parent_misfit(config, session.registry.base(model), read_adapter(live.folder)):
        return None, f"begins with a new adapter: {live.name}, which answers now, {misfit}"
    return live, f"begins with {live.name}, which answers now"


def _begun_with(session: Session, parent: Path | None, folder: Path) -> InstalledAdapter | None:
    """The adapter that the run in the folder began with, wherever it lies by now. Raises UsageError."""
    if parent is None:
        return None
    name, there = named_by(parent), list_adapters(session.registry.folder)
    found = [each for each in there if each.folder == parent] or [each for each in there if each.name == name]
    if not found:
        raise UsageError(
            f"{folder}: the training that was stopped there began with the adapter {name}, which is not "
            "there any more, or is broken. Bring it back, or begin anew with another --name."
        )
    return found[0]
