"""`thresher evaluate`: extract from labelled documents and score, or score predictions that are there."""

import json
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thresher.app.cli import exits
from thresher.app.cli.extract import cancelled_by_ctrl_c
from thresher.app.cli.options import (
    accept_option,
    complete_answering,
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
    from thresher.app.evaluation.records import GoldRecord
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
@click.option(
    "--against",
    shell_complete=complete_answering,
    help="Compare with this adapter, or with 'none', the base model alone.",
)
@click.option(
    "--against-predictions",
    type=click.Path(path_type=Path),
    help="Compare with these records in place of extracting.",
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
    against: str | None,
    against_predictions: Path | None,
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

    With --against or --against-predictions the two are compared document by document: the difference of their
    F1 with its interval at 95 %, the first less the second.

    Exit code: 0 all done, 1 some documents failed (they score as all absent), 2 wrong use, 3 no model.
    """
    from thresher.adapters.errors import UsageError
    from thresher.app.cli.narration import Narrator
    from thresher.app.evaluation import comparison_report, confidence_report
    from thresher.app.evaluation.compare import compare
    from thresher.app.evaluation.judged import judged
    from thresher.app.evaluation.records import load_gold, load_predictions, predicted
    from thresher.app.evaluation.report import as_dict, as_table
    from thresher.app.evaluation.score import score
    from thresher.app.wording import answering

    if against is not None and against_predictions is not None:
        raise UsageError("give --against or --against-predictions, not both")
    fields = parse_field_specs(field_specs)
    gold = load_gold(gold_file, default_fields(domain, record_type, fields))[:limit]
    sides = [_Side(predictions, adapter, save)]
    if against is not None or against_predictions is not None:
        sides.append(_Side(against_predictions, against, None))
    answers = [load_predictions(side.file) if side.file else [] for side in sides]
    told: dict[str, Any] = {"domain": domain, "record_type": record_type}
    about: list[dict[str, Any]] = [{} for _ in sides]
    code = exits.DONE
    with ExitStack() as stack:
        asked = [at for at, side in enumerate(sides) if side.file is None]
        session = stack.enter_context(open_session()) if asked else None
        # All of them before the first is asked: a wrong name costs no work.
        tasks = {
            at: session.task(domain, record_type, fields, model, sides[at].adapter)
            for at in asked
            if session is not None
        }
        for at, task in tasks.items():
            assert session is not None
            narrator = Narrator(quiet=quiet, as_json=as_json)
            accept = accept_at if at == 0 else None
            narrator.asks(task, session.judge(task, accept))
            extracted = extract_labelled(session, gold, task, narrator, sides[at].save, again, accept)
            answers[at] = list(map(predicted, extracted))
            narrator.summarise()
            if narrator.exit_code == exits.STOPPED:
                return exits.STOPPED
            code = max(code, narrator.exit_code)
            about[at] = {"model": task.model, "adapter": task.adapter, "seconds": narrator.seconds}
    scores = [score(gold, each) for each in answers]
    names = [
        str(side.file) if side.file else answering(told_of["model"], told_of["adapter"])
        for side, told_of in zip(sides, about, strict=True)
    ]
    comparison = compare(gold, answers[0], answers[1]) if len(answers) == 2 else None
    values = judged(gold, answers[0])
    told |= about[0] | as_dict(scores[0]) | confidence_report.as_dict(values)
    if comparison is not None:
        told["against"] = about[1] | as_dict(scores[1])
        told["comparison"] = comparison_report.as_dict(comparison)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return code
    if predictions is None:
        click.echo(f"answered by {names[0]}")
    click.echo(as_table(scores[0]) + confidence_report.as_table(values))
    if comparison is not None:
        click.echo(f"\n{comparison_report.as_table(comparison, names[0], names[1])}")
    return code


@dataclass(frozen=True)
class _Side:
    """What is scored: the records of a file, or what an adapter answers, which `save` keeps."""

    file: Path | None
    adapter: str | None
    save: Path | None


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
        for event in session.extract(
            sources, task, again=again, corrected=False, cancel=cancel, accept_at=accept_at
        ):
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
