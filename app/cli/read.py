"""`thresher read`: the text of one document, exactly as records count its characters."""

import dataclasses
import sys
from pathlib import Path

import click

from thresher.app.cli.options import FILE, json_option


@click.command()
@click.argument("path", type=FILE)
@click.option(
    "--places", is_flag=True, help="For each piece of text, its offsets and its place, a line each."
)
@json_option
def read(path: Path, places: bool, as_json: bool) -> None:
    """Print the text of the document at PATH.

    A record's "start" and "end" count the characters (not bytes) of this text. Into a file or a
    pipe it is written as it is, with no line end added; a terminal gets control characters made visible.
    """
    from thresher.adapters.visible import one_line, visible
    from thresher.app.cli.json_out import echo_json
    from thresher.app.documents.read import read_document

    document = read_document(path)
    pieces = [
        {
            "start": region.start,
            "end": region.end,
            **{k: v for k, v in dataclasses.asdict(document.place(region.start, region.end)).items() if v},
            "text": document.text[region.start : region.end],
        }
        for region in (document.regions if places else ())
    ]
    if as_json:
        described = {
            "path": str(path),
            "sha256": document.sha256,
            "kind": document.kind,
            "pages": document.pages,
            "ocr_pages": document.ocr_pages,
            "notes": list(document.notes),
            "text": document.text,
        }
        echo_json(described | ({"places": pieces} if places else {}))
        return
    for note in document.notes:
        click.echo(one_line(f"note: {path}: {note}"), err=True)
    if places:
        for piece in pieces:
            echo_json(piece)
        return
    # As bytes: a text layer of the stream would turn "\n" into the platform's own line ends.
    if sys.stdout.isatty():
        # A person reads: nothing in the text may steer the terminal, and the prompt wants its own line.
        click.echo(visible(document.text))
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(document.text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
