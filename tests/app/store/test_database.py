"""The file: damaged, newer, older, of another program, shared by processes, and killed in the middle."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from thresher.adapters.errors import StoreError
from thresher.app.documents.document import Document
from thresher.app.locations import Locations
from thresher.app.record import Outcome, Record, Value
from thresher.app.store import Store, database
from thresher.app.store.migrations import APPLICATION_ID, STEPS, documents_and_records
from thresher.app.task import Task

WRITER = """
import sys
from pathlib import Path
from thresher.app.documents.document import Document, Place, Region
from thresher.app.locations import Locations
from thresher.app.record import Outcome, Record, Span, Value
from thresher.app.store import Store
from thresher.app.task import Task

with Store.open(Locations(Path(sys.argv[1]))) as store:
    run = store.start_run(Task("d", "r", "", ()), "s", 0)
    print("run", run, flush=True)
    for n in range(int(sys.argv[2])):
        sha256, text = f"{run}-{n}", f"document {n} " * 200
        span = Span(0, 8, "document", "exact", Place(1))
        record = Record(sha256, None, sha256, "d", "r", "m", None, "ok", None,
                        {str(k): Value(f"{n}", Outcome.FOUND, 0.5, (span,)) for k in range(8)}, 0.1)
        document = Document("n", sha256, "text", text, regions=(Region(0, 8),))
        number = store.save_record(run, record, "s", document)
        print(number, sha256, flush=True)
