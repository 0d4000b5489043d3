"""Which adapter answers for a record type and a base.

Live is what was promoted for it last and stands; where nothing was, the shipped adapter of the domain if it
fits, else the shipped general one if it fits, else none. A promotion that can no longer be kept is an error
that says what to do, and never a silent answer of the base.
"""

from dataclasses import replace
from pathlib import Path

from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.errors import AdapterError, UsageError
from thresher.adapters.pack import Pack
from thresher.app.registry import library
from thresher.app.registry.fit import Fit, sentences
from thresher.app.registry.library import InstalledAdapter
from thresher.app.store.live_adapters import Promotion
from thresher.app.store.store import Store
from thresher.app.wording import of_domain

MISSING = "its folder is missing."


class Live:
    """Finds what is live among the adapters in `folder` and those that ship."""

    def __init__(self, folder: Path, store: Store, fit: Fit) -> None:
        self._folder = folder
        self._store = store
        self._fit = fit

    def adapter(
        self, domain: str, model: InstalledModel, pack: Pack | None, record_type: str
    ) -> InstalledAdapter | None:
        """The adapter that answers where none is named. Raises AdapterError where it cannot be used.

        One that ships answers by itself for the record types that it learnt: on others it is worse than the
        general one, and stands back where that one is fit for the domain.
        """
        promotion = self._promotion(domain, model, record_type)
        if promotion is None:
            return self._shipped(domain, model, pack, record_type)
        if promotion.adapter is None:
            return None
        try:
            found = library.find(self._folder, promotion.adapter)
        except UsageError:
            raise _unusable(promotion, model, MISSING) from None
        except AdapterError as error:
            raise _unusable(promotion, model, str(error)) from error
        if promotion.fingerprint not in (None, found.fingerprint):
            how = "it is not the one that was promoted. Promote it again if it is the one that you want."
            raise _unusable(promotion, model, how)
        if wrong := self._fit.misfits(found.manifest, model, domain, pack):
            raise _unusable(promotion, model, sentences(wrong))
        return found

    def name(self, domain: str, model: InstalledModel, pack: Pack | None, record_type: str) -> str | None:
        """The name of the adapter that is live, usable or not."""
        promotion = self._store.live_adapter(domain, model.fingerprint, record_type)
        if promotion:
            return promotion.adapter
        return self._fit.shipped(self._folder, domain, model, pack, record_type)

    def way_back(self, domain: str, model: InstalledModel, record_type: str) -> str | None:
        """The command that rolls back what is live; None where nothing was promoted."""
        promotion = self._promotion(domain, model, record_type)
        return rollback_command(promotion, model) if promotion else None

    def _promotion(self, domain: str, model: InstalledModel, record_type: str) -> Promotion | None:
        """What was promoted last: it is told of, and rolled back, for the record type that is asked."""
        promotion = self._store.live_adapter(domain, model.fingerprint, record_type)
        if promotion and promotion.record_types:
            promotion = replace(promotion, record_types=(record_type,))
        return promotion

    def _shipped(
        self, domain: str, model: InstalledModel, pack: Pack | None, record_type: str
    ) -> InstalledAdapter | None:
        name = self._fit.shipped(self._folder, domain, model, pack, record_type)
        try:
            return library.find(self._folder, name) if name else None
        except AdapterError as error:
            raise AdapterError(
                f"the adapter {name}, which ships with Thresher, is live for {domain} on {model.name} and "
                f"cannot be used: {error} Install Thresher again, or let the base answer alone with "
                "--adapter none."
            ) from error


def _unusable(promotion: Promotion, model: InstalledModel, why: str) -> AdapterError:
    about = of_domain(promotion.domain, promotion.record_types)
    return AdapterError(
        f"the adapter {promotion.adapter} is live for {about} on {model.name} and cannot be used: {why} Roll "
        f"back with `{rollback_command(promotion, model)}`, or let the base answer alone with "
        "--adapter none."
    )


def rollback_command(live: Promotion, model: InstalledModel) -> str:
    """The command that takes just this one off, of its base."""
    of = f" --record-type {live.record_types[0]}" if live.record_types else ""
    return f"thresher adapters rollback --domain {live.domain}{of} --model {model.name}"
