"""Whether an adapter fits a base, a domain and a pack, and which shipped one answers by itself."""

from collections.abc import Iterable
from pathlib import Path

from thresher.adapters.adapter_folder import Unfit, unfit
from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.base_model import BaseModel, read_base
from thresher.adapters.errors import AdapterError
from thresher.adapters.manifest import Manifest
from thresher.adapters.pack import Pack
from thresher.adapters.pack_form import NO_DOMAIN
from thresher.app.registry import library
from thresher.app.registry.folders import shipped_folders


class Fit:
    """Holds adapters against the installed bases, each of which is read once."""

    def __init__(self) -> None:
        self._bases: dict[tuple[Path, str], BaseModel] = {}

    def base(self, model: InstalledModel) -> BaseModel:
        """What adapters know of an installed model."""
        key = (model.folder, model.fingerprint)
        if key not in self._bases:
            self._bases[key] = read_base(model.folder)
        return self._bases[key]

    def misfits(
        self, manifest: Manifest, model: InstalledModel, domain: str, pack: Pack | None
    ) -> list[Unfit]:
        """All that keeps an adapter from this base, domain and pack; empty where it fits."""
        made = manifest.pack.domain if manifest.pack else domain
        found = unfit(manifest, self.base(model), pack if made == domain else None)
        if manifest.pack and made == domain and pack is None:
            remedy = "Put its pack's folder back, or copy it from where the adapter was made."
            found.append(Unfit("the domain", made, "no such domain", remedy))
        if made != domain:
            here = "none: fields alone are asked for" if domain == NO_DOMAIN else domain
            remedy = "Use an adapter of that domain, a general one, or --adapter none."
            found.append(Unfit("the domain", made, here, remedy))
        return found

    def shipped(
        self, own: Path, domain: str, model: InstalledModel, pack: Pack | None, record_type: str
    ) -> str | None:
        """The shipped adapter that answers where nothing was promoted: the domain's, else the general one.

        For a record type that the domain's did not learn the general one goes first, if it is fit for the
        domain. None where the base alone was measured to be better. `own` holds the user's adapters.
        """
        unlearnt = None
        for name, folder in shipped_folders(domain).items():
            try:
                manifest = library.find(own, name).manifest
            except AdapterError:
                if folder.name == model.name:
                    return name  # it would answer, were it whole: whoever asks for it is told
                continue
            if domain in manifest.unfit_for or self.misfits(manifest, model, domain, pack):
                continue
            if _is_for(manifest, record_type):
                return name
            unlearnt = unlearnt or name
        return unlearnt


def learnt_types(manifest: Manifest) -> tuple[str, ...]:
    """The record types that an adapter was trained on; empty where that is not said, or it is for any."""
    return tuple(manifest.pack.record_types) if manifest.pack else ()


def has_learnt(manifest: Manifest, record_type: str) -> bool:
    """Whether an adapter knows how the labels of a record type are written.

    One of a domain that does not say what it was trained on is taken to know them all; a general one is for
    fields that it has not seen.
    """
    return manifest.pack is not None and _is_for(manifest, record_type)


def _is_for(manifest: Manifest, record_type: str) -> bool:
    """Whether it names the record type, or names none."""
    learnt = learnt_types(manifest)
    return not learnt or record_type in learnt


def sentences(wrong: Iterable[Unfit]) -> str:
    """What does not fit, in words."""
    return " ".join(map(str, wrong))
