"""The folder of a training: which one a task has, what was left in it, and that no other works in it."""

from contextlib import AbstractContextManager, ExitStack
from itertools import count
from pathlib import Path

from thresher.adapters.errors import UsageError
from thresher.adapters.training.command import ADAPTER, RUN_FILE
from thresher.adapters.training.run_config import RunConfig, read_run
from thresher.adapters.training.run_lock import FolderInUse, sole
from thresher.adapters.training.state import STATE_FILE
from thresher.app.registry.folders import check_new_name
from thresher.app.session import Session
from thresher.app.training.process import ASKED_FILE
from thresher.app.training.sweep import TRY_FILE

#: Within a run's folder, all of a sweep: its tries and the run that follows it. A run without a sweep lies
#: beside it, and neither is ever taken for the other.
SWEEP = "sweep"
#: What a command that trains holds, from the choice of the folder until the adapter is in the registry.
LOCK_FILE = ".training.lock"


def claim(
    session: Session, name: str | None, domain: str, record_type: str, base: str, held: ExitStack
) -> str:
    """What to call the adapter; the folder of that name is held until `held` is closed.

    Without a name it is DOMAIN-1, or the next number that no adapter has, that nobody trains and that was not
    left by a training of another record type or base: a run that was stopped keeps its own. Raises UsageError
    where the name cannot be had.
    """
    adapters, training = session.registry.folder, session.locations.training
    if name is not None:
        check_new_name(adapters, name)
        held.enter_context(_sole(training, name))
        return name
    for number in count(1):
        name = f"{domain}-{number}"
        if (adapters / name).exists() or _is_of_another(training / name, domain, record_type, base):
            continue
        try:
            held.enter_context(_sole(training, name))
        except FolderInUse:
            continue
        if not (adapters / name).exists():  # the one who held it may just have ended
            break
    return check_new_name(adapters, name or "")


def swept(folder: Path) -> Path:
    """The run that follows a sweep, within the folder of a training."""
    return folder / SWEEP / "run"


def begun(folder: Path) -> list[Path]:
    """The runs in the folder that can go on: a run that was stopped, or those of a sweep."""
    runs = (folder, *sorted((folder / SWEEP).glob("*")))
    return [run for run in runs if any((run / left).exists() for left in (STATE_FILE, ADAPTER, TRY_FILE))]


def began_with(folder: Path, sweep: bool) -> RunConfig | None:
    """The run that was stopped in the folder, or one of its sweep, as it began; None where none was."""
    for run in begun(folder):
        if (run != folder) is sweep:
            for file in (RUN_FILE, ASKED_FILE):  # a trainer that still reads has written nothing
                if (run / file).exists():
                    return read_run(run / file)
    return None


def end_sweep(folder: Path) -> None:
    """Forgets the tries of a sweep whose adapter is in the registry, but for their metrics.

    The adapter's manifest has what came of them; another sweep may have the name once the adapter is gone.
    """
    for path in (folder / SWEEP).glob(f"*/{TRY_FILE}"):
        path.unlink()


def _is_of_another(folder: Path, domain: str, record_type: str, base: str) -> bool:
    try:
        began = began_with(folder, False) or began_with(folder, True)
    except UsageError:  # of a newer version, say: it is left alone
        return True
    # By the base's name: the home may have been moved since.
    asked = (domain, record_type, base)
    return began is not None and (began.domain, began.record_type, began.base.name) != asked


def _sole(training: Path, name: str) -> AbstractContextManager[None]:
    in_use = (
        f"another process trains {name} at this moment. Wait until it has ended, or choose another --name."
    )
    return sole(training / name / LOCK_FILE, in_use)
