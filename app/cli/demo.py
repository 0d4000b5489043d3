"""`thresher demo`: one example document of each domain, from file to checked record, for all to see."""

import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

import click

from thresher.app.cli import exits
from thresher.app.cli.options import adapter_option, installed_packs, model_option, open_session
from thresher.app.cli.show import record_lines
from thresher.app.wording import PERCENTAGES, counted, took

if TYPE_CHECKING:
    from thresher.adapters.pack import Pack, RecordType
    from thresher.adapters.pack_examples import Example
    from thresher.app.documents.document import Document
    from thresher.app.session import Session


#: Of what the model may write: a base without an adapter may write on and on, and a demo must end.
_ANSWER_TOKENS = 400


@click.command()
@model_option
@adapter_option
def demo(model: str | None, adapter: str | None) -> int:
    """Extract from one example document of each domain.

    The documents ship with the packs and are made up; reading them, the model and the records are real.
    Answers are held short, so that all is over in minutes: what does not fit is marked truncated.
    """
    from thresher.app.cli.narration import Narrator
    from thresher.app.events import DocumentRead, RecordReady
    from thresher.app.sources import Source

    started = time.monotonic()
    _say_if_slow()
    outcomes: Counter[str] = Counter()
    failed = 0
    with open_session() as session:
        session.settings = session.settings.model_copy(update={"answer_tokens": _ANSWER_TOKENS})
        learnt = partial(_is_learnt, session, model, adapter)
        for record_type, example in chosen(installed_packs().packs.values(), learnt):
            task = session.task(record_type.domain, record_type.name, example.fields, model, adapter)
            source = Source(example.id, example.path)
            document, record = None, None
            with Narrator(quiet=True) as narrator:
                for event in session.extract([source], task, again=True):
                    narrator.tell(event)
                    match event:
                        case DocumentRead():
                            document = event.document
                        case RecordReady():
                            record = event.record
            if record is None:
                continue
            title = click.style(f"{record.domain} / {record.record_type}", bold=True)
            how = f"{example.path.name}{_how_read(document)}"
            click.echo(f"\n{title}  {how}  {record.status}, {took(record.seconds)}")
            for line in record_lines(record, document.text if document else None):
                click.echo(line)
            outcomes.update(value.outcome for value in record.values.values())
            failed += record.error is not None
    counts = ", ".join(f"{n} {outcome}" for outcome, n in outcomes.most_common())
    click.echo(f"\n{sum(outcomes.values())} values: {counts}. {time.monotonic() - started:.0f} s in all.")
    # Where `make demo` installed it, the command is not on the path.
    command = "thresher" if shutil.which("thresher") else sys.argv[0]
    click.echo("Found values carry their place in the text.")
    for percentage, meaning in PERCENTAGES.items():
        click.echo(f"{percentage:>5}  {meaning}")
    click.echo(f"Now type: {command}")
    return exits.SOME_FAILED if failed else exits.DONE


def chosen(
    packs: "Iterable[Pack]", learnt: "Callable[[RecordType], bool]"
) -> "list[tuple[RecordType, Example]]":
    """One example a domain, each of the format that was chosen least so far: together they show many.

    Of a record type that an adapter has learnt, where the domain has one.
    """
    formats: Counter[str] = Counter()
    picks = []
    for pack in packs:
        shown = [(one, found) for one in pack.record_types.values() if (found := one.examples())]
        shown = [each for each in shown if learnt(each[0])] or shown
        candidates = [(record_type, example) for record_type, examples in shown for example in examples]
        if candidates:
            pick = min(candidates, key=lambda candidate: formats[candidate[1].path.suffix])
            formats[pick[1].path.suffix] += 1
            picks.append(pick)
    return picks


def _is_learnt(session: "Session", model: str | None, adapter: str | None, asked: "RecordType") -> bool:
    from thresher.app.registry.fit import learnt_types

    answers = session.answering(asked.domain, model, adapter, asked.name)
    return answers is not None and asked.name in learnt_types(session.registry.find(answers).manifest)


def _how_read(document: "Document | None") -> str:
    if document is None or not document.pages:
        return ""
    pages = counted(document.pages, "page")
    return f" ({pages}, {document.ocr_pages} by OCR)" if document.ocr_pages else f" ({pages})"


def _say_if_slow() -> None:
    from thresher.adapters.blas import load_fast_blas

    if warning := load_fast_blas().warning:
        click.echo(f"note: {warning}", err=True)
