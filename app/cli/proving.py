"""`thresher adapters prove`: a candidate beside the adapter that is live, and what a person reads of it."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from thresher.adapters.visible import one_line
from thresher.app.cli import exits
from thresher.app.cli.extract import cancelled_by_ctrl_c
from thresher.app.cli.json_out import echo_json
from thresher.app.cli.options import (
    FILE,
    complete_adapter,
    domain_option,
    json_option,
    model_option,
    open_session,
    record_type_option,
)

if TYPE_CHECKING:
    from thresher.app.session import Session
    from thresher.app.training.proving import ProofTask, Proved


@click.command()
@click.argument("name", shell_complete=complete_adapter)
@click.option(
    "--labels",
    multiple=True,
    type=FILE,
    help="Labels, of which those held back are taken; those of its training where not given.",
)
@click.option("--corrections", is_flag=True, help="The corrections of past runs too.")
@domain_option
@record_type_option
@model_option
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors and the verdict.")
@json_option
def prove(
    name: str,
    labels: tuple[Path, ...],
    corrections: bool,
    domain: str | None,
    record_type: str | None,
    model: str | None,
    quiet: bool,
    as_json: bool,
) -> int:
    """Hold the adapter NAME against the one that is live, on labels that no training sees.

    It passes where its F1 is higher, with the whole interval above zero, and no field that matters falls.

    Exit code: 0 it passes, 1 it fails or is not proved, 2 wrong use, 130 stopped.
    """
    from thresher.app.evaluation.gate import as_dict
    from thresher.app.training.process import TrainingStopped
    from thresher.app.training.proving import ProofTask

    task = ProofTask(name, labels, corrections, domain, record_type, model)
    with open_session() as session, cancelled_by_ctrl_c() as cancel:
        try:
            proved = told_proof(session, task, cancel, quiet=quiet, as_json=as_json)
        except TrainingStopped as stopped:
            return exits.stopped(str(stopped), as_json=as_json)
    if as_json:
        about = {"domain": proved.domain, "record_type": proved.record_type, "model": proved.model}
        echo_json(about | as_dict(proved.verdict))
    else:
        for line in lines_of(proved):
            click.echo(one_line(line))
    return exits.DONE if proved.verdict.outcome == "passes" else exits.SOME_FAILED


def prove_candidate(name: str, *, promote: bool, quiet: bool) -> int:
    """The end of a training: the verdict on stderr, and with `promote` the promotion; the exit code."""
    from thresher.adapters.errors import ThresherError
    from thresher.app.training.process import TrainingStopped
    from thresher.app.training.proving import ProofTask

    def say(line: str) -> None:
        if not quiet:
            click.echo(one_line(line), err=True)

    with open_session() as session, cancelled_by_ctrl_c() as cancel:
        try:
            proved = told_proof(session, ProofTask(name), cancel, quiet=quiet)
        except TrainingStopped:
            say(f"the proof was stopped; `thresher adapters prove {name}` goes on with it")
            return exits.STOPPED
        except ThresherError as error:
            # The candidate is there whatever became of its proof.
            exits.report(error.kind, f"{name} could not be proved: {error}", as_json=False)
            return exits.SOME_FAILED
        for line in lines_of(proved):
            say(line)
        passes = proved.verdict.outcome == "passes"
        if not promote:
            if passes:
                say(f"let it answer: thresher adapters promote {name}")
            return exits.DONE
        if not passes:
            say(f"{name} is not promoted: what was live answers as before")
            return exits.SOME_FAILED
        session.promote(name, proved.domain, proved.model)
        say(f"{proved.domain} ({proved.record_type}) on {proved.model}: {name} answers from now on")
        for line in uncalibrated_lines(session, proved.domain, (proved.record_type,), proved.model):
            say(line)
    return exits.DONE


def uncalibrated_lines(
    session: "Session", domain: str, record_types: Sequence[str], model: str | None
) -> Iterator[str]:
    """Of which of a domain's record types what answers has no calibration, and how to make one."""
    from thresher.adapters.errors import ThresherError
    from thresher.app.calibration.judge import calibrating

    for name in record_types:
        with suppress(ThresherError):  # a pack that is gone, say: it is no less promoted
            task = session.task(domain, name, model=model)
            if task.adapter is not None and session.judge(task).calibration is None:
                yield f"its confidences in {domain}/{name} are not calibrated yet: {calibrating(task)}"


def told_proof(
    session: "Session", task: "ProofTask", cancel: threading.Event, *, quiet: bool, as_json: bool = False
) -> "Proved":
    """Proves, and tells both runs on stderr. Raises as `training.proving.prove` does."""
    from thresher.app.cli.narration import Narrator
    from thresher.app.events import RunFinished, RunStarted
    from thresher.app.training.proving import Proved, prove

    narrator = Narrator(quiet=quiet, as_json=as_json)
    with ExitStack() as stack:
        for news in prove(session, task, cancel):
            if isinstance(news, Proved):
                return news
            if isinstance(news, RunStarted):
                narrator = stack.enter_context(Narrator(quiet=quiet, as_json=as_json))
            narrator.tell(news)
            if isinstance(news, RunFinished):
                stack.close()
                narrator.summarise(whole=False)
    raise AssertionError("a proof ends with its verdict")


def lines_of(proved: "Proved") -> list[str]:
    """The verdict, line by line."""
    from thresher.app.evaluation.gate import verdict_lines

    return list(verdict_lines(proved.verdict, proved.share))
