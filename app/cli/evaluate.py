"""`thresher evaluate`: extract from labelled documents and score, or score predictions that are there."""

import json
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thresher.app.cli import exits
from thresher.app.cli.extract import cancelled_by_ctrl_c
from thresher.app.cli.options import (
    accept_option,
    installed_packs,
    json_option,
    open_session,
    parse_field_specs,
    task_options,
)
from thresher.app.cli.output import writing

if TYPE_CHECKING:
    from thresher.adapters.fields import Field
    from thresher.app.cli.narration import Narrator
    from thresher.app.evaluation.records import GoldRecord, PredictedRecord
    from thresher.app.record import Record
    from thresher.app.session import Session
    from thresher.app.task import Task


@click.command()
@click.option(
    "--records",
    "gold_file",
    required=True,
    type=click.Path(path_type=Path),
    help='The gold, JSON lines: {"id", "input", "output", "fields"?} a line.',
)
@task_options
@click.option(
    "--predictions",
    type=click.Path(path_type=Path),
    help="Score these records (jsonl, as extract writes them) in place of extracting.",
)
@click.option("--limit", type=click.IntRange(1), help="The first so many documents only.")
@click.option("--save", type=click.Path(path_type=Path), help="Write the extracted records to this new file.")
@accept_option
@click.option("--again", is_flag=True, help="Do documents again that are done with the same settings.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors and the score.")
@json_option
def evaluate(
    gold_file: Path,
    domain: str | None,
    record_type: str | None,
    field_specs: tuple[str, ...],
    model: str | None,
    adapter: str | None,
    predictions: Path | None,
    limit: int | None,
    save: Path | None,
    accept_at: float | None,
    again: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Extract from labelled documents and score the records.

    The score is micro-averaged over all fields of all records: F1 is 2·TP / (2·TP + FP + FN). A gold key that
    is absent from "output" is not scored; null, "" and [] mean 'not in the document'.

    Exit code: 0 all done, 1 some documents failed (they score as all absent), 2 wrong use, 3 no model.
    """
    from thresher.app.cli.narration import Narrator
    from thresher.app.evaluation.records import load_gold, load_predictions, predicted
    from thresher.app.wording import answering

    fields = parse_field_specs(field_specs)
    gold = load_gold(gold_file, default_fields(domain, record_type, fields))[:limit]
    told: dict[str, Any] = {"domain": domain, "record_type": record_type}
    if predictions is not None:
        _tell(told, "", gold, load_predictions(predictions), as_json)
        return exits.DONE
    narrator = Narrator(quiet=quiet, as_json=as_json)
    with open_session() as session:
        task = session.task(domain, record_type, fields, model, adapter)
        narrator.asks(task, session.judge(task, accept_at))
        extracted = extract_labelled(session, gold, task, narrator, save, again, accept_at)
    narrator.summarise()
    if narrator.exit_code == exits.STOPPED:
        return exits.STOPPED
    told |= {"model": task.model, "adapter": task.adapter, "seconds": narrator.seconds}
    heading = f"answered by {answering(task.model, task.adapter)}\n"
    _tell(told, heading, gold, list(map(predicted, extracted)), as_json)
    return narrator.exit_code


def _tell(
    told: dict[str, Any],
    heading: str,
    gold: "Sequence[GoldRecord]",
    given: "Sequence[PredictedRecord]",
    as_json: bool,
) -> None:
    """Write the score, and how far the confidences can be trusted."""
    from thresher.app.evaluation import confidence_report, report
    from thresher.app.evaluation.judged import judged
    from thresher.app.evaluation.score import score

    scores, values = score(gold, given), judged(gold, given)
    if as_json:
        told = told | report.as_dict(scores) | confidence_report.as_dict(values)
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(f"{heading}{report.as_table(scores)}{confidence_report.as_table(values)}")


def extract_labelled(
    session: "Session",
    gold: "Sequence[GoldRecord]",
    task: "Task",
    narrator: "Narrator",
    save: Path | None,
    again: bool,
    accept_at: float | None = None,
) -> "list[Record]":
    """The records of labelled documents, told to the narrator as they come, and kept in `save` if given."""
    from thresher.app.events import RecordReady
    from thresher.app.sources import Source

    sources = [
        Source(one.id, text=one.text, fields=one.fields if one.fields != task.fields else None)
        for one in gold
    ]
    records = []
    with (
        writing("jsonl", save, False, task.fields) if save else nullcontext() as write,
        narrator,
        cancelled_by_ctrl_c() as cancel,
    ):
        for event in session.extract(sources, task, again=again, cancel=cancel, accept_at=accept_at):
            narrator.tell(event)
            if isinstance(event, RecordReady):
                records.append(event.record)
                if write is not None:
                    write(event.record)
    return records


def default_fields(
    domain: str | None, record_type: str | None, given: "tuple[Field, ...]"
) -> "tuple[Field, ...] | None":
    """The fields of a gold line that brings none; None where each has to bring its own."""
    from thresher.adapters.pack_library import pick

    if domain is None:
        return given or None
    chosen = pick(installed_packs(), domain, record_type)
    return chosen.with_fields(given).fields if given or chosen.fields else None
