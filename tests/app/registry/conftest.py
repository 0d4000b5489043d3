"""A session in which a tiny base answers."""

from collections.abc import Iterator

import pytest

from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.pack import Pack
from thresher.adapters.pack_library import find_packs
from thresher.app.locations import Locations
from thresher.app.models import library
from thresher.app.registry.registry import Registry
from thresher.app.session import Session


@pytest.fixture
def model(home_with_tiny: Locations) -> InstalledModel:
    """The tiny base."""
    return library.find(home_with_tiny.models, "tiny")


@pytest.fixture
def packs() -> dict[str, Pack]:
    """The packs that ship."""
    return find_packs().packs


@pytest.fixture
def session(model: InstalledModel, home_with_tiny: Locations) -> Iterator[Session]:
    """A session in which the tiny base answers."""
    with Session(home_with_tiny) as session:
        yield session


@pytest.fixture
def registry(session: Session) -> Registry:
    """Its registry."""
    return session.registry
