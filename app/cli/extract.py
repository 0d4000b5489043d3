"""`thresher extract`: documents in, records out, with the story of the run on stderr."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from thresher.adapters.errors import ThresherError, UsageError
from thresher.app.cli.options import (
    FILE,
    accept_option,
    check_files,
    json_option,
    open_session,
    output_options,
    parse_field_specs,
    task_options,
)

if TYPE_CHECKING:
    from thresher.app.cli.narration import Narrator
    from thresher.app.sources import Source


@contextmanager
def _reader_needed() -> Iterator[None]:
    """Makes an error of it where the reader of the output has gone: documents are left that were not done."""
    try:
        yield
    except BrokenPipeError as error:
        raise ThresherError(
            "what reads the output has gone. What is done is kept: the same command goes on."
        ) from error


@click.command()
@click.argument("paths", nargs=-1, metavar="PATH…", type=click.Path())
@click.option(
    "--records",
    "record_files",
    multiple=True,
    type=FILE,
    help='A JSON-lines file of texts to extract from: {"id", "input", "fields"?} a line. '
    "A line's fields are asked beside the pack's and those of --field, or in place of those of their names; "
    "of a record type with open fields they are all that is asked.",
)
@task_options
@output_options
@accept_option
@click.option("--again", is_flag=True, help="Do documents again that are done with the same settings.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@json_option
@_reader_needed()
def extract(
    paths: tuple[str, ...],
    record_files: tuple[Path, ...],
    domain: str | None,
    record_type: str | None,
    field_specs: tuple[str, ...],
    model: str | None,
    adapter: str | None,
    format_name: str | None,
    output: Path | None,
    overwrite: bool,
    accept_at: float | None,
    again: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Turn documents into checked records.

    PATH is a file, a folder (read in full, its folders too) or a pattern such as 'in/*.pdf'. Records go to
    stdout as JSON lines, or to --output; the story of the run goes to stderr. Ctrl-C keeps what is done.

    Exit code: 0 all done, 1 some documents failed, got no answer in part or are not there (the rest are
    written), 2 wrong use, 3 no model, 130 stopped.
    """
    from thresher.app.cli.narration import Narrator
    from thresher.app.cli.output import writing
    from thresher.app.events import RecordReady, RunFinished

    fields = parse_field_specs(field_specs)
    on_screen = output is None and sys.stdout.isatty()
    narrator = Narrator(quiet=quiet, as_json=as_json, bar=not on_screen)
    sources = _sources(paths, record_files, output, narrator)
    with open_session() as session:
        task = session.task(domain, record_type, fields, model, adapter)
        if domain is not None:
            narrator.left_out(session.found_packs().errors)
        own = (field for source in sources for field in source.fields or ())
        narrator.asks(task, session.judge(task, accept_at), own)
        with (
            writing(format_name, output, overwrite, task.fields) as writer,
            narrator,
            cancelled_by_ctrl_c(tell=narrator.notes) as cancel,
        ):
            for event in session.extract(sources, task, again=again, cancel=cancel, accept_at=accept_at):
                narrator.tell(event)
                match event:
                    case RecordReady():
                        writer.write(event.record, event.source.fields)
                    case RunFinished(cancelled=True) if output:
                        writer.abandon()  # whoever sees the file sees all of it
    narrator.summarise()
    return narrator.exit_code


def _sources(
    paths: tuple[str, ...], record_files: tuple[Path, ...], output: Path | None, narrator: "Narrator"
) -> "list[Source]":
    """What is to be read. Raises UsageError where it is nothing."""
    from thresher.app.export.target import partial_of
    from thresher.app.sources import expand_paths, read_records

    check_files(record_files)
    written = {output.resolve(), partial_of(output.resolve())} if output else set()
    if read := [file for file in record_files if file.resolve() in written]:
        raise UsageError(f"{read[0]} is to be read and written. Choose another name for --output.")
    found = expand_paths(paths, output)
    # Ids that are left out are line numbers: those of several files are told apart by the file.
    several, places = len(record_files) > 1, {source.id: "that of a file" for source in found.sources}
    sources = list(found.sources)
    for file in record_files:
        sources += read_records(file, places, f"{file}:" if several else "")
    narrator.reads(sources)
    narrator.skipped(found.skipped, found.links)
    if found.output:
        narrator.notes(f"{output} is not read: the records go there")
    if not sources:
        raise UsageError(
            "there is nothing to read. Name files, folders or patterns, or give texts with --records FILE."
        )
    return sources


def _on_stderr(line: str) -> None:
    click.echo(line, err=True)


@contextmanager
def cancelled_by_ctrl_c(
    stopping: str = "stopping; what is done is kept",
    tell: Callable[[str], None] = _on_stderr,
) -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets, so that the run ends in good order; a second one breaks off.

    `tell` says so to whoever pressed it.
    """
    cancel = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        if cancel.is_set():
            signal.default_int_handler(number, frame)
        cancel.set()
        tell(f"{stopping} (Ctrl-C again breaks off)")

    before = signal.signal(signal.SIGINT, on_signal)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)
