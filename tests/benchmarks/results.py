"""Results that are measured one by one: JSON lines, a line each, and the table made of them."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any


def read_results(path: Path) -> list[dict[str, Any]]:
    """What is there already."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def add_result(path: Path, result: dict[str, Any]) -> None:
    """Adds one at the end."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(result) + "\n")


def markdown(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown, without a line's end after its last."""
    lines = [f"| {' | '.join(titles)} |", f"|{' --- |' * len(titles)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
