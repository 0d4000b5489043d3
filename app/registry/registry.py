"""The registry: a user's adapters beside those that ship, and who takes the place of which.

An adapter is promoted for the record types that it learnt, so what answers for the others goes on.
"""

from thresher.adapters.adapter import Adapter
from thresher.adapters.adapter_folder import Unfit, read_adapter, write_adapter
from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.base_model import BaseModel
from thresher.adapters.errors import AdapterError, UsageError
from thresher.adapters.manifest import Manifest
from thresher.adapters.pack import Pack
from thresher.app.locations import Locations
from thresher.app.models.library import list_models
from thresher.app.registry import library
from thresher.app.registry.admission import kept_out, newest, standing, told
from thresher.app.registry.fit import Fit, learnt_types, sentences
from thresher.app.registry.folders import NONE, adapter_folders, check_new_name, own_folder
from thresher.app.registry.library import InstalledAdapter
from thresher.app.registry.live import MISSING, Live, rollback_command
from thresher.app.registry.offer import Offer
from thresher.app.store.live_adapters import Promotion
from thresher.app.store.store import Store
from thresher.app.task import NO_TYPE
from thresher.app.wording import of_domain


class Registry:
    """A user's adapters beside those that ship. Promotions are kept in the store: each is one transaction."""

    def __init__(self, locations: Locations, store: Store) -> None:
        self.folder = locations.adapters
        self._models = locations.models
        self._store = store
        self._fit = Fit()
        self._live = Live(self.folder, store, self._fit)

    def find(self, name: str) -> InstalledAdapter:
        """The adapter `name`. Raises UsageError where there is none, AdapterError where it is broken."""
        return library.find(self.folder, name)

    def broken(self) -> dict[str, str]:
        """What cannot be used at all, by name: folders that are no adapters, live adapters that are gone.

        Each says what is wrong, and what to do.
        """
        problems = dict(library.broken_adapters(self.folder))
        there = adapter_folders(self.folder)
        for live in self._store.live_adapters():
            name = live.adapter
            if name is not None and (name in problems or name not in there):
                about = of_domain(live.domain, live.record_types)
                command = self._rollback(live)
                how = (
                    f"roll back with `{command}`"
                    if command
                    else f"run `thresher adapters remove {name} --force`"
                )
                problems[name] = (
                    f"{problems.get(name, MISSING)} It is live for {about} on the base {live.base[:12]}: "
                    f"{how}."
                )
        return problems

    def load(self, adapter: InstalledAdapter, model: InstalledModel) -> Adapter:
        """Its matrices, every byte checked, in the shapes of the base. Raises AdapterError."""
        return read_adapter(adapter.folder, self.base(model))

    def add(self, adapter: Adapter) -> InstalledAdapter:
        """Takes an adapter in under its manifest's name. Raises UsageError where the name is taken."""
        name = check_new_name(self.folder, adapter.manifest.name)
        write_adapter(self.folder / name, adapter)
        return self.find(name)

    def base(self, model: InstalledModel) -> BaseModel:
        """What adapters know of an installed model; read once."""
        return self._fit.base(model)

    def misfits(
        self, manifest: Manifest, model: InstalledModel, domain: str, pack: Pack | None
    ) -> list[Unfit]:
        """All that keeps an adapter from this base, domain and pack; empty where it fits."""
        return self._fit.misfits(manifest, model, domain, pack)

    def chosen(
        self,
        name: str | None,
        domain: str,
        model: InstalledModel,
        pack: Pack | None,
        record_type: str,
    ) -> InstalledAdapter | None:
        """The adapter `name`, or the live one where that is None; None where the base answers alone.

        Raises UsageError where there is none of that name or it does not fit, AdapterError where it, or the
        live one, is broken.
        """
        if name == NONE:
            return None
        if name is None:
            return self.live(domain, model, pack, record_type)
        found = self.find(name)
        self._refuse(found, model, domain, pack)
        return found

    def live(
        self, domain: str, model: InstalledModel, pack: Pack | None, record_type: str
    ) -> InstalledAdapter | None:
        """The adapter that answers where none is named. Raises AdapterError where it cannot be used."""
        return self._live.adapter(domain, model, pack, record_type)

    def live_name(
        self, domain: str, model: InstalledModel, pack: Pack | None, record_type: str
    ) -> str | None:
        """The name of the adapter that is live, usable or not."""
        return self._live.name(domain, model, pack, record_type)

    def offers(self, domain: str, model: InstalledModel, pack: Pack | None, record_type: str) -> list[Offer]:
        """The adapters of a domain and the general ones, those that fit first, as they stand to this base."""
        live = self.live_name(domain, model, pack, record_type)
        offers = [
            Offer(each.name, each, each.name == live, sentences(wrong), self.proof(each, domain, model))
            for each in library.list_adapters(self.folder)
            if each.domain in (None, domain)
            for wrong in (self.misfits(each.manifest, model, domain, pack),)
        ]
        broken = dict(library.broken_adapters(self.folder))
        if live is not None and live not in {offer.name for offer in offers}:
            broken.setdefault(live, MISSING)
        offers += [Offer(name, None, name == live, problem) for name, problem in broken.items()]
        return sorted(offers, key=lambda offer: (bool(offer.problem), offer.name))

    def proof(self, adapter: InstalledAdapter, domain: str, model: InstalledModel) -> str:
        """What the gate said last of an adapter, in words; "" where it said nothing."""
        trained_here = self._store.training(adapter.manifest.weights) is not None
        return told(newest(self._store.verdicts(adapter.fingerprint), domain, model), trained_here)

    def promote(
        self,
        name: str,
        domain: str,
        model: InstalledModel,
        pack: Pack | None,
        record_type: str | None = None,
        *,
        force: bool = False,
    ) -> bool:
        """Lets `name` ("none": the base alone) answer from now on; False where it is live already.

        For `record_type`; without it for those that the adapter learnt, or all where that is not known.
        Raises UsageError where it does not fit, or, without `force`, where the gate keeps it out;
        AdapterError where it is broken: nothing is changed then.
        """
        types: tuple[str, ...] = (record_type,) if record_type else ()
        if name == NONE:
            return self._store.promote_adapter(domain, model.fingerprint, None, record_types=types)
        found = self.find(name)
        self._refuse(found, model, domain, pack)
        types = types or learnt_types(found.manifest)
        if not force and (why := self.kept_out(found, domain, model, pack, types)):
            raise UsageError(
                f"{name} is not promoted: {why}. Prove it with `thresher adapters prove {name}`, or let it "
                f"answer all the same with `thresher adapters promote {name} --force`."
            )
        self.load(found, model)
        # A shipped one changes with Thresher: whichever version is there is meant.
        fingerprint = None if found.shipped else found.fingerprint
        return self._store.promote_adapter(domain, model.fingerprint, name, fingerprint, types)

    def kept_out(
        self,
        adapter: InstalledAdapter,
        domain: str,
        model: InstalledModel,
        pack: Pack | None,
        types: tuple[str, ...],
    ) -> str:
        """Why the gate does not let an adapter become live for these record types; "" where it does.

        Where none is named, for those that it was judged on, else for the domain's first.
        """
        trained_here = self._store.training(adapter.manifest.weights) is not None
        verdicts = self._store.verdicts(adapter.fingerprint)
        judged = tuple(each.record_type for each in newest(verdicts, domain, model))
        for record_type in types or judged or (next(iter(pack.record_types)) if pack else NO_TYPE,):
            live_name = self.live_name(domain, model, pack, record_type)
            if live_name == adapter.name:
                continue
            other = live_name or "the base alone"
            try:
                live = self.live(domain, model, pack, record_type)
            except AdapterError:
                if trained_here:
                    back = self._live.way_back(domain, model, record_type)
                    first = f": first roll back with `{back}`" if back else ""
                    return f"{other} is live and cannot be used, so nothing is proved beside it{first}"
                continue
            if why := kept_out(standing(verdicts, domain, record_type, model, live), trained_here, other):
                return why
        return ""

    def roll_back(self, domain: str, model: InstalledModel, record_type: str | None = None) -> Promotion:
        """Undoes the last promotion that stands, or stands for a record type. UsageError where none does."""
        undone = self._store.roll_back_adapter(domain, model.fingerprint, record_type)
        if undone is None:
            about = f"{domain}/{record_type}" if record_type else domain
            raise UsageError(
                f"nothing was promoted for {about} on {model.name}: there is nothing to roll back. "
                f"To let the base answer alone, run `thresher adapters promote none --domain {domain}`."
            )
        return undone

    def remove(self, name: str, *, force: bool = False) -> int:
        """Deletes one of the user's adapters; returns the bytes freed.

        Of one whose folder is gone, the promotions that stand. Raises UsageError where there is nothing of
        that name, and where it is live: unless `force`, which rolls back first.
        """
        stands = any(each.ended is None for each in self._store.promotions(name))
        is_gone = stands and name not in adapter_folders(self.folder)
        if not is_gone:
            own_folder(self.folder, name)
        live = [each for each in self._store.live_adapters() if each.adapter == name]
        if live and not force:
            where = ", ".join(of_domain(each.domain, each.record_types) for each in live)
            command = self._rollback(live[0])
            first = f"Roll back first with `{command}`, or remove" if command else "Remove"
            raise UsageError(f"{name} is live for {where}. {first} it with --force, which rolls back.")
        self._store.withdraw_adapter(name)
        return 0 if is_gone else library.remove(self.folder, name)

    def _rollback(self, live: Promotion) -> str | None:
        """The command that undoes a promotion; None where its base is gone, too."""
        models = [model for model in list_models(self._models) if model.fingerprint == live.base]
        return rollback_command(live, models[0]) if models else None

    def _refuse(
        self, adapter: InstalledAdapter, model: InstalledModel, domain: str, pack: Pack | None
    ) -> None:
        if wrong := self.misfits(adapter.manifest, model, domain, pack):
            raise UsageError(f"the adapter {adapter.name} does not fit: {sentences(wrong)}")
