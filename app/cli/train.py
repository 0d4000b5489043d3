"""`thresher train`: an adapter from labels, on this device."""

from pathlib import Path
from typing import Any

import click

from thresher.app.cli import exits
from thresher.app.cli.extract import cancelled_by_ctrl_c
from thresher.app.cli.options import (
    FILE,
    check_files,
    complete_answering,
    domain_option,
    installed_packs,
    model_option,
    open_session,
    record_type_option,
)
from thresher.app.cli.proving import prove_candidate


@click.command()
@domain_option
@record_type_option
@click.option(
    "--labels",
    multiple=True,
    type=FILE,
    help='JSON lines: {"id", "input", "output"} each. Repeat for more.',
)
@click.option("--validation", multiple=True, type=FILE, help="Labels to validate on; else a tenth of all.")
@click.option("--corrections", is_flag=True, help="Train on the corrections of past runs too.")
@model_option
@click.option(
    "--parent",
    shell_complete=complete_answering,
    help="The adapter to start from, 'none' for a new one; the one that answers now where not given.",
)
@click.option("--name", help="What to call the adapter; DOMAIN-1 and so on where not given.")
@click.option(
    "--trainer",
    type=click.Choice(["mlx", "cuda"]),
    default="mlx",
    show_default=True,
    help="mlx trains on this device; cuda with PyTorch (the extra 'cuda').",
)
@click.option("--epochs", type=int, help="How often each example is seen; 3 where not given, of few more.")
@click.option("--steps", type=int, help="Steps of the optimiser, in place of --epochs.")
@click.option("--rank", type=int, help="The rank of the adapter; 8 where not given.")
@click.option("--learning-rate", type=float, help="The peak rate; by the base's width where not given.")
@click.option("--sweep", is_flag=True, help="Find the peak rate on your labels first, with short runs.")
@click.option("--batch-tokens", type=int, help="The most tokens of a pass; fewer need less memory.")
@click.option(
    "--varied",
    type=click.FloatRange(0, 1),
    help="Of the times that labels are shown, the share in which they are varied: values are other labels', "
    "questions to a table go to other cells; 0.75 where not given, 0 shows each as it is.",
)
@click.option("--seed", type=int, help="What the first matrices and the order follow from.")
@click.option("--promote", is_flag=True, help="Let it answer from now on if it passes the gate.")
@click.option("--no-proof", is_flag=True, help="Leave the gate for later: `thresher adapters prove`.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def train(
    domain: str | None,
    record_type: str | None,
    labels: tuple[Path, ...],
    validation: tuple[Path, ...],
    corrections: bool,
    model: str | None,
    parent: str | None,
    name: str | None,
    trainer: str,
    sweep: bool,
    promote: bool,
    no_proof: bool,
    quiet: bool,
    **recipe: Any,
) -> int:
    """Train an adapter for a domain from labels, and add it to the adapters as a candidate.

    Then the candidate is held against what is live, on labels that no training sees: the gate. It does not
    answer until it is promoted. Ctrl-C stops; the same command goes on.

    Exit code: 0 the candidate is there, 1 it could not be held against what is live, or did not pass with
    --promote, or something on this machine failed, 2 wrong use or wrong labels, 3 no model, 130 stopped.
    """
    from thresher.adapters.errors import UsageError
    from thresher.app.cli.training_narration import TrainingNarrator
    from thresher.app.training.candidate import Candidate, TrainingTask, train_candidate
    from thresher.app.training.process import TrainingStopped

    if promote and no_proof:
        raise UsageError("--promote needs the proof: leave --no-proof out")
    if domain is None:
        raise UsageError("name the domain to train for with --domain: `thresher packs` lists them")
    if sweep and recipe["learning_rate"] is not None:
        raise UsageError("--sweep finds the learning rate: leave out --learning-rate, or --sweep")
    task = TrainingTask(
        domain=domain,
        record_type=installed_packs().pick(domain, record_type).name,
        labels=labels,
        validation=validation,
        corrections=corrections,
        model=model,
        parent=parent,
        name=name,
        trainer="train_cuda" if trainer == "cuda" else "train_mlx",
        recipe={key: value for key, value in recipe.items() if value is not None},
        sweep=sweep,
    )
    check_files((*labels, *validation), lasting=True)
    with (
        open_session() as session,
        TrainingNarrator(quiet=quiet) as narrator,
        cancelled_by_ctrl_c("stopping after the step in hand") as cancel,
    ):
        try:
            for news in train_candidate(session, task, cancel):
                if isinstance(news, Candidate):
                    candidate = news.name
                    narrator.summarise(news.name, domain, news.metrics)
                else:
                    narrator.tell(news)
        except TrainingStopped as stopped:
            narrator.stopped(str(stopped))
            return exits.STOPPED
    return exits.DONE if no_proof else prove_candidate(candidate, promote=promote, quiet=quiet)
