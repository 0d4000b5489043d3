"""The doctor says of a home in which no extraction can run what prevents it, and changes nothing."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.base_model import read_base
from thresher.app import home_check
from thresher.app.diagnosis import Finding
from thresher.app.home_check import check_home
from thresher.app.locations import Locations
from thresher.app.session import Session
from thresher.app.store import Store
from thresher.app.store.look import LookedAt
from thresher.app.store.migrations import APPLICATION_ID, documents_and_records
from thresher.app.task import Task

from .conftest import AddAdapter


def bad(locations: Locations) -> list[Finding]:
    return [finding for finding in check_home(locations) if finding.level == "bad"]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but SQLite's index of the log, in which readers note themselves."""
    files = (path for path in folder.iterdir() if path.is_file() and not path.name.endswith("-shm"))
    return {path.name: path.read_bytes() for path in files}


@pytest.mark.parametrize(
    ("settings", "name", "remedy"),
    [
        ("model: qwen3-4b", "qwen3-4b", "Run `thresher models pull qwen3-4b`, or run"),
        ("model: my own", "my own", "Pull or add it, or run"),
        ("", "starter", "Run `thresher models pull starter`, or run"),
    ],
)
def test_a_model_that_shall_answer_and_is_not_there_prevents_work(
    settings: str, name: str, remedy: str, home_with_tiny: Locations
) -> None:
    assert bad(home_with_tiny) == []
    home_with_tiny.settings.write_text(settings)
    (found,) = bad(home_with_tiny)
    assert found.subject == f"model {name}"
    assert "not installed" in found.detail
    assert found.remedy == f"{remedy} `thresher models use tiny`."


@pytest.mark.parametrize("file", ["config.json", "thresher.json"])
def test_a_broken_model_prevents_work_where_it_shall_answer(file: str, home_with_tiny: Locations) -> None:
    shutil.copytree(home_with_tiny.models / "tiny", home_with_tiny.models / "other")
    (home_with_tiny.models / "other" / file).unlink()
    assert bad(home_with_tiny) == []
    home_with_tiny.settings.write_text("model: other")
    (found,) = bad(home_with_tiny)
    assert found.subject == "model other"
    assert f"{file} is missing" in found.detail


def _no_database(path: Path) -> None:
    path.write_bytes(b"no database at all")


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _overwritten(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:8192] + b"\xff" * 4096 + data[12288:])


def _of_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA application_id = 7")


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1000")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_no_database, "is damaged (it is no SQLite file)"),
        (_a_folder, "cannot be opened (is a folder)"),
        (_overwritten, "is damaged ("),
        (_of_another_program, "of another program"),
        (_newer, "by a newer Thresher"),
    ],
)
def test_a_database_that_cannot_be_used_prevents_work(
    spoil: Callable[[Path], None], words: str, home_with_tiny: Locations
) -> None:
    Store.open(home_with_tiny).close()
    spoil(home_with_tiny.database)
    before = contents(home_with_tiny.home)
    (found,) = bad(home_with_tiny)
    assert found.subject == "database"
    assert found.detail.startswith(f"{home_with_tiny.database}: ")
    assert words in found.detail
    assert contents(home_with_tiny.home) == before


def test_a_database_that_may_not_be_read_prevents_work(
    home: Locations, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(home).close()
    opened = os.open

    def refuse(path: Any, *rest: Any) -> int:
        if path == home.database:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *rest)

    monkeypatch.setattr(os, "open", refuse)
    (found,) = home_check._database(home)
    assert found.level == "bad"
    assert "cannot be opened (Permission denied)" in found.detail


def test_a_look_at_the_database_changes_nothing(home: Locations) -> None:
    assert [found.level for found in home_check._database(home)] == ["good"]
    assert not home.home.exists()
    with Store.open(home) as store:
        store.promote_adapter("expenses", "base", None)
        before = contents(home.home)
        assert before.keys() == {"thresher.db", "thresher.db-wal"}
        assert [found.level for found in home_check._database(home)] == ["good"]
        assert contents(home.home) == before
    before = contents(home.home)
    assert before.keys() == {"thresher.db"}
    assert [found.level for found in home_check._database(home)] == ["good"]
    assert contents(home.home) == before


def test_a_database_of_an_older_thresher_is_left_as_it_is(home: Locations) -> None:
    home.home.mkdir()
    with closing(sqlite3.connect(home.database)) as connection:
        documents_and_records(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
    before = contents(home.home)
    assert [found.level for found in home_check._database(home)] == ["good"]
    assert contents(home.home) == before


@pytest.mark.parametrize("how", ["gone", "another", "broken"])
def test_a_live_adapter_that_cannot_be_used_prevents_work(
    how: str, home_with_tiny: Locations, add_adapter: AddAdapter
) -> None:
    folder = add_adapter("mine", 1)
    with Session(home_with_tiny) as session:
        session.promote("mine", "expenses", force=True)
    assert bad(home_with_tiny) == []
    match how:
        case "gone":
            shutil.rmtree(folder)
            words = "its folder is missing"
        case "another":
            shutil.rmtree(folder)
            add_adapter("mine", 2)
            words = "it is not the one that was promoted"
        case _:
            (folder / "manifest.json").unlink()
            words = "manifest.json is missing"
    (found,) = bad(home_with_tiny)
    assert found.subject == "live adapter"
    assert "the adapter mine is live for expenses on tiny and cannot be used" in found.detail
    assert words in found.detail
    assert "thresher adapters rollback --domain expenses" in found.detail


def test_what_is_live_for_a_model_that_is_not_here_prevents_nothing(
    home_with_tiny: Locations, add_adapter: AddAdapter
) -> None:
    base = read_base(home_with_tiny.models / "tiny").identity.fingerprint
    with Store.open(home_with_tiny) as store:
        store.promote_adapter("expenses", base[::-1], "gone", "f")
        store.promote_adapter("no such pack", base, "gone", "f")
    assert bad(home_with_tiny) == []


def test_a_broken_calibration_is_told_of(home_with_tiny: Locations) -> None:
    file = home_with_tiny.calibrations / "expenses" / "receipt" / "a-b-c.json"
    file.parent.mkdir(parents=True)
    file.with_suffix(".broken").write_text("{")  # set aside
    assert [one for one in check_home(home_with_tiny) if one.subject == "calibration"] == []
    file.write_text("{")
    (found,) = [one for one in check_home(home_with_tiny) if one.subject == "calibration"]
    assert found.level == "slow"
    assert found.detail.startswith(f"{file}: cannot be read")


def test_a_database_that_is_a_link_is_read_with_the_log_beside_what_it_leads_to(
    home_with_tiny: Locations, tmp_path: Path
) -> None:
    with Store.open(home_with_tiny) as store:
        store.runs()
    home_with_tiny.database.rename(tmp_path / "elsewhere.db")
    home_with_tiny.database.symlink_to(tmp_path / "elsewhere.db")
    with Store.open(home_with_tiny) as store:
        store.start_run(Task("d", "r", "", ()), "s", 0)
        with closing(LookedAt(home_with_tiny.database)) as looked, looked.reading() as connection:
            assert connection.execute("SELECT count(*) FROM runs").fetchone()[0] == 1
