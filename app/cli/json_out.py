"""JSON on stdout or stderr, a value a line."""

from typing import Any

import click

from thresher.app.export.jsonl import json_line


def echo_json(value: Any, *, err: bool = False) -> None:
    """Writes the value in UTF-8, whatever the stream would have: a file's name may hold what is no text."""
    click.echo(json_line(value), nl=False, err=err)
