"""The session: the one object behind all faces. It yields events and knows no screen."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field, joined, unique
from thresher.adapters.pack import Pack, RecordType
from thresher.adapters.pack_form import NO_DOMAIN
from thresher.adapters.pack_library import FoundPacks, find_packs
from thresher.adapters.prompt import ANY_RECORD
from thresher.adapters.shots import Shot
from thresher.app.events import Event
from thresher.app.kept_example import KeptExample, has_own_pack, keep_example
from thresher.app.locations import Locations
from thresher.app.models import library
from thresher.app.models.offline import go_offline
from thresher.app.registry.library import InstalledAdapter
from thresher.app.registry.offer import Offer
from thresher.app.registry.registry import Registry
from thresher.app.settings import Settings, load_settings
from thresher.app.sources import Source
from thresher.app.store.live_adapters import Promotion
from thresher.app.store.store import Store
from thresher.app.task import NO_TYPE, Task
from thresher.app.warm_engine import WarmEngine

if TYPE_CHECKING:
    from thresher.app.calibration.judge import Judge


class Session:
    """A user's packs, models, adapters, store and settings, and the engine while it is warm.

    Close it when done.
    """

    def __init__(self, locations: Locations) -> None:
        """Raises UsageError for wrong settings, StoreError for a database that cannot be used."""
        go_offline()
        self.locations = locations
        self.settings: Settings = load_settings(locations.settings)
        self.store = Store.open(locations)
        self.registry = Registry(locations, self.store)
        self._warm = WarmEngine()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Frees the model and closes the store."""
        self._warm.close()
        self.store.close()

    def found_packs(self) -> FoundPacks:
        """The packs by domain, and what is wrong with a user's pack that is left out."""
        return find_packs(self.locations.packs)

    def models(self) -> list[InstalledModel]:
        """The models that are installed."""
        return library.list_models(self.locations.models)

    def task(
        self,
        domain: str | None,
        record_type: str | None = None,
        fields: Sequence[Field] = (),
        model: str | None = None,
        adapter: str | None = None,
    ) -> Task:
        """What to ask of a batch. Without a domain, the given fields are all that is asked.

        A record type with open fields may have none here: then every source brings its own. `adapter` is a
        name, "none" for the base alone, or None for the one that is live. Raises UsageError where domain,
        record type or adapter do not exist, or the adapter does not fit; PackError where the domain's pack is
        broken; AdapterError where the adapter, or the live one, is; NoModelError for the model.
        """
        chosen = library.find(self.locations.models, model or self.settings.model)
        if domain is None:
            if not fields:
                raise UsageError("name a domain (`thresher packs` lists them), or give fields with --field")
            given = unique(fields, "the given fields")
            answers = self.registry.chosen(adapter, NO_DOMAIN, chosen, None, NO_TYPE)
            name = answers.name if answers else None
            return Task(
                NO_DOMAIN, NO_TYPE, ANY_RECORD, given, "", chosen.name, name, None, self.settings.state_from
            )
        found = self.found_packs()
        own, pack = found.pick(domain, record_type), found.packs[domain]
        asked = own.with_fields(fields) if fields or own.fields else own
        answers = self.registry.chosen(adapter, domain, chosen, pack, asked.name)
        return Task(
            domain,
            asked.name,
            asked.instructions,
            asked.fields,
            pack.hash_of([asked.name]),
            chosen.name,
            answers.name if answers else None,
            None if self.settings.all_windows else asked.most_windows,
            self.settings.state_from,
            asked.open_fields,
            _shots(domain, own, answers),
        )

    def answering(
        self,
        domain: str | None,
        model: str | None = None,
        adapter: str | None = None,
        record_type: str | None = None,
    ) -> str | None:
        """Which adapter `task` would ask; None where the base answers alone. Raises as `task` does."""
        found = self.registry.chosen(adapter, *self._asked_of(domain, model, record_type))
        return found.name if found else None

    def offers(
        self, domain: str | None, model: str | None = None, record_type: str | None = None
    ) -> list[Offer]:
        """The adapters for a domain, None being tasks of fields alone; also those that cannot be used."""
        return self.registry.offers(*self._asked_of(domain, model, record_type))

    def promote(
        self,
        adapter: str,
        domain: str | None,
        model: str | None = None,
        record_type: str | None = None,
        *,
        force: bool = False,
    ) -> bool:
        """Lets `adapter` ("none": the base alone) answer from now on; False where it is live already.

        For `record_type`; without it for those that the adapter learnt. Raises UsageError where it does not
        fit, or, without `force`, where the gate keeps it out; AdapterError where it is broken: nothing is
        changed then.
        """
        asked = self._asked_of(domain, model, record_type)[:3]
        return self.registry.promote(adapter, *asked, record_type, force=force)

    def roll_back(
        self, domain: str | None, model: str | None = None, record_type: str | None = None
    ) -> Promotion:
        """Undoes the last promotion, or the last for a record type, and returns it.

        What stands for a domain or a record type is undone also where its pack has them no longer. Raises
        UsageError where none stands.
        """
        chosen = library.find(self.locations.models, model or self.settings.model)
        domain = domain or NO_DOMAIN
        named = (each.record_types for each in self.store.live_adapters() if each.domain == domain)
        if not any(record_type in (None, *types) for types in named):
            # A name that is mistyped must not undo what is live for all record types.
            self._asked_of(domain, model, record_type)
        return self.registry.roll_back(domain, chosen, record_type)

    def extract(
        self,
        sources: Sequence[Source],
        task: Task,
        *,
        again: bool = False,
        corrected: bool = True,
        cancel: threading.Event | None = None,
        accept_at: float | None = None,
    ) -> Iterator[Event]:
        """Works through the sources in the calling thread; every record is stored before it is told.

        A source's own fields are joined with the task's. What is done with the same settings is handed back
        as it is, unless `again`, and judged by the calibration of now: with its corrections, or, without
        `corrected`, as the model answered it, so that it can be scored. Setting `cancel` ends the run within
        moments; what is finished stays. Raises UsageError where a source has no fields, or as `judge` does.
        """
        # Imported here: it brings the engine's libraries.
        from thresher.app.run import Run

        if not task.fields and (bare := next((s for s in sources if not s.fields), None)):
            raise UsageError(
                f"{bare.id}: no field is asked for. Give each with --field NAME:TYPE:DESCRIPTION."
            )
        asked = [_asked(source, task) for source in sources]
        judge = self.judge(task, accept_at)
        model, adapter = self.answers(task)
        own = self._own(task) if adapter and adapter.manifest.cues else ()
        run = Run(task, model, adapter, judge, self.settings, self.store, self.registry, self._warm, own)
        yield from run.events(asked, cancel or threading.Event(), again=again, corrected=corrected)

    def has_own_pack(self, domain: str) -> bool:
        """Whether the domain's pack is one of the user's own, which takes examples."""
        return has_own_pack(self.found_packs(), self.locations.packs, domain)

    def keep_example(self, record_id: int) -> KeptExample:
        """Makes a record that is right an example of its pack. Raises as `kept_example.keep_example` does."""
        return keep_example(self.found_packs(), self.locations.packs, self.store, record_id)

    def judge(self, task: Task, accept_at: float | None = None) -> "Judge":
        """What makes confidences of signals for a task, and accepts values at a wanted share of right ones.

        Raises UsageError where values are to be accepted and there is no calibration, AdapterError where it
        is broken.
        """
        from thresher.app.calibration import library as calibrations
        from thresher.app.calibration.judge import Judge, uncalibrated

        calibration = calibrations.find(self.locations, task, *self.answers(task))
        if calibration is None and accept_at is not None:
            raise UsageError(uncalibrated(task))
        if calibration is None or task.open_fields:
            return Judge(calibration, accept_at)
        return Judge(calibration, accept_at, {field.name: field for field in self._own(task)})

    def _own(self, task: Task) -> Sequence[Field]:
        """The fields of a task's record type as its pack has them; none where it is of no pack."""
        if task.domain == NO_DOMAIN:
            return ()
        return self.found_packs().pick(task.domain, task.record_type).fields

    def whole(self, task: Task) -> Task:
        """The task that states also what is doubtful: to learn how right that is, and to prove."""
        return replace(task, state_from=0.0)

    def answers(self, task: Task) -> tuple[InstalledModel, InstalledAdapter | None]:
        """The model and the adapter that a task names. Raises NoModelError, UsageError, AdapterError."""
        model = library.find(self.locations.models, task.model)
        return model, self.registry.find(task.adapter) if task.adapter else None

    def _asked_of(
        self, domain: str | None, model: str | None, record_type: str | None
    ) -> tuple[str, InstalledModel, Pack | None, str]:
        """Domain, model, pack and record type, the pack's first where none is named.

        Raises UsageError, PackError and NoModelError.
        """
        chosen = library.find(self.locations.models, model or self.settings.model)
        if domain in (None, NO_DOMAIN):
            return NO_DOMAIN, chosen, None, NO_TYPE
        packs = self.found_packs()
        found = packs.pick(domain, record_type)
        return found.domain, chosen, packs.packs[found.domain], found.name


def _shots(domain: str, own: RecordType, answers: InstalledAdapter | None) -> tuple[Shot, ...]:
    """The record type's examples, where an adapter was taught to read such before a document."""
    if answers is None or not answers.manifest.shows_examples:
        return ()
    # Imported here: it brings what reads documents.
    from thresher.app.pack_shots import pack_shots

    return pack_shots(own, answers.manifest.letters_of(domain, own.name))


def _asked(source: Source, task: Task) -> Source:
    """The source with all fields that are asked of it, where they are not the task's."""
    fields = joined(task.fields, source.fields or (), open_fields=task.open_fields)
    return replace(source, fields=None if fields == task.fields else fields)
