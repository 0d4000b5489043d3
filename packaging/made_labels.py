"""Files of made-up labels: how one is written, and the command of a script that makes one kind of them."""

import argparse
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from thresher.adapters.atomic import replacing


def write_labels(path: Path, labels: Iterable[dict[str, Any]]) -> None:
    """Writes the labels as JSON lines, whole or not at all."""
    with replacing(path) as file:
        for label in labels:
            file.write((json.dumps(label, ensure_ascii=False) + "\n").encode())


def command(about: str, count: int, write: Callable[[Path, int, int], None]) -> None:
    """Writes the file of the command line: so many labels, `count` where it is not said, of a seed.

    `about` is the script's docstring.
    """
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=count)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    write(asked.out, asked.count, asked.seed)
