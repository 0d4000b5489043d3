"""All adapters at a glance: for which record types each is live, and what keeps it from use."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thresher.adapters.adapter_folder import Unfit
from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.pack import Pack
from thresher.adapters.pack_form import NO_DOMAIN
from thresher.app.registry.library import InstalledAdapter, list_adapters
from thresher.app.registry.registry import Registry
from thresher.app.task import NO_TYPE


@dataclass(frozen=True)
class Standing:
    """An adapter beside the bases that are here.

    `model` is the installed base that it was made for, None where that is not here. `live` names the record
    types that it answers for, as "domain/record_type". `wrong` is all that keeps it from use; empty where it
    fits. `proof` is what the gate said of it.
    """

    adapter: InstalledAdapter
    model: InstalledModel | None
    live: tuple[str, ...]
    wrong: tuple[Unfit, ...]
    proof: str = ""


def overview(
    registry: Registry, models: Sequence[InstalledModel], packs: Mapping[str, Pack]
) -> list[Standing]:
    """Every adapter that is whole. One whose base is not among `models` is held against the first of them."""
    live = defaultdict(list)
    for model in {model.fingerprint: model for model in reversed(models)}.values():
        for domain, pack in packs.items():
            for record_type in pack.record_types:
                name = registry.live_name(domain, model, pack, record_type)
                live[name, model.fingerprint].append(f"{domain}/{record_type}")
        live[registry.live_name(NO_DOMAIN, model, None, NO_TYPE), model.fingerprint].append(NO_DOMAIN)
    standings = []
    for adapter in list_adapters(registry.folder):
        own = made_for(adapter, models)
        against = own or next(iter(models), None)
        domain = adapter.domain or NO_DOMAIN
        wrong = registry.misfits(adapter.manifest, against, domain, packs.get(domain)) if against else []
        answers = tuple(live[adapter.name, own.fingerprint]) if own else ()
        proof = registry.proof(adapter, domain, own) if own else ""
        standings.append(Standing(adapter, own, answers, tuple(wrong), proof))
    return standings


def made_for(adapter: InstalledAdapter, models: Sequence[InstalledModel]) -> InstalledModel | None:
    """The installed base that an adapter was made for."""
    wanted = adapter.manifest.base.fingerprint
    return next((model for model in models if model.fingerprint == wanted), None)
