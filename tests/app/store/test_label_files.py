"""Files of corrections hold documents' texts: nobody else reads them, and what is forgotten goes."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from thresher.adapters.errors import StoreError
from thresher.app.locations import Locations
from thresher.app.store import Store
from thresher.app.store.label_files import CORRECTIONS_FILE, label_id, write

from .stored import DOCUMENT, RECORD, TASK


def label(sha256: str, text: str) -> dict[str, object]:
    return {"id": label_id(sha256), "input": text, "output": {"company": None}}


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_nobody_else_may_read_them(tmp_path: Path) -> None:
    path = tmp_path / "run" / CORRECTIONS_FILE
    path.parent.mkdir()
    path.write_text("of an older version", "utf-8")
    path.chmod(0o644)
    write(path, [label("aa" * 32, "secret")])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_forgotten_document_goes_from_the_trainings_that_were_stopped(tmp_path: Path) -> None:
    home = Locations(tmp_path)
    private = "ab" * 32
    both, alone = (home.training / name / CORRECTIONS_FILE for name in ("expenses-1", "mine"))
    write(both, [label(private, "secret"), label("cd" * 32, "Other\u2028text")])
    write(alone, [label(private, "secret")])
    with Store.open(home) as store:
        run = store.start_run(TASK, "s", 1)
        store.save_record(run, replace(RECORD, sha256=private), "s", replace(DOCUMENT, sha256=private))
        assert store.forget_document(private)
        assert not store.forget_document(private)
    assert not alone.exists()
    (line,) = both.read_text("utf-8").split("\n")[:-1]
    assert "Other\u2028text" in line


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    home = Locations(tmp_path)
    broken = home.training / "mine" / CORRECTIONS_FILE
    broken.parent.mkdir(parents=True)
    broken.write_text("{", "utf-8")
    with Store.open(home) as store, pytest.raises(StoreError, match=r"corrections\.jsonl: .* remove it"):
        store.forget_document("ab" * 32)