"""


@pytest.fixture
def writer(tmp_path: Path) -> list[str]:
    script = tmp_path / "writer.py"
    script.write_text(WRITER)
    return [sys.executable, str(script), str(tmp_path)]


def _sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        whole = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return whole and connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_a_killed_process_loses_no_saved_record(writer: list[str], tmp_path: Path) -> None:
    told: list[tuple[int, str]] = []
    for seed in range(5):
        process = subprocess.Popen([*writer, "100000"], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("run")
        time.sleep(random.Random(seed).uniform(0.02, 0.3))
        process.send_signal(signal.SIGKILL)
        output, _ = process.communicate()
        # A line may have been cut by the kill; only whole lines count as told.
        lines = output[: output.rfind("\n") + 1].splitlines()
        told += [(int(number), sha256) for number, sha256 in (line.split() for line in lines)]
    assert len(told) > 20
    assert _sound(Locations(tmp_path).database)
    with Store.open(Locations(tmp_path)) as store:
        for number, sha256 in told:
            record = store.record(number).record
            assert (record.id, len(record.values)) == (sha256, 8)
            document = store.document_of(number)
            assert document is not None
            assert document.text.startswith("document ")
        assert all(run.finished is None for run in store.runs())


def test_processes_open_write_and_read_at_once(writer: list[str], tmp_path: Path) -> None:
    processes = [subprocess.Popen([*writer, "15"], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    seen = 0
    path = Locations(tmp_path).database
    while any(process.poll() is None for process in processes):
        with Store.open(Locations(tmp_path)) as store:
            for run in store.runs():
                stored = store.records(run.id)
                assert all(len(s.record.values) == 8 for s in stored)  # never half a record
                seen += len(stored)
    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    for process in processes:
        process.communicate()
    with Store.open(Locations(tmp_path)) as store:
        assert [run.ok for run in store.runs()] == [15] * 4
    assert seen > 0
    assert _sound(path)


def test_the_file_is_durable_private_and_where_locations_say(tmp_path: Path) -> None:
    locations = Locations(tmp_path / "home")
    with Store.open(locations) as store, store._database.transaction() as connection:
        pragmas = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": database.BUSY_SECONDS * 1000,
    }
    if os.name == "posix":
        assert locations.database.stat().st_mode & 0o077 == 0


def test_a_file_of_version_1_is_brought_up_with_its_records(tmp_path: Path) -> None:
    path = Locations(tmp_path).database
    with closing(sqlite3.connect(path)) as connection:
        documents_and_records(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
        task = '{"domain": "d", "record_type": "r", "instructions": "", "fields": []}'
        connection.execute(
            "INSERT INTO runs VALUES (1, ?, 's', 'm', NULL, 1, '2026-01-01T00:00:00+00:00', NULL, 0)", (task,)
        )
        connection.execute(
            """INSERT INTO records VALUES (1, 1, 'a', NULL, 'h', NULL, 's', 'd', 'r', 'm', NULL, NULL, 'ok',
            NULL, NULL, 0.5, '2026-01-01T00:00:00+00:00')"""
        )
        connection.execute("INSERT INTO record_values VALUES (1, 0, 'f', NULL, '\"v\"', 'found', 0.5, '[]')")
        connection.commit()
    with Store.open(Locations(tmp_path)) as store:
        store.correct(1, "f", "w")
        assert store.record(1).record.values["f"].value == "w"
        (answered,) = store.answered("d", "r", lambda _: "s")
        old = answered.record.values["f"]
        assert (old.value, old.signals, old.calibrated, old.accepted) == ("v", (), False, None)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(STEPS),)


def test_a_step_that_fails_leaves_the_file_at_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Locations(tmp_path).database
    Store.open(Locations(tmp_path)).close()

    def fails(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half (a)")
        connection.execute("CREATE TABLE documents (a)")

    with monkeypatch.context() as patch:
        patch.setattr("thresher.app.store.migrations.STEPS", (*STEPS, fails))
        with pytest.raises(StoreError):
            Store.open(Locations(tmp_path))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(STEPS),)
        assert connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchone() is None
    Store.open(Locations(tmp_path)).close()


def test_a_newer_file_is_refused_and_kept(tmp_path: Path) -> None:
    path = Locations(tmp_path).database
    Store.open(Locations(tmp_path)).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="update Thresher"):
        Store.open(Locations(tmp_path))
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_refused_and_kept(tmp_path: Path) -> None:
    path = Locations(tmp_path).database
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE documents (a)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        Store.open(Locations(tmp_path))
    assert path.read_bytes() == before


@pytest.mark.parametrize("size", [1, 60, 600, 20_000])
def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path, size: int) -> None:
    path = Locations(tmp_path).database
    path.write_bytes(b"not a database " * (size // 15) + b"x" * (size % 15))
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"damaged.*move it aside"):
        Store.open(Locations(tmp_path))
    assert path.read_bytes() == before


def test_a_file_with_overwritten_pages_is_told_as_damaged(writer: list[str], tmp_path: Path) -> None:
    subprocess.run([*writer, "20"], check=True, stdout=subprocess.DEVNULL)
    path = Locations(tmp_path).database
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(StoreError, match="damaged"), Store.open(Locations(tmp_path)) as store:
        store.records(1)


def test_a_locked_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Locations(tmp_path).database
    Store.open(Locations(tmp_path)).close()
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as other,
        Store.open(Locations(tmp_path)) as store,
    ):
        other.execute("BEGIN IMMEDIATE")
        assert store.runs() == []  # a writer elsewhere hinders no reader
        with pytest.raises(StoreError, match="locked"):
            store.finish_run(1, cancelled=False)


def test_a_read_does_not_wait_for_a_write_of_the_same_process(tmp_path: Path) -> None:
    path = Locations(tmp_path).database
    with (
        Store.open(Locations(tmp_path)) as store,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        writing = threading.Thread(target=store.start_run, args=(Task("d", "r", "", ()), "s", 0))
        writing.start()
        time.sleep(0.2)
        assert store.runs() == []
        assert writing.is_alive()
        other.execute("ROLLBACK")
        writing.join()
        assert len(store.runs()) == 1


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    Locations(tmp_path).database.mkdir()
    with pytest.raises(StoreError, match="THRESHER_HOME"):
        Store.open(Locations(tmp_path))
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="THRESHER_HOME"):
        Store.open(Locations(tmp_path / "file"))


def test_a_transaction_that_raises_leaves_nothing(tmp_path: Path) -> None:
    with Store.open(Locations(tmp_path)) as store:
        run = store.start_run(Task("d", "r", "", ()), "s", 1)
        values = {"a": Value("x", Outcome.FOUND, 0.5), "b": Value({"not", "JSON"}, Outcome.FOUND, 0.5)}
        record = Record("i", None, "h", "d", "r", "m", None, "ok", None, values, 0.1)
        with pytest.raises(TypeError):
            store.save_record(run, record, "s", Document("n", "h", "text", "t"))
        assert store.records(run) == []
        assert store.document_keys("h") == frozenset()
