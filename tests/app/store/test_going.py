"""A run goes on while the process that works on it does, and no longer."""

import subprocess
import sys
import threading
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import pytest

from thresher.adapters.errors import StoreError
from thresher.app.locations import Locations
from thresher.app.store import runs
from thresher.app.store.going import Going
from thresher.app.store.store import Store
from thresher.app.task import Task

WORKS = """
import sys
from pathlib import Path
from thresher.app.store.going import Going
going = Going(Path(sys.argv[1]))
going.begin(7)
print("works", flush=True)
sys.stdin.read()
"""
ASKS = """
import sys
from pathlib import Path
from thresher.app.store.going import Going
print(Going(Path(sys.argv[1])).holds(1))
"""


def test_a_run_of_another_process_goes_on_until_that_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "runs.lock"
    going = Going(path)
    with subprocess.Popen(
        [sys.executable, "-c", WORKS, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        other.stdout.readline()
        assert going.holds(7)
        assert not going.holds(8)
        other.kill()
        other.wait()
        assert not going.holds(7)
    going.close()


def test_a_run_of_ones_own_goes_on_until_it_ends(tmp_path: Path) -> None:
    going = Going(tmp_path / "runs.lock")
    going.begin(1)
    going.begin(2)
    going.end(1)
    assert (going.holds(1), going.holds(2)) == (False, True)
    going.close()


def test_what_cannot_be_known_goes_on(tmp_path: Path) -> None:
    going = Going(tmp_path / "no such folder" / "runs.lock")
    going.begin(1)
    going.end(1)
    assert going.holds(1)
    going.close()


def test_a_run_that_begins_while_another_thread_asks_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "runs.lock"
    going, opens, begun = Going(path), threading.Event(), threading.Event()
    opened = Path.open

    def slow(self: Path, *options: Any) -> Any:
        if threading.current_thread() is asks:
            opens.set()
            begun.wait(0.3)
        return opened(self, *options)

    asks = threading.Thread(target=going.holds, args=(2,))
    with monkeypatch.context() as slowed:
        slowed.setattr(Path, "open", slow)
        asks.start()
        opens.wait()
        going.begin(1)
        begun.set()
        asks.join()
    other = subprocess.run([sys.executable, "-c", ASKS, path], capture_output=True, text=True, check=True)
    assert other.stdout == "True\n"
    going.close()


@pytest.mark.parametrize("error", [None, OSError("a disk that is gone")])
def test_a_run_goes_on_until_its_end_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    held = []

    def finish(_: Connection, run: int, _cancelled: bool) -> None:
        held.append(store.goes_on(run))
        if error:
            raise error

    monkeypatch.setattr(runs, "finish", finish)
    with Store.open(Locations(tmp_path)) as store:
        run = store.start_run(Task("expenses", "receipt", "Find it.", ()), "hash", 1)
        if error:
            with pytest.raises(StoreError):
                store.finish_run(run, cancelled=False)
        else:
            store.finish_run(run, cancelled=False)
        assert held == [True]
        assert not store.goes_on(run)
