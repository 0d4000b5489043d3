"""What a user's home holds, and what in it prevents work. Looks only, as the doctor that asks it.

What ends extractions is `bad`: wrong settings, no model, a damaged database, a live adapter that is gone.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from thresher.adapters.errors import AdapterError, ModelError, PackError, StoreError, UsageError
from thresher.app.diagnosis import Finding, Level
from thresher.app.locations import CHANGE_PERMISSIONS, Locations, what_is_forbidden

if TYPE_CHECKING:
    from thresher.app.store.store import Store

#: Below this, in bytes, work is cramped.
_LEAST_DISK = 1_000_000_000
#: Where the problem itself says what to do first.
_THEN = "Then run `thresher doctor` again."


def check_home(locations: Locations) -> Iterator[Finding]:
    """All findings, in the order in which a person would ask."""
    told = set()
    for check in (_home, _settings, _disk, _models, _adapters, _calibrations, _packs, _database):
        try:
            yield from check(locations)
        except OSError as error:
            if (detail := what_is_forbidden(error)) is None:
                raise
            if detail not in told:  # two checks may meet one folder
                told.add(detail)
                yield Finding("permissions", "bad", detail, CHANGE_PERMISSIONS)


def _home(locations: Locations) -> Iterator[Finding]:
    where = "THRESHER_HOME" if os.environ.get("THRESHER_HOME") else "the platform's data folder"
    existing = _existing(locations.home)
    if existing.is_dir() and os.access(existing, os.W_OK | os.X_OK):
        yield Finding("home", "good", f"{locations.home} ({where})")
    else:
        detail = f"{locations.home} ({where}): {existing} cannot be written to"
        yield Finding("home", "bad", detail, CHANGE_PERMISSIONS)


def _settings(locations: Locations) -> Iterator[Finding]:
    from thresher.app.settings import load_settings

    try:
        load_settings(locations.settings)
    except UsageError as error:
        yield Finding("settings", "bad", str(error), _THEN)
        return
    there = "" if locations.settings.exists() else " (not there: every default holds)"
    yield Finding("settings", "good", f"{locations.settings}{there}")


def _disk(locations: Locations) -> Iterator[Finding]:
    free = shutil.disk_usage(_existing(locations.home)).free
    detail = f"{free / 1e9:.1f} GB free where {locations.home} lies"
    if free < _LEAST_DISK:
        yield Finding("disk", "slow", detail, "Free some space, or set THRESHER_HOME to a larger disk.")
    else:
        yield Finding("disk", "good", detail)


def _models(locations: Locations) -> Iterator[Finding]:
    from thresher.app.models.library import broken_models, list_models, quick_check

    answers = _answers(locations)
    usable = []
    broken = [(name, problem, _THEN) for name, problem in broken_models(locations.models)]
    for model in list_models(locations.models):
        if differing := quick_check(model):
            remedy = f"Run `thresher models remove {model.name}` and pull or add it again."
            broken.append((model.name, "; ".join(differing), remedy))
        elif closed := [one for one in model.facts.files if not os.access(model.folder / one, os.R_OK)]:
            detail = f"{model.folder / closed[0]}: may not be read"
            broken.append((model.name, detail, CHANGE_PERMISSIONS))
        else:
            usable.append(model.name)
            detail = f"{model.facts.size / 1e9:.2f} GB, {model.facts.source}, all files there"
            yield Finding(f"model {model.name}", "good", detail)
    for name, problem, remedy in broken:
        level: Level = "bad" if name == answers else "slow"
        yield Finding(f"model {name}", level, problem, remedy)
    if not usable and not broken:
        yield Finding("models", "bad", "none is installed", "Run `thresher models pull starter`.")
    elif answers is not None and answers not in (*usable, *(name for name, *_ in broken)):
        yield _lacking(answers, usable)


def _answers(locations: Locations) -> str | None:
    """The model that answers where none is named; None where the settings are wrong, which is told of."""
    from thresher.app.settings import load_settings

    try:
        return load_settings(locations.settings).model
    except UsageError:
        return None


def _lacking(name: str, usable: list[str]) -> Finding:
    from thresher.app.models.catalogue import in_catalogue

    detail = "not installed, and by the settings it answers where no --model is given"
    get = f"Run `thresher models pull {name}`" if in_catalogue(name) else "Pull or add it"
    remedy = f"{get}, or run `thresher models use {usable[0]}`." if usable else f"{get}."
    return Finding(f"model {name}", "bad", detail, remedy)


def _adapters(locations: Locations) -> Iterator[Finding]:
    from thresher.app.registry.library import broken_adapters, list_adapters

    if there := list_adapters(locations.adapters):
        detail = f"{', '.join(each.name for each in there)}; `thresher adapters list` says which fit"
        yield Finding("adapters", "good", detail)
    for name, problem in broken_adapters(locations.adapters):
        yield Finding(f"adapter {name}", "slow", problem, "Bring it in again, or remove its folder.")


def _calibrations(locations: Locations) -> Iterator[Finding]:
    from thresher.adapters.calibration import read_calibrations

    for path in _files(locations.calibrations):
        try:
            if path.suffix == ".json":
                read_calibrations(path)
        except AdapterError as error:  # it may be of an adapter that is gone; what it is of cannot be asked
            yield Finding("calibration", "slow", str(error), _THEN)


def _files(folder: Path) -> list[Path]:
    """All files below. Raises OSError where a folder may not be read."""
    if not folder.is_dir():
        return []
    entries = sorted(folder.iterdir())
    return [file for each in entries for file in (_files(each) if each.is_dir() else [each])]


def _packs(locations: Locations) -> Iterator[Finding]:
    from thresher.adapters.pack_library import find_packs

    try:
        found = find_packs(locations.packs)
    except PackError as error:  # one that ships
        yield Finding("packs", "bad", str(error), "Install Thresher again.")
        return
    own = [pack.domain for pack in found.packs.values() if pack.folder.parent == locations.packs]
    detail = f"{len(found.packs)} domains" + (f", your own: {', '.join(own)}" if own else "")
    yield Finding("packs", "good", detail)
    for domain, problem in found.broken.items():
        remedy = f"Then run `thresher packs check {locations.packs / domain}`."
        yield Finding(f"pack {domain}", "slow", str(problem), remedy)
    for problem in found.errors[: len(found.errors) - len(found.broken)]:
        yield Finding("packs", "slow", str(problem), "Change the folder's permissions.")


def _database(locations: Locations) -> Iterator[Finding]:
    from thresher.app.store.look import LookedAt
    from thresher.app.store.store import Store

    path = locations.database
    if not path.exists():
        yield Finding("database", "good", f"{path} (not there: the first run makes it)")
        return
    try:
        with closing(LookedAt(path)) as database:
            # What an older Thresher wrote is brought up to date by the next command, and asked then.
            store = Store(database, locations)
            unusable = _unusable(locations, store) if database.is_newest else []
    except StoreError as error:
        yield Finding("database", "bad", str(error), _THEN)
        return
    yield Finding("database", "good", str(path))
    for problem in unusable:
        yield Finding("live adapter", "bad", problem, _THEN)


def _unusable(locations: Locations, store: "Store") -> list[str]:
    """What is wrong with each live adapter of the models that are here: whoever asks it is refused."""
    from thresher.adapters.pack_form import NO_DOMAIN
    from thresher.adapters.pack_library import find_packs
    from thresher.app.models.library import list_models, quick_check
    from thresher.app.registry.registry import Registry
    from thresher.app.task import NO_TYPE

    try:
        packs = find_packs(locations.packs).packs
        models = {one.fingerprint: one for one in list_models(locations.models) if not quick_check(one)}
    except (PackError, OSError):  # told of as such
        return []
    registry = Registry(locations, store)
    problems = []
    for promotion in store.live_adapters():
        model, pack = models.get(promotion.base), packs.get(promotion.domain)
        if model is None:
            continue
        fields_alone = promotion.domain == NO_DOMAIN
        for record_type in [NO_TYPE] if fields_alone else pack.record_types if pack else ():
            try:
                registry.live(promotion.domain, model, pack, record_type)
            except (AdapterError, ModelError) as error:
                problems.append(str(error))
    return list(dict.fromkeys(problems))


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return next((p for p in (path, *path.parents) if p.exists()), Path(path.anchor))
