"""A store on disk."""

from pathlib import Path
from typing import Any

import pytest

from thresher.app.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(tmp_path / "deep" / "thresher.db") as opened:
        yield opened
