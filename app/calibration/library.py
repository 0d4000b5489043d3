"""Which calibration belongs to a task: the user's own, else the one that came with the adapter.

A calibration is bound to the record type, the pack, the base's weights and the adapter's by their hashes: one
that was made of another is not taken.
"""

from pathlib import Path

from thresher.adapters.atomic import replacing
from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.calibration import (
    CALIBRATION_FILE,
    Calibration,
    calibrations_json,
    read_calibrations,
)
from thresher.adapters.errors import AdapterError, UsageError
from thresher.app.locations import Locations
from thresher.app.registry.library import InstalledAdapter
from thresher.app.task import Task


def find(
    locations: Locations, task: Task, model: InstalledModel, adapter: InstalledAdapter | None
) -> Calibration | None:
    """The calibration of this task; None where there is none.

    Raises AdapterError where a file that should hold it is broken.
    """
    wanted = _hashes(task, model, adapter)
    paths = [own_path(locations, *wanted)]
    paths += [adapter.folder / CALIBRATION_FILE] if adapter else []
    for path in paths:
        for each in read_calibrations(path) if path.is_file() else ():
            if (each.domain, each.record_type, each.pack, each.base, each.adapter) == wanted:
                return each
    return None


def set_aside_broken(
    locations: Locations, task: Task, model: InstalledModel, adapter: InstalledAdapter | None
) -> Path | None:
    """Renames the user's own where it cannot be read, so that a new one can be made; where it lies now."""
    path = own_path(locations, *_hashes(task, model, adapter))
    try:
        if path.is_file():
            read_calibrations(path)
    except AdapterError:
        return path.replace(path.with_suffix(".broken"))
    return None


def save(locations: Locations, calibration: Calibration) -> Path:
    """Keeps it as the user's own, in place of an earlier one; where it lies now. Raises UsageError."""
    path = own_path(
        locations,
        calibration.domain,
        calibration.record_type,
        calibration.pack,
        calibration.base,
        calibration.adapter,
    )
    try:
        with replacing(path) as file:
            file.write(calibrations_json((calibration,)).encode())
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); check its permissions") from error
    return path


def _hashes(
    task: Task, model: InstalledModel, adapter: InstalledAdapter | None
) -> tuple[str, str, str, str, str | None]:
    weights = adapter.manifest.weights if adapter else None
    return task.domain, task.record_type, task.pack_hash, model.fingerprint, weights


def own_path(
    locations: Locations, domain: str, record_type: str, pack: str, base: str, adapter: str | None
) -> Path:
    """The user's file for these hashes."""
    name = "-".join((base[:12], adapter[:12] if adapter else "alone", pack[:12]))
    return locations.calibrations / domain / record_type / f"{name}.json"
