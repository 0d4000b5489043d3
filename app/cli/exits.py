"""How a command ends: exit codes, and an error as a line for a person or for a script.

0   all done
1   some documents failed, got no answer in part or are not there (the rest are written), or something on
    this machine failed, or what reads the output has gone before its end
2   wrong use: the command, an option or the file it names, a pack
3   no model
70  a defect of Thresher's own; the log says where
130 stopped with Ctrl-C; what is done is kept
"""

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from thresher.adapters.errors import ModelError, PackError, ThresherError, UsageError, takes_no_more
from thresher.app.locations import Locations

DONE = 0
SOME_FAILED = 1
WRONG_USE = 2
NO_MODEL = 3
DEFECT = 70
STOPPED = 130


def exit_code(error: ThresherError) -> int:
    """The exit code that an error stands for."""
    match error:
        case _ if takes_no_more(error.__cause__):
            return SOME_FAILED
        case UsageError() | PackError():
            return WRONG_USE
        case ModelError():
            return NO_MODEL
        case _:
            return SOME_FAILED


def report(
    kind: str, message: str, *, as_json: bool, document: str | None = None, lines: Sequence[str] = ()
) -> None:
    """Write one error to stderr: `error: message`, or a JSON object on a line.

    A person reads `lines` in its place, where it has several: whatever else looks like a line's end is none.

    `document` is the path or id of the document at fault: it leads the line, also in place of the mere name
    of its file, which others of a batch may share.
    """
    if as_json:
        report_json(kind, message, document)
    else:
        from thresher.adapters.visible import one_line

        first, *rest = lines or (message,)
        if document is not None and not first.startswith(f"{document}: "):
            first = f"{document}: {first.removeprefix(f'{Path(document).name}: ')}"
        for line in (f"error: {first}", *rest):
            click.echo(one_line(line), err=True)


def report_json(kind: str, message: str, document: str | None = None) -> None:
    """Write an error, or a note, to stderr as a JSON object on a line."""
    from thresher.app.cli.json_out import echo_json

    entry = {"kind": kind, "message": message}
    if document is not None:
        entry["document"] = document
    echo_json(entry, err=True)


def stopped(message: str, *, as_json: bool) -> int:
    """Say on stderr that the command was stopped; the exit code."""
    if as_json:
        report_json("stopped", message)
    else:
        click.echo(message, err=True)
    return STOPPED


def give_up_stdout() -> None:
    """Drop what stdout does not take: Python would try, and complain, once more at its own exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def report_defect(error: Exception, *, as_json: bool) -> None:
    """Log where a defect happened, without the error's own text, which may quote a document."""
    logs = Locations.default().logs
    where = f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"
    try:
        logs.mkdir(parents=True, exist_ok=True)
        log = logs / "defect.log"
        log.write_text(where, encoding="utf-8")
        hint = f"{log} says where and holds no document text: please send it with a report"
    except OSError as cause:
        sys.stderr.write(where)
        hint = f"the log could not be written ({cause})"
    report(
        "defect", f"{type(error).__name__}: {error}. This is a defect of Thresher; {hint}.", as_json=as_json
    )
