"""A store on disk."""

from pathlib import Path
from typing import Any

import pytest

from thresher.app.locations import Locations
from thresher.app.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(Locations(tmp_path / "deep")) as opened:
        yield opened
