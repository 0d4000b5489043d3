"""How the adapters stand to the models and packs that are here, for the commands that tell it."""

from typing import TYPE_CHECKING

from thresher.app.cli.options import warn_of_packs

if TYPE_CHECKING:
    from thresher.adapters.base_facts import InstalledModel
    from thresher.app.registry.overview import Standing
    from thresher.app.session import Session


def standings_of(session: "Session", *, as_json: bool) -> "list[Standing]":
    """How every adapter stands; a broken pack, whose adapters fit nothing, is named on stderr."""
    from thresher.app.registry.overview import overview

    found = session.found_packs()
    standings = overview(session.registry, bases_of(session), found.packs)
    warn_of_packs(found.errors, as_json=as_json)
    return standings


def bases_of(session: "Session") -> "list[InstalledModel]":
    """The installed bases, the settings' one first."""
    return sorted(session.models(), key=lambda model: model.name != session.settings.model)
