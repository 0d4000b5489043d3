"""A candidate held against the adapter that is live, on labels that were held back for the proof."""

import tempfile
import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.errors import UsageError
from thresher.adapters.training.command import RUN_FILE
from thresher.adapters.training.labels import Label
from thresher.adapters.training.read_sets import read_sets
from thresher.adapters.training.run_config import RunConfig, parse_run, read_run
from thresher.app.evaluation.compare import compare
from thresher.app.evaluation.gate import Verdict, as_dict, judge
from thresher.app.evaluation.records import GoldRecord, PredictedRecord, predicted
from thresher.app.events import Event, RecordReady, RunFinished
from thresher.app.models import library
from thresher.app.registry.fit import learnt_types
from thresher.app.registry.folders import NONE
from thresher.app.registry.library import InstalledAdapter, list_adapters
from thresher.app.registry.overview import made_for
from thresher.app.session import Session
from thresher.app.sources import Source
from thresher.app.store.known import right_now
from thresher.app.store.label_files import CORRECTIONS_FILE, label_id
from thresher.app.store.verdicts import StoredVerdict
from thresher.app.task import Task
from thresher.app.training.candidate import run_folder
from thresher.app.training.exposure import Exposure, exposure
from thresher.app.training.labels import write_corrections
from thresher.app.training.process import TrainingStopped
from thresher.app.wording import counted


@dataclass(frozen=True)
class ProofTask:
    """What to prove, with what. Where no labels are named they are those that the adapter's training had.

    `domain`, `record_type` and `model` are the adapter's own where they are None.
    """

    adapter: str
    labels: tuple[Path, ...] = ()
    corrections: bool = False
    domain: str | None = None
    record_type: str | None = None
    model: str | None = None


@dataclass(frozen=True)
class Proved:
    """The end of a proof. `share` is the share of labels that is held back for it."""

    verdict: Verdict
    domain: str
    record_type: str
    model: str
    share: float


def prove(session: Session, task: ProofTask, cancel: threading.Event) -> Iterator[Event | Proved]:
    """Asks both adapters, compares and keeps the verdict; yields the events of both runs, the verdict last.

    Raises UsageError, also where the adapter is live already; AdapterError where one cannot be used;
    TrainingStopped where it was cancelled: what was answered is kept, and the next proof goes on from there.
    """
    candidate = session.registry.find(task.adapter)
    model = _model(session, task, candidate)
    domain = task.domain or candidate.domain
    if domain is None:
        raise UsageError(
            f"say for which domain {candidate.name}, which is general, is proved: --domain DOMAIN."
        )
    session.answering(domain, model.name, candidate.name)  # raises where it does not fit
    config, labels = _labels(session, task, candidate, domain)
    record_type = config.record_type
    live_name = session.answering(domain, model.name, None, record_type)
    if live_name == candidate.name:
        raise UsageError(
            f"{candidate.name} is live for {domain}/{record_type}: there is nothing to prove. `thresher "
            "evaluate --against NAME` holds it against another."
        )
    live = session.registry.find(live_name) if live_name else None
    # All that either states: a calibration, which one may have alone, leaves out what is doubtful.
    asked, other = (
        session.whole(session.task(domain, record_type, (), model.name, name))
        for name in (candidate.name, live_name or NONE)
    )
    installed = list_adapters(session.registry.folder)
    sides = [
        exposure(each.manifest if each else None, labels, config.group, session.store, installed)
        for each in (candidate, live)
    ]
    unseen = [label for label in labels if label.id not in sides[0].seen | sides[1].seen]
    gold = [GoldRecord(label.id, label.text, label.values, label.fields) for label in unseen]
    mine = yield from _answers(session, asked, gold, cancel)
    theirs = yield from _answers(session, other, gold, cancel)
    comparison = compare(gold, mine, theirs)
    doubts, notes = _remarks(candidate, live, unseen, sides, len(labels) - len(unseen))
    verdict = judge(comparison, candidate.name, live_name, doubts, notes)
    session.store.add_verdict(
        StoredVerdict(
            adapter=candidate.fingerprint,
            domain=domain,
            record_type=asked.record_type,
            base=model.fingerprint,
            against=live.fingerprint if live else None,
            told=as_dict(verdict),
        )
    )
    yield Proved(verdict, domain, asked.record_type, model.name, config.proof_share)


def _model(session: Session, task: ProofTask, candidate: InstalledAdapter) -> InstalledModel:
    own = made_for(candidate, session.models())
    if task.model is None and own is not None:
        return own
    return library.find(session.locations.models, task.model or session.settings.model)


