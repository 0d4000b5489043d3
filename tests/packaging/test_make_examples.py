"""The binary example documents are what their script makes."""

from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.pack_library import SHIPPED, find_packs
from thresher.app.documents.read import read_document

BINARY = {".docx", ".xlsx", ".pdf", ".jpg", ".png"}


def test_they_say_what_their_script_says(
    scripts: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripts["make_examples"], "PACKS", tmp_path)
    scripts["make_examples"].main()
    made = {path.relative_to(tmp_path): path for path in tmp_path.rglob("*") if path.is_file()}
    types = [each for pack in find_packs().packs.values() for each in pack.record_types.values()]
    examples = [example.path for each in types for example in each.examples()]
    assert made.keys() == {path.relative_to(SHIPPED) for path in examples if path.suffix in BINARY}
    for name, path in made.items():
        if name.suffix not in (".jpg", ".png"):  # pixels differ from one Pillow to the next
            assert read_document(path).text == read_document(SHIPPED / name).text, name
