"""`thresher calibrate`: make confidences mean how often a value is right, from labels and corrections."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from thresher.adapters.errors import UsageError
from thresher.app.cli import exits
from thresher.app.cli.evaluate import extract_labelled
from thresher.app.cli.json_out import echo_json
from thresher.app.cli.options import (
    FILE,
    adapter_option,
    domain_option,
    json_option,
    model_option,
    open_session,
    record_type_option,
)
from thresher.app.wording import answering, counted

if TYPE_CHECKING:
    from thresher.adapters.calibration import Calibration
    from thresher.app.calibration.calibrator import Labelled
    from thresher.app.cli.narration import Narrator
    from thresher.app.evaluation.records import GoldRecord
    from thresher.app.session import Session
    from thresher.app.task import Task

_SHARES = (0.9, 0.95, 0.98)


@click.command()
@domain_option
@record_type_option
@click.option(
    "--labels",
    multiple=True,
    type=FILE,
    help='Labelled documents that were not trained on: {"id", "input", "output"} a line. Repeat for more.',
)
@click.option("--corrections", is_flag=True, help="Use what you corrected and confirmed in past runs, too.")
@click.option(
    "--reviewed", is_flag=True, help="In records that you corrected, take what you left as it was as right."
)
@model_option
@adapter_option
@click.option("--limit", type=click.IntRange(1), help="The first so many documents of each file only.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors and the result.")
@json_option
def calibrate(
    domain: str | None,
    record_type: str | None,
    labels: tuple[Path, ...],
    corrections: bool,
    reviewed: bool,
    model: str | None,
    adapter: str | None,
    limit: int | None,
    quiet: bool,
    as_json: bool,
) -> int:
    """Make the confidence of a record type's values say how often such a value is right.

    The documents are extracted from, unless that was done before with the same settings, and what comes out
    is held against their labels. The calibration holds for this adapter, base and pack, and is used from
    then on; one that was made before is replaced.

    Exit code: 0 all done, 1 some documents failed or got no answer in part (the calibration is of the
    others), 2 wrong use, 3 no model, 130 stopped.
    """
    from thresher.adapters.training.split import keys_of
    from thresher.app.calibration import library
    from thresher.app.calibration.calibrate import calibrate as make
    from thresher.app.calibration.trained import learnt_by
    from thresher.app.cli.narration import Narrator

    if domain is None:
        raise UsageError("name the domain to calibrate with --domain: `thresher packs` lists them")
    if not labels and not corrections:
        raise UsageError("give labelled documents with --labels FILE, or use --corrections")
    if reviewed and not corrections:
        raise UsageError("--reviewed says how to read corrections: use it with --corrections")
    narrator = Narrator(quiet=quiet, as_json=as_json)
    sources: tuple[Literal["labels", "corrections"], ...] = ()
    code = exits.DONE
    with open_session() as session:
        task = session.task(domain, record_type, (), model, adapter)
        narrator.left_out(session.found_packs().errors)
        if kept := library.set_aside_broken(session.locations, task, *session.answers(task)):
            narrator.notes(f"the calibration so far cannot be read: it is kept as {kept}")
        learnt = learnt_by(session, task, labels)
        values: list[Labelled] = []
        taken: frozenset[str] = frozenset()
        if labels:
            sources += ("labels",)
            gold = _gold(task, labels, limit, learnt, narrator)
            values += _of_labels(session, task, gold, narrator)
            taken = frozenset(key for one in gold for key in keys_of(one))
            code = narrator.exit_code
            if code == exits.STOPPED:
                return code
        if corrections:
            sources += ("corrections",)
            said = _of_corrections(session, task, reviewed, learnt, taken, narrator)
            _warn_of_choice(said, reviewed, quiet or as_json)
            values += said
        made = make(session, task, values, sources)
        path = library.save(session.locations, made)
    if as_json:
        echo_json({"file": str(path), **made.model_dump(mode="json")})
    else:
        _tell(made, task, path)
    return code


def _gold(
    task: "Task", files: tuple[Path, ...], limit: int | None, learnt: frozenset[str], narrator: "Narrator"
) -> "list[GoldRecord]":
    from thresher.adapters.training.label_lines import names_of
    from thresher.adapters.training.split import all_keys_of
    from thresher.app.calibration.calibrate import gold_once
    from thresher.app.evaluation.records import load_gold

    unfit: list[str] = []
    loaded = [
        load_gold(file, task.fields, open_fields=task.open_fields, unfit=unfit, called=called)
        for file, called in zip(files, names_of(files), strict=True)
    ]
    narrator.unfit(unfit)
    fresh = [[one for one in each if not all_keys_of(one) & learnt] for each in loaded]
    if left_out := sum(map(len, loaded)) - sum(map(len, fresh)):
        narrator.notes(_left_out(left_out, task))
    gold = [one for each in fresh for one in each[:limit]]
    if not gold:
        raise UsageError(
            f"{task.adapter} was trained on all of these documents. Give others with --labels, "
            "or use --corrections."
        )
    if len({one.id for one in gold}) < len(gold):
        raise UsageError("--labels: the files share an id. Give each document its own.")
    once, lines = gold_once(gold)
    for line in lines:
        narrator.notes(line)
    return once


def _of_labels(
    session: "Session", task: "Task", gold: "list[GoldRecord]", narrator: "Narrator"
) -> "list[Labelled]":
    from thresher.app.calibration.calibrate import of_labels

    narrator.asks(task)
    records = extract_labelled(session, gold, session.whole(task), narrator, None, False)
    narrator.summarise()
    return list(of_labels(gold, records, task))


def _of_corrections(
    session: "Session",
    task: "Task",
    reviewed: bool,
    learnt: frozenset[str],
    taken: frozenset[str],
    narrator: "Narrator",
) -> "list[Labelled]":
    from thresher.app.calibration.calibrate import corrected_once, corrected_records, of_corrections

    corrected = corrected_records(session, task)
    fresh = [one for one in corrected if not one.keys & learnt]
    if left_out := len(corrected) - len(fresh):
        narrator.notes(_left_out(left_out, task))
    others = [one for one in fresh if not one.keys & taken]
    if twice := len(fresh) - len(others):
        narrator.notes(f"{counted(twice, 'corrected document')} counted once: as --labels has them")
    once, lines = corrected_once(others)
    for line in lines:
        narrator.notes(line)
    return of_corrections(once, reviewed)


def _left_out(documents: int, task: "Task") -> str:
    return (
        f"{counted(documents, 'document')} left out: {task.adapter} was trained on them, and answers them "
        "surer and better than new ones"
    )


def _warn_of_choice(values: "list[Labelled]", reviewed: bool, quiet: bool) -> None:
    """A person corrects what is wrong: such labels alone make all values look worse than they are."""
    wrong = sum(not value.right for value in values)
    if not quiet and not reviewed and values and wrong > len(values) / 2:
        click.echo(
            f"note: {wrong} of {counted(len(values), 'corrected value')} were wrong. What is right is seldom "
            "corrected: confirm right values, too, or use --reviewed if you looked at the whole records.",
            err=True,
        )


def _tell(made: "Calibration", task: "Task", path: Path) -> None:
    from thresher.app.calibration.acceptance_lines import offer_lines

    click.echo(
        f"calibrated {task.domain}/{task.record_type}, answered by {answering(task.model, task.adapter)}, "
        f"from {counted(made.documents, 'document')}"
    )
    for what, group in (("stated", made.stated), ("absent", made.absent)):
        if group is not None:
            click.echo(f"  {what}: {counted(group.values, 'value')}, {group.right / group.values:.1%} right")
    if made.error is not None and made.error_before is not None:
        click.echo(
            f"calibration error on documents held out {made.error:.3f}; of the model's own probabilities "
            f"{made.error_before:.3f}"
        )
    for line in offer_lines(made, _SHARES):
        click.echo(line)
    click.echo(f"kept in {path}")
