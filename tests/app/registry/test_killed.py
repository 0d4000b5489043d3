"""Promoting and rolling back are one change each: a kill leaves what was, or what is to be."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from thresher.app.locations import Locations
from thresher.app.store import Store

#: Each change is told once it is made; `state` is what is live after so many changes.
CHANGES = """
import sys
from itertools import count
from pathlib import Path
from thresher.app.locations import Locations
from thresher.app.store import Store

with Store.open(Locations(Path(sys.argv[1]))) as store:
    for n in count():
        print(n, flush=True)
        if n % 3 == 2:
            assert store.roll_back_adapter("expenses", "base")
        else:
            assert store.promote_adapter("expenses", "base", f"a{n}", f"{n}")
"""


def states(changes: int) -> list[str | None]:
    """What is live before the first change and after each."""
    stack: list[str] = []
    seen: list[str | None] = [None]
    for n in range(changes):
        if n % 3 == 2:
            stack.pop()
        else:
            stack.append(f"a{n}")
        seen.append(stack[-1])
    return seen


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_a_kill_leaves_the_state_before_or_after_a_change(tmp_path: Path) -> None:
    script = tmp_path / "changes.py"
    script.write_text(CHANGES)
    changes = 0
    for seed in range(6):
        home = tmp_path / str(seed)
        # Without a buffer, which would keep lines that came with the first from `communicate`.
        process = subprocess.Popen(
            [sys.executable, str(script), str(home)], stdout=subprocess.PIPE, bufsize=0
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"0\n"
        time.sleep(random.Random(seed).uniform(0.01, 0.2))
        process.send_signal(signal.SIGKILL)
        output, _ = process.communicate()
        told = output[: output.rfind(b"\n") + 1].split()
        begun = int(told[-1]) if told else 0  # this change was made, or was not
        changes += begun
        with Store.open(Locations(home)) as store:
            found = store.live_adapter("expenses", "base", "receipt")
            assert (found.adapter if found else None) in states(begun + 1)[begun:]
            # The whole stack below is there too.
            while found is not None:
                assert found.fingerprint == (found.adapter or "")[1:]
                assert store.roll_back_adapter("expenses", "base")
                found = store.live_adapter("expenses", "base", "receipt")
            assert not store.roll_back_adapter("expenses", "base")
    assert changes > 10


def test_two_processes_see_one_stack(tmp_path: Path) -> None:
    home = Locations(tmp_path)
    with Store.open(home) as one, Store.open(home) as two:
        assert one.promote_adapter("legal", "base", "a", "1")
        assert not two.promote_adapter("legal", "base", "a", "1")
        assert two.promote_adapter("legal", "base", "b", "2")
        found = one.live_adapter("legal", "base", "nda")
        assert found is not None
        assert (found.adapter, found.ended) == ("b", None)
        two.withdraw_adapter("a")
        assert one.roll_back_adapter("legal", "base")
        assert two.live_adapters() == []
        past = one.promotions("a") + one.promotions("b")
        assert [(each.adapter, each.ended is not None) for each in past] == [("a", True), ("b", True)]
