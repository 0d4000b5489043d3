"""Fixtures for all tests: a home of their own, and the starter model that `make test` has pulled."""

import os
from pathlib import Path

import pytest

from thresher.adapters.blas import load_fast_blas
from thresher.app.locations import Locations

# Before any test imports MLX.
load_fast_blas()

# Read before any test changes the environment: where `thresher models pull starter` has put the model.
_REAL_HOME = Locations.default()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Locations:
    """An empty THRESHER_HOME for this test alone: no test reads or writes the user's data."""
    folder = tmp_path / "home"
    monkeypatch.setenv("THRESHER_HOME", str(folder))
    return Locations(folder)


@pytest.fixture(scope="session")
def starter() -> Path:
    """The folder of the starter model, shared by all tests: read it, never write to it."""
    folder = _REAL_HOME.models / "starter"
    if not (folder / "config.json").is_file():
        message = "the starter model is not installed; run: thresher models pull starter"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture
def home_with_starter(home: Locations, starter: Path) -> Locations:
    """This test's home, with the starter in it by a link."""
    home.models.mkdir(parents=True)
    (home.models / "starter").symlink_to(starter, target_is_directory=True)
    return home


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data(repository: Path) -> Path:
    """The labelled documents beside the checkout, where a developer has them."""
    folder = repository.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the labelled documents are not on this machine")
    return folder