def _labels(
    session: Session, task: ProofTask, candidate: InstalledAdapter, domain: str
) -> tuple[RunConfig, list[Label]]:
    """The run that the labels are read as, and those of them that were held back for the proof."""
    run = run_folder(session.locations.training, candidate.name, candidate.manifest) / RUN_FILE
    config = None if task.labels or task.corrections else _own_run(session, candidate, run)
    paths = [path.absolute() for path in task.labels] if config is None else [*config.labels]
    # By the run's own word of where it lay: the home may have been moved since.
    ran = config.out if config else run.parent
    name = candidate.name, CORRECTIONS_FILE
    then = [path for path in paths if path.parts[-2:] == name and ran.is_relative_to(path.parent)]
    corrections = task.corrections or bool(then)
    paths = [path for path in paths if path not in then]
    learnt = next(iter(learnt_types(candidate.manifest)), None)
    record_type = task.record_type or (config.record_type if config else learnt)
    kind = session.found_packs().pick(domain, record_type)
    record_type = kind.name
    known: dict[str, Any] = {} if config is None else config.model_dump(exclude={"labels"})
    with tempfile.TemporaryDirectory() as scratch:
        # Those of now: what was corrected since the training is held back by the same rule.
        now = Path(scratch) / CORRECTIONS_FILE
        if corrections and write_corrections(session.store, kind, now).documents:
            paths.append(now)
        if not paths:
            raise UsageError(f"there is no label for {domain}/{record_type} to prove anything on.")
        asked = known | {
            "base": session.locations.models,
            "out": run.parent,
            "domain": domain,
            "record_type": record_type,
            "packs": session.locations.packs,
            "labels": paths,
        }
        config = parse_run(asked, "the proof", run.parent)
        (labelled,), _ = read_sets(config)
    return config, _told_apart(_completed(session, domain, record_type, labelled.sides.proof))


def _own_run(session: Session, candidate: InstalledAdapter, run: Path) -> RunConfig:
    """The run that the adapter came from. A file of that name may be of another one, which was removed."""
    training = session.store.training(candidate.manifest.weights)
    if training is not None and run.exists():
        config = read_run(run)
        if (config.domain, config.record_type) == (training.domain, training.record_type):
            return config
    raise UsageError(
        f"{candidate.name} was not trained here: say which labels to prove it on, with --labels FILE or "
        "--corrections."
    )


def _completed(session: Session, domain: str, record_type: str, labels: Sequence[Label]) -> list[Label]:
    """Corrections know the values that an adapter had wrong, and those alone would favour any other one.

    So what the analyst left as it was counts as right too, where it is asked for in the same form now.
    """
    accepted = {
        label_id(sha256): known for sha256, known in session.store.accepted(domain, record_type).items()
    }
    completed = []
    for label in labels:
        values = right_now(accepted.get(label.id, {}), label.fields) | dict(label.values)
        completed.append(replace(label, values=values))
    return completed


def _told_apart(labels: Sequence[Label]) -> list[Label]:
    """Each with an id of its own: files to train on and files to validate on may use the same ones."""
    taken = {label.id for label in labels}
    apart: dict[str, Label] = {}
    for label in labels:
        id_ = label.id
        if id_ in apart:
            id_ = next(name for at in count(2) if (name := f"{label.id} ({at})") not in taken)
            taken.add(id_)
        apart[id_] = replace(label, id=id_)
    return list(apart.values())


def _answers(
    session: Session, task: Task, gold: Sequence[GoldRecord], cancel: threading.Event
) -> Generator[Event, None, list[PredictedRecord]]:
    """The records as the adapter answered them, and the events on the way."""
    if not gold:
        return []
    sources = [Source(one.id, text=one.text, fields=one.fields) for one in gold]
    records: list[PredictedRecord] = []
    for event in session.extract(sources, task, corrected=False, cancel=cancel):
        yield event
        if isinstance(event, RecordReady):
            records.append(predicted(event.record))
        if isinstance(event, RunFinished) and event.cancelled:
            raise TrainingStopped(
                "the proof was stopped; `thresher adapters prove` goes on from what is answered"
            )
    return records


def _remarks(
    candidate: InstalledAdapter,
    live: InstalledAdapter | None,
    labels: Sequence[Label],
    sides: Sequence[Exposure],
    left_out: int,
) -> tuple[list[str], list[str]]:
    """What keeps the comparison from proving anything, and what else to know of it."""
    doubts, notes = [], []
    ids = {label.id for label in labels}
    mine, theirs = sides
    if mine.unknown & ids:
        doubts.append(
            f"what {candidate.name}, or one that it started from, was trained on is not known here: it may "
            "have seen these labels"
        )
    if left_out:
        notes.append(f"{counted(left_out, 'label')} left out: seen in training by one of the two")
    if shipped := sorted(mine.shipped | theirs.shipped):
        notes.append(f"{', '.join(shipped)} ships with Thresher: on public documents this proves nothing")
    if live and theirs.unknown & ids:
        notes.append(
            f"what {live.name} was trained on is not known here: it may have seen these labels, which would "
            "favour it"
        )
    return doubts, notes
