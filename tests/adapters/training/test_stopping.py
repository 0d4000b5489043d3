"""A process that reads is ended by a signal at once; one that trains is asked to stop."""

import signal
import subprocess
import sys

import pytest

READS = """
import sys, time
from thresher.adapters.training.stopping import Stopping
stopping = Stopping()
stopping.with_parent()
"""
SAYS_SO = "print('ready', flush=True)\n"


def ended(code: str, number: int | None) -> int:
    """The exit code of a process that gets a signal, or whose stdin ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == "ready\n"
        if number is None:
            process.stdin.close()
        else:
            process.send_signal(number)
        return process.wait(timeout=60)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, -2), (signal.SIGTERM, -15), (None, 130)], ids=str
)
def test_a_stop_while_it_reads_ends_the_process(number: int | None, code: int) -> None:
    assert ended(f"{READS}{SAYS_SO}time.sleep(60)", number) == code


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, None], ids=str)
def test_a_stop_while_it_trains_is_asked_for(number: int | None) -> None:
    trains = f"stopping.after_the_step()\n{SAYS_SO}sys.exit(7 if stopping.asked.wait(60) else 1)"
    assert ended(f"{READS}{trains}", number) == 7
