"""`thresher models`: the base models on this machine, and those that can be had."""

import sys
from pathlib import Path

import click

from thresher.adapters.errors import UsageError
from thresher.app.cli import exits
from thresher.app.cli.json_out import echo_json
from thresher.app.cli.options import FILE, complete_model, json_option
from thresher.app.locations import Locations


def _complete_catalogue(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    from thresher.app.models.catalogue import catalogue

    return [base.name for base in catalogue() if base.name.startswith(incomplete)]


@click.group()
def models() -> None:
    """List, pull, add, remove and verify base models."""


@models.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the installed models, and the bases that can be pulled."""
    from thresher.app.models.catalogue import catalogue, recommended_here
    from thresher.app.models.library import broken_models, list_models

    folder = Locations.default().models
    installed, broken, best = list_models(folder), broken_models(folder), recommended_here()
    if as_json:
        entries = [
            m.facts.model_dump(exclude={"files", "format"}) | {"size": m.facts.size} for m in installed
        ]
        known = [base.model_dump() | {"recommended": base == best} for base in catalogue()]
        unusable = [{"name": name, "problem": problem} for name, problem in broken]
        echo_json({"installed": entries, "broken": unusable, "catalogue": known})
        return
    click.echo(f"Installed in {folder}:" if installed else "No model is installed.")
    for model in installed:
        facts = model.facts
        bits = f"{facts.bits} bits" if facts.bits else "not quantised"
        at = f" @ {facts.revision[:12]}" if facts.revision else ""
        click.echo(
            f"  {model.name:16} {facts.size / 1e9:6.2f} GB  {bits}, "
            f"{facts.context:,} tokens, {facts.source}{at}"
        )
    for name, problem in broken:
        click.echo(f"  {name:16} BROKEN: {problem}")
    click.echo("\nTo be had with `thresher models pull NAME`:")
    for base in catalogue():
        if base.name not in {model.name for model in installed}:
            mark = "  <- recommended for this machine" if base == best else ""
            sizes = f"{base.download / 1e9:6.2f} GB  needs {base.memory / 1e9:4.1f} GB"
            click.echo(f"  {base.name:16} {sizes}  {base.licence}{mark}\n  {'':16} {base.about}")


@models.command()
@click.argument(
    "wanted", required=False, metavar="[NAME|OWNER/REPOSITORY[@REVISION]]", shell_complete=_complete_catalogue
)
@click.option("--name", help="The name to install it under.")
@click.option("--again", is_flag=True, help="Fetch it although it is installed.")
def pull(wanted: str | None, name: str | None, again: bool) -> None:
    """Fetch a model. Without a name, recommend one for this machine and ask.

    A pull that breaks off goes on where it stopped. Afterwards no network is needed.
    """
    from thresher.app.cli.transfer import TransferBar
    from thresher.app.models.pull import pull as pull_model

    wanted = wanted or _ask()
    with TransferBar() as bar:
        model = pull_model(Locations.default().models, wanted, name=name, again=again, on_transfer=bar.tell)
    click.echo(f"{model.name} is ready: {model.facts.size / 1e9:.2f} GB in {model.folder}", err=True)


@models.command()
@click.argument("path", type=FILE)
@click.option("--name", help="The name to install it under; the file's or folder's own where not given.")
def add(path: Path, name: str | None) -> None:
    """Take in the model at PATH: an MLX folder, or a GGUF file of the llama architecture."""
    from thresher.app.cli.transfer import TransferBar
    from thresher.app.models.local import add as add_model
    from thresher.app.models.staging import put_back
    from thresher.app.naming import check_name

    folder = Locations.default().models
    path = path.absolute()
    name = check_name(name or path.name.removesuffix(".gguf"), "a model")
    put_back(folder)
    if (folder / name).exists():
        raise UsageError(
            f"a model named {name} is installed. Choose another with --name, or remove it first."
        )
    with TransferBar() as bar:
        model = add_model(folder, path, name, bar.tell)
    click.echo(f"{model.name} is ready: {model.facts.size / 1e9:.2f} GB in {model.folder}", err=True)


@models.command()
@click.argument("name", shell_complete=complete_model)
def remove(name: str) -> None:
    """Delete the model NAME from this machine, and what a broken pull of it left."""
    from thresher.app.models.library import remove as remove_model

    freed = remove_model(Locations.default().models, name)
    click.echo(f"{name} is removed: {freed / 1e9:.2f} GB freed", err=True)


@models.command()
@click.argument("name", required=False, shell_complete=complete_model)
@json_option
@click.pass_context
def verify(ctx: click.Context, name: str | None, as_json: bool) -> None:
    """Compute every file's checksum anew, of the model NAME or of all. Exit code 1 if one differs."""
    from thresher.app.cli.transfer import TransferBar
    from thresher.app.models.library import broken_models, installed, list_models
    from thresher.app.models.library import verify as verify_model

    folder = Locations.default().models
    wanted = [installed(folder, name)] if name else list_models(folder)
    problems: dict[str, list[str]] = {}
    with TransferBar() as bar:
        for model in wanted:
            problems[model.name] = verify_model(model, bar.tell)
    if name is None:
        problems |= {broken: [problem] for broken, problem in broken_models(folder)}
    if as_json:
        echo_json(problems)
    else:
        for each, differing in problems.items():
            click.echo(f"{each}: {'; '.join(differing) or 'good'}")
        if not problems:
            click.echo("No model is installed: run `thresher models pull starter`.")
    if bad := [each for each, differing in problems.items() if differing]:
        if not as_json:
            click.echo(f"Run `thresher models remove {bad[0]}` and pull or add it again.", err=True)
        ctx.exit(exits.SOME_FAILED)


@models.command()
@click.argument("name", shell_complete=complete_model)
def use(name: str) -> None:
    """Let the model NAME answer from now on, where no --model is given."""
    from thresher.app.models.library import find
    from thresher.app.settings import load_settings, save_settings

    places = Locations.default()
    model = find(places.models, name)
    save_settings(places.settings, load_settings(places.settings).model_copy(update={"model": model.name}))
    click.echo(f"{model.name} answers from now on", err=True)


def _ask() -> str:
    """The base that suits this machine, if the user agrees."""
    from thresher.app.models.catalogue import machine_memory, recommended_here

    base = recommended_here()
    click.echo(
        f"For this machine ({machine_memory() / 1e9:.0f} GB of memory): {base.name}, "
        f"{base.download / 1e9:.2f} GB to download, licence {base.licence}. {base.about}",
        err=True,
    )
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(
            f"name the model to pull: `thresher models pull {base.name}` (or `starter`, the smallest)."
        )
    return str(click.prompt("Pull which model", default=base.name, err=True))
