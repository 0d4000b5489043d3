"""Sides of a benchmark in turns, each turn a process of its own: no side warms another's caches."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def in_turns(
    script: str, sides: Iterable[str], record: str, labels: Path, count: int, rounds: int
) -> dict[str, list[dict[str, Any]]]:
    """What each turn wrote as JSON in its last line, by side.

    A turn is `script --turn SIDE RECORD FILE`, where FILE has the first `count` lines of `labels`.
    """
    lines = labels.read_text("utf-8").splitlines()[:count]
    results: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
    with tempfile.TemporaryDirectory() as folder:
        few = Path(folder) / "labels.jsonl"
        few.write_text("\n".join(lines) + "\n", "utf-8")
        for _ in range(rounds):
            for side, turns in results.items():
                command = [sys.executable, script, "--turn", side, record, str(few)]
                said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
                turns.append(json.loads(said.splitlines()[-1]))
    return results
