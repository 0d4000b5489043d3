"""docs/adapters.md tells every key of the manifest, and no other."""

import re
from pathlib import Path

from pydantic import BaseModel

from thresher.adapters.letters import Letters
from thresher.adapters.manifest import BoundBase, BoundPack, Data, Manifest, Recipe, Score, Source


def test_the_manifests_table_is_complete(repository: Path) -> None:
    page = (repository / "docs" / "adapters.md").read_text("utf-8")
    section = page.partition("## The manifest")[2].partition("\n## ")[0]
    rows = {cells[1]: cells[2] for line in section.splitlines() if len(cells := line.split("|")) == 4}
    named = {key for keys in rows for key in re.findall(r"`(\w+)`", keys)}
    assert named == set(Manifest.model_fields)
    parts: dict[str, type[BaseModel]] = {
        "base": BoundBase,
        "pack": BoundPack,
        "recipe": Recipe,
        "data": Data,
        "scores": Score,
        "source": Source,
        "letters": Letters,
    }
    for key, part in parts.items():
        told = set(re.findall(r"`(\w+)`", rows[f" `{key}` "]))
        assert told == set(part.model_fields), key
