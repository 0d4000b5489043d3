"""`thresher evaluate`: extract from labelled documents and score, or score predictions that are there."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from thresher.app.cli import exits
from thresher.app.cli.extract import cancelled_by_ctrl_c
from thresher.app.cli.options import (
    FILE,
    accept_option,
    complete_answering,
    json_option,
    open_session,
    parse_field_specs,
    task_options,
)
from thresher.app.cli.output import writing
from thresher.app.cli.sides import Side, tell, unused_options
from thresher.app.locations import Locations
from thresher.app.wording import counted

if TYPE_CHECKING:
    from thresher.adapters.fields import Field
    from thresher.adapters.pack import RecordType
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
    type=FILE,
    help='The gold, JSON lines as labels: {"id", "input", "output", "fields"?} a line, or with "file", the '
    "document's path from there, in place of \"input\". A line's fields are joined with the pack's.",
)
@task_options
@click.option(
    "--predictions",
    type=FILE,
    help="Score these records (jsonl, as extract writes them) in place of extracting.",
)
@click.option(
    "--against",
    shell_complete=complete_answering,
    help="Compare with this adapter, or with 'none', the base model alone.",
)
@click.option(
    "--against-predictions",
    type=FILE,
    help="Compare with these records in place of extracting.",
)
@click.option("--limit", type=click.IntRange(1), help="The first so many documents only.")
@click.option("--save", type=FILE, help="Write the extracted records to this new file.")
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

    Exit code: 0 all done, 1 some documents failed (they score as all absent) or got no answer in part,
    2 wrong use, 3 no model.
    """
    from thresher.adapters.errors import UsageError
    from thresher.adapters.pack_library import find_packs
    from thresher.app.cli.narration import Narrator
    from thresher.app.evaluation.records import load_gold

    if against is not None and against_predictions is not None:
        raise UsageError("give --against or --against-predictions, not both")
    sides = [Side(predictions, adapter, save, accept_at)]
    if against is not None or against_predictions is not None:
        sides.append(Side(against_predictions, against))
    if unused := unused_options(sides, model=model, again=again):
        raise UsageError(
            f"{', '.join(unused)}: for extracting alone, and --predictions gives the records. Leave out the "
            "one or the other."
        )
    fields = parse_field_specs(field_specs)
    narrator = Narrator(quiet=quiet, as_json=as_json)
    asked = None
    if domain is not None:
        packs = find_packs(Locations.default().packs)
        narrator.left_out(packs.errors)
        asked = packs.pick(domain, record_type)
    unfit: list[str] = []
    own, are_open = own_fields(asked, fields)
    gold = load_gold(gold_file, own, open_fields=are_open, unfit=unfit, files=True)[:limit]
    narrator.unfit(unfit)

    def task_of(session: "Session", side: Side) -> "Task":
        return session.task(domain, record_type, fields, model, side.adapter)

    code = _answer(sides, gold, gold_file, task_of, again=again, quiet=quiet, as_json=as_json)
    if code != exits.STOPPED:
        about = {"domain": domain, "record_type": asked and asked.name}
        tell(sides, gold, about, narrator, as_json=as_json)
    return code


def _answer(
    sides: Sequence[Side],
    gold: "Sequence[GoldRecord]",
    gold_file: Path,
    task_of: "Callable[[Session, Side], Task]",
    *,
    again: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Fills in the answers of all sides; the exit code."""
    from thresher.app.cli.narration import Narrator
    from thresher.app.evaluation.records import load_predictions, predicted

    for side in sides:
        side.answers = load_predictions(side.file) if side.file else []
    asked = [side for side in sides if side.file is None]
    if not asked:
        return exits.DONE
    code = exits.DONE
    with open_session() as session:
        # All of them before the first is asked: a wrong name costs no work.
        tasks = [task_of(session, side) for side in asked]
        for side, task in zip(asked, tasks, strict=True):
            narrator = Narrator(quiet=quiet, as_json=as_json)
            own = (field for label in gold for field in label.fields)
            narrator.asks(task, session.judge(task, side.accept_at), own)
            if learnt := _learnt(session, task, gold, gold_file):
                narrator.notes(
                    f"{task.adapter} was trained on {learnt} of these {counted(len(gold), 'document')}, and "
                    "answers them better than new ones: this score is no measure of it. Score it on others"
                )
            extracted = extract_labelled(session, gold, task, narrator, side.save, again, side.accept_at)
            side.answers = list(map(predicted, extracted))
            narrator.summarise()
            if narrator.exit_code == exits.STOPPED:
                return exits.STOPPED
            code = max(code, narrator.exit_code)
            side.about = {"model": task.model, "adapter": task.adapter, "seconds": narrator.seconds}
    return code


def _learnt(session: "Session", task: "Task", gold: "Sequence[GoldRecord]", gold_file: Path) -> int:
    """How many of the documents what answers has learnt from."""
    from thresher.adapters.training.split import all_keys_of
    from thresher.app.calibration.trained import learnt_by

    learnt = learnt_by(session, task, [gold_file])
    return sum(bool(all_keys_of(one) & learnt) for one in gold)


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
    from thresher.app.events import RecordReady, RunFinished
    from thresher.app.sources import Source

    sources = [Source(one.id, one.path, None if one.path else one.text, one.fields) for one in gold]
    records = []
    with (
        writing("jsonl", save, False, task.fields) if save else nullcontext() as writer,
        narrator,
        cancelled_by_ctrl_c(tell=narrator.notes) as cancel,
    ):
        for event in session.extract(
            sources, task, again=again, corrected=False, cancel=cancel, accept_at=accept_at
        ):
            narrator.tell(event)
            if isinstance(event, RecordReady):
                records.append(event.record)
                if writer is not None:
                    writer.write(event.record)
            elif isinstance(event, RunFinished) and event.cancelled and writer is not None:
                writer.abandon()
    return records


def own_fields(asked: "RecordType | None", given: "tuple[Field, ...]") -> "tuple[tuple[Field, ...], bool]":
    """The fields that a gold line need not bring, and whether those that it brings come in their place."""
    if asked is None:
        return given, False
    return (asked.with_fields(given) if given else asked).fields, asked.open_fields
