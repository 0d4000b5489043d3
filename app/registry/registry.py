"""The registry: which adapter answers for a domain and a base, and who may take its place.

Live is what was promoted last and stands; where nothing was, the shipped adapter of the domain if it fits,
else the shipped general one if it fits, else none. A promotion that can no longer be kept is an error that
says what to do, and never a silent answer of the base.
"""

from pathlib import Path

from thresher.adapters.adapter import Adapter
from thresher.adapters.adapter_folder import Unfit, read_adapter, unfit, write_adapter
from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.base_model import BaseModel, read_base
from thresher.adapters.errors import AdapterError, UsageError
from thresher.adapters.manifest import Manifest
from thresher.adapters.pack import Pack
from thresher.app.locations import Locations
from thresher.app.registry import library
from thresher.app.registry.admission import kept_out, newest, standing, told
from thresher.app.registry.folders import NONE, adapter_folders, check_new_name, own_folder, shipped_folders
from thresher.app.registry.library import InstalledAdapter
from thresher.app.registry.offer import Offer
from thresher.app.store.store import Store
from thresher.app.task import NO_DOMAIN

_MISSING = "its folder is missing."


class Registry:
    """A user's adapters beside those that ship. Promotions are kept in the store: each is one transaction."""

    def __init__(self, locations: Locations, store: Store) -> None:
        self.folder = locations.adapters
        self._store = store
        self._bases: dict[tuple[Path, str], BaseModel] = {}

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
                problems[name] = (
                    f"{problems.get(name, _MISSING)} It is live for {live.domain} on the base "
                    f"{live.base[:12]}: roll back with `thresher adapters rollback --domain {live.domain}`."
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
        key = (model.folder, model.fingerprint)
        if key not in self._bases:
            self._bases[key] = read_base(model.folder)
        return self._bases[key]

    def misfits(
        self, manifest: Manifest, model: InstalledModel, domain: str, pack: Pack | None
    ) -> list[Unfit]:
        """All that keeps an adapter from this base, domain and pack; empty where it fits."""
        made = manifest.pack.domain if manifest.pack else domain
        found = unfit(manifest, self.base(model), pack.hash if pack and made == domain else None)
        if manifest.pack and made == domain and pack is None:
            found.append(Unfit("the domain", made, "no such domain", "Put its pack back where it was."))
        if made != domain:
            here = "none: fields alone are asked for" if domain == NO_DOMAIN else domain
            remedy = "Use an adapter of that domain, a general one, or --adapter none."
            found.append(Unfit("the domain", made, here, remedy))
        return found

    def chosen(
        self,
        name: str | None,
        domain: str,
        model: InstalledModel,
        pack: Pack | None,
        record_type: str | None = None,
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
        self, domain: str, model: InstalledModel, pack: Pack | None, record_type: str | None = None
    ) -> InstalledAdapter | None:
        """The adapter that answers where none is named. Raises AdapterError where it cannot be used.

        What was promoted answers for all of its domain. One that ships answers by itself for the record types
        that it learnt: on others it is worse than the general one, and stands back where that one is fit for
        the domain. Without `record_type` it is the domain's.
        """
        promotion = self._store.live_adapter(domain, model.fingerprint)
        if promotion is None:
            return self._shipped(domain, model, pack, record_type)
        if promotion.adapter is None:
            return None
        name = promotion.adapter
        try:
            found = library.find(self.folder, name)
        except UsageError:
            raise self._unusable(name, domain, model, _MISSING) from None
        except AdapterError as error:
            raise self._unusable(name, domain, model, str(error)) from error
        if promotion.fingerprint not in (None, found.fingerprint):
            how = "it is not the one that was promoted. Promote it again if it is the one that you want."
            raise self._unusable(name, domain, model, how)
        if wrong := self.misfits(found.manifest, model, domain, pack):
            raise self._unusable(name, domain, model, _sentences(wrong))
        return found

    def offers(
        self, domain: str, model: InstalledModel, pack: Pack | None, record_type: str | None = None
    ) -> list[Offer]:
        """The adapters of a domain and the general ones, those that fit first, as they stand to this base."""
        live = self.live_name(domain, model, pack, record_type)
        offers = [
            Offer(each.name, each, each.name == live, _sentences(wrong), self.proof(each, domain, model))
            for each in library.list_adapters(self.folder)
            if each.domain in (None, domain)
            for wrong in (self.misfits(each.manifest, model, domain, pack),)
        ]
        broken = dict(library.broken_adapters(self.folder))
        if live is not None and live not in {offer.name for offer in offers}:
            broken.setdefault(live, _MISSING)
        offers += [Offer(name, None, name == live, problem) for name, problem in broken.items()]
        return sorted(offers, key=lambda offer: (bool(offer.problem), offer.name))

    def proof(self, adapter: InstalledAdapter, domain: str, model: InstalledModel) -> str:
        """What the gate said last of an adapter, in words; "" where it said nothing."""
        trained_here = self._store.training(adapter.manifest.weights) is not None
        return told(newest(self._store.verdicts(adapter.fingerprint), domain, model), trained_here)

    def live_name(
        self, domain: str, model: InstalledModel, pack: Pack | None, record_type: str | None = None
    ) -> str | None:
        """The name of the adapter that is live, usable or not."""
        promotion = self._store.live_adapter(domain, model.fingerprint)
        return promotion.adapter if promotion else self._default(domain, model, pack, record_type)

    def promote(
        self, name: str, domain: str, model: InstalledModel, pack: Pack | None, *, force: bool = False
    ) -> bool:
        """Lets `name` ("none": the base alone) answer from now on; False where it is live already.

        Raises UsageError where it does not fit, or, without `force`, where the gate keeps it out;
        AdapterError where it is broken: nothing is changed then.
        """
        if name == NONE:
            return self._store.promote_adapter(domain, model.fingerprint, None)
        found = self.find(name)
        self._refuse(found, model, domain, pack)
        if not force and (why := self.kept_out(found, domain, model, pack)):
            raise UsageError(
                f"{name} is not promoted: {why}. Prove it with `thresher adapters prove {name}`, or let it "
                f"answer all the same with `thresher adapters promote {name} --force`."
            )
        self.load(found, model)
        # A shipped one changes with Thresher: whichever version is there is meant.
        fingerprint = None if found.shipped else found.fingerprint
        return self._store.promote_adapter(domain, model.fingerprint, name, fingerprint)

    def kept_out(
        self, adapter: InstalledAdapter, domain: str, model: InstalledModel, pack: Pack | None
    ) -> str:
        """Why the gate does not let an adapter become live; "" where it does."""
        live_name = self.live_name(domain, model, pack)
        if live_name == adapter.name:
            return ""
        trained_here = self._store.training(adapter.manifest.weights) is not None
        other = live_name or "the base alone"
        try:
            live = self.live(domain, model, pack)
        except AdapterError:
            return (
                f"{other} is live and cannot be used, so nothing is proved beside it" if trained_here else ""
            )
        verdicts = standing(self._store.verdicts(adapter.fingerprint), domain, model, live)
        return kept_out(verdicts, trained_here, other)

    def roll_back(self, domain: str, model: InstalledModel) -> None:
        """Undoes the last promotion that stands. Raises UsageError where none does."""
        if not self._store.roll_back_adapter(domain, model.fingerprint):
            raise UsageError(
                f"nothing was promoted for {domain} on {model.name}: there is nothing to roll back. "
                f"To let the base answer alone, run `thresher adapters promote none --domain {domain}`."
            )

    def remove(self, name: str, *, force: bool = False) -> int:
        """Deletes one of the user's adapters; returns the bytes freed.

        Raises UsageError where there is none of that name, and where it is live: unless `force`, which rolls
        back first.
        """
        own_folder(self.folder, name)
        live = [each for each in self._store.live_adapters() if each.adapter == name]
        if live and not force:
            where = ", ".join(each.domain for each in live)
            raise UsageError(
                f"{name} is live for {where}. Roll back first with `thresher adapters rollback --domain "
                f"{live[0].domain}`, or remove it with --force, which does."
            )
        self._store.withdraw_adapter(name)
        return library.remove(self.folder, name)

    def _shipped(
        self, domain: str, model: InstalledModel, pack: Pack | None, record_type: str | None
    ) -> InstalledAdapter | None:
        name = self._default(domain, model, pack, record_type)
        try:
            return self.find(name) if name else None
        except AdapterError as error:
            raise AdapterError(
                f"the adapter {name}, which ships with Thresher, is live for {domain} on {model.name} and "
                f"cannot be used: {error} Install Thresher again, or let the base answer alone with "
                "--adapter none."
            ) from error

    def _default(
        self, domain: str, model: InstalledModel, pack: Pack | None, record_type: str | None
    ) -> str | None:
        """The shipped adapter that answers where nothing was promoted: the domain's, else the general one.

        For a record type that the domain's did not learn the general one goes first, if it is fit for the
        domain. None where the base alone was measured to be better.
        """
        unlearnt = None
        for name, folder in shipped_folders(domain).items():
            try:
                manifest = self.find(name).manifest
            except AdapterError:
                if folder.name == model.name:
                    return name  # it would answer, were it whole: whoever asks for it is told
                continue
            learnt = manifest.pack.record_types if manifest.pack else ()
            if domain in manifest.unfit_for or self.misfits(manifest, model, domain, pack):
                continue
            if record_type is None or not learnt or record_type in learnt:
                return name
            unlearnt = unlearnt or name
        return unlearnt

    def _refuse(
        self, adapter: InstalledAdapter, model: InstalledModel, domain: str, pack: Pack | None
    ) -> None:
        if wrong := self.misfits(adapter.manifest, model, domain, pack):
            raise UsageError(f"the adapter {adapter.name} does not fit: {_sentences(wrong)}")

    def _unusable(self, name: str, domain: str, model: InstalledModel, why: str) -> AdapterError:
        return AdapterError(
            f"the adapter {name} is live for {domain} on {model.name} and cannot be used: {why} Roll back "
            f"with `thresher adapters rollback --domain {domain} --model {model.name}`, or let the base "
            "answer alone with --adapter none."
        )


def _sentences(wrong: list[Unfit]) -> str:
    return " ".join(map(str, wrong))
