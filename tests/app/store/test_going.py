"""A run goes on while the process that works on it does, and no longer."""

import subprocess
import sys
from pathlib import Path

from thresher.app.store.going import Going

WORKS = """
import sys
from pathlib import Path
from thresher.app.store.going import Going
going = Going(Path(sys.argv[1]))
going.begin(7)
print("works", flush=True)
sys.stdin.read()
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
