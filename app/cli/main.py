"""The command `thresher`: no arguments on a terminal open the screens, else a subcommand runs.

Imports no command and nothing heavy; every error of every command ends here.
"""

import os
import sys
from importlib.metadata import version
from io import TextIOWrapper

import click

from thresher.adapters.errors import ThresherError, takes_no_more
from thresher.app.cli import exits
from thresher.app.cli.lazy import LazyGroup
from thresher.app.cli.log import log_to_file
from thresher.app.locations import CHANGE_PERMISSIONS, Locations, what_is_forbidden

COMMANDS = {
    "extract": ("thresher.app.cli.extract:extract", "Turn documents into checked records."),
    "read": ("thresher.app.cli.read:read", "Print a document's text, as records count its characters."),
    "records": ("thresher.app.cli.records:records", "Show and correct the records of past runs."),
    "runs": ("thresher.app.cli.runs:runs", "List past runs, and export one again."),
    "packs": ("thresher.app.cli.packs:packs", "List, show and check domain packs."),
    "models": ("thresher.app.cli.models:models", "List, pull, add, remove and verify base models."),
    "adapters": ("thresher.app.cli.adapters:adapters", "List, import, promote and roll back adapters."),
    "train": ("thresher.app.cli.train:train", "Train an adapter from labels and corrections."),
    "calibrate": (
        "thresher.app.cli.calibrate:calibrate",
        "Make confidences say how often a value is right.",
    ),
    "evaluate": ("thresher.app.cli.evaluate:evaluate", "Extract from labelled documents and score."),
    "demo": ("thresher.app.cli.demo:demo", "Extract from the packs' own example documents."),
    "doctor": ("thresher.app.cli.doctor:doctor", "Say what this machine has, lacks, and what to do."),
    "completion": ("thresher.app.cli.completion:completion", "Print the completion script of a shell."),
}


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"thresher {version('thresher')}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@click.pass_context
def thresher(ctx: click.Context) -> None:
    """Checked records from documents, offline.

    Without a command, on a terminal, the screens open. Everything that they do, a command does too.
    """
    if ctx.invoked_subcommand is not None:
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        click.echo(ctx.get_help())
        return
    if not sys.stderr.isatty():
        # Textual draws there. Said on stdout, which is the terminal: nobody would see it elsewhere.
        click.echo("error: the screens are drawn on stderr, which leads elsewhere (2>). Run it without that.")
        ctx.exit(exits.WRONG_USE)
    from thresher.app.tui.app import run

    run(Locations.default())


def run_command(arguments: list[str]) -> int:
    """Run one command line (without the program's name) and return its exit code."""
    as_json = "--json" in arguments
    try:
        result = thresher.main(args=arguments, prog_name="thresher", standalone_mode=False)
    except ThresherError as error:
        exits.report(error.kind, str(error), as_json=as_json, lines=error.lines)
        exits.give_up_stdout()
        return exits.exit_code(error)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return exits.WRONG_USE
    except click.UsageError as error:
        hint = f" Try '{error.ctx.command_path} --help'." if error.ctx is not None else ""
        exits.report("usage", error.format_message() + hint, as_json=as_json)
        return exits.WRONG_USE
    except click.ClickException as error:
        exits.report("usage", error.format_message(), as_json=as_json)
        return exits.WRONG_USE
    except (click.Abort, KeyboardInterrupt):
        return exits.stopped("stopped", as_json=as_json)
    except Exception as error:
        if refused := _refused(error):
            exits.report(ThresherError.kind, refused, as_json=as_json)
            exits.give_up_stdout()
            return exits.SOME_FAILED
        exits.report_defect(error, as_json=as_json)
        return exits.DEFECT
    return result if isinstance(result, int) else exits.DONE


def _refused(error: Exception) -> str | None:
    """What to say where the system refuses a file or the output, and what to do; None for a defect."""
    if not isinstance(error, OSError):
        return None
    if takes_no_more(error):
        what = f"{error.filename or 'the output'}: cannot be written ({error.strerror})"
        return f"{what}. Free some space, or choose another place."
    forbidden = what_is_forbidden(error)
    return f"{forbidden}. {CHANGE_PERMISSIONS}" if forbidden else None


def _prepare_streams() -> None:
    """Let what the shell has closed (`>&-`) lead nowhere, so that no file of ours gets its number.

    A sign that stdout cannot write comes as its escape, as Python has it on stderr.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: PTH123, SIM115
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def main() -> None:
    """The console script."""
    _prepare_streams()
    log_to_file(Locations.default())
    sys.exit(run_command(sys.argv[1:]))
