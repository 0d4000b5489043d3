"""A pack as a user writes one: a record type of some fields."""

from collections.abc import Sequence
from pathlib import Path

import yaml

from thresher.adapters.fields import Field


def write_pack(
    packs: Path, domain: str, record_type: str, fields: Sequence[Field], *, open_fields: bool = False
) -> Path:
    """Its folder in `packs`; a pack of that domain which is there has these fields then."""
    kind = {
        "name": record_type,
        "title": record_type.title(),
        "instructions": "Read.",
        "open_fields": open_fields,
        "fields": [field.model_dump(mode="json", exclude_defaults=True) for field in fields],
    }
    content = {
        "format": 1,
        "domain": domain,
        "title": "Mine",
        "description": "Mine.",
        "record_types": [kind],
    }
    folder = packs / domain
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(yaml.safe_dump(content), "utf-8")
    return folder
