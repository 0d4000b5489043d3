"""The scripts of `packaging/`, as modules."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_NAMES = (
    "make_adapters",
    "make_assorted",
    "make_examples",
    "make_listings",
    "merging",
    "recipes",
    "rounds",
    "adapter_card",
    "scoring",
)


@pytest.fixture(scope="session")
def scripts(repository: Path) -> Iterator[dict[str, Any]]:
    """By name. Skips where they are not: the sdist has none."""
    folder = repository / "packaging"
    if not (folder / "make_listings.py").is_file():
        pytest.skip("not a checkout: the sdist has no packaging scripts")
    sys.path.insert(0, str(folder))
    try:
        yield {name: __import__(name) for name in _NAMES}
    finally:
        sys.path.remove(str(folder))
