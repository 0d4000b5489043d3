"""A session in which a tiny base answers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.pack import Pack
from thresher.adapters.pack_library import find_packs
from thresher.app.locations import Locations
from thresher.app.models import library
from thresher.app.registry import folders
from thresher.app.registry.registry import Registry
from thresher.app.session import Session

Live = Callable[..., str | None]


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


@pytest.fixture
def expenses(packs: dict[str, Pack]) -> Pack:
    """The pack for receipts."""
    return packs["expenses"]


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this Thresher's packs and shipped adapters lie; none yet."""
    monkeypatch.setattr(folders, "SHIPPED", tmp_path / "packs")
    monkeypatch.setattr(folders, "GENERAL", tmp_path / "general")
    return tmp_path


@pytest.fixture
def live(registry: Registry, model: InstalledModel) -> Live:
    """The name of what answers for a record type of a pack, its first where none is named."""

    def ask(pack: Pack, record_type: str = "") -> str | None:
        found = registry.live(pack.domain, model, pack, record_type or next(iter(pack.record_types)))
        return found.name if found else None

    return ask
