"""The end of a process: one of several ends at once, with what it said told."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import atexit
from thresher.train_cuda.leave import leave
atexit.register(lambda: print("taken down"))
print("said")
leave(3)
"""


@pytest.mark.parametrize(("processes", "told"), [("1", ["said", "taken down"]), ("2", ["said"])])
def test_one_of_several_ends_before_python_is_taken_down(processes: str, told: list[str]) -> None:
    """What Gloo's threads still hold would abort it while Python ends."""
    environment = os.environ | {"WORLD_SIZE": processes}
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout.split("\n")[:-1]) == (3, told), done.stderr
