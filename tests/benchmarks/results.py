"""Results that are measured one by one: JSON lines, a line each, and the table made of them."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any


def measuring(
    parser: argparse.ArgumentParser,
    table: Callable[[list[dict[str, Any]]], str],
    given: Sequence[str] | None = None,
) -> argparse.Namespace:
    """What was asked for, the file of `results` with it. Where that is their table, prints it and ends."""
    parser.add_argument("--results", type=Path, required=True, help="JSON lines: a line for each result")
    parser.add_argument("--table", action="store_true", help="print what was measured")
    asked = parser.parse_args(given)
    if asked.table:
        sys.stdout.write(table(read_results(asked.results)) + "\n")
        sys.exit()
    return asked


def read_results(path: Path) -> list[dict[str, Any]]:
    """What is there already."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def is_there(path: Path, key: Mapping[str, Any]) -> bool:
    """Whether a result has these keys with these values."""
    return any(key.items() <= one.items() for one in read_results(path))


def add_result(path: Path, result: dict[str, Any]) -> None:
    """Adds one at the end."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(result) + "\n")


def markdown(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown, without a line's end after its last."""
    lines = [f"| {' | '.join(titles)} |", f"|{' --- |' * len(titles)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
