"""`thresher adapters`: which there are, which answers, and which shall."""

import click

from thresher.adapters.errors import ThresherError, UsageError
from thresher.adapters.visible import one_line
from thresher.app.cli import exits
from thresher.app.cli.adapter_files import export, import_
from thresher.app.cli.adapter_lines import adapter_lines, as_dict, list_lines, verdict_dict
from thresher.app.cli.json_out import echo_json
from thresher.app.cli.options import (
    complete_adapter,
    complete_answering,
    complete_record_type,
    domain_option,
    json_option,
    model_option,
    open_session,
)
from thresher.app.cli.proving import prove, uncalibrated_lines
from thresher.app.cli.standings import bases_of, standings_of
from thresher.app.wording import of_domain


@click.group()
def adapters() -> None:
    """List, inspect, verify, import, export, remove, prove, promote and roll back adapters."""


adapters.add_command(import_)
adapters.add_command(export)
adapters.add_command(prove)


@adapters.command("list")
@domain_option
@json_option
def list_(domain: str | None, as_json: bool) -> None:
    """List all adapters: for which domain and base each is, where it is live, and why it is not used.

    With --domain, those of that domain and the general ones.
    """
    with open_session() as session:
        standings = standings_of(session, as_json=as_json)
        broken = session.registry.broken()
    chosen = [each for each in standings if domain is None or each.adapter.domain in (None, domain)]
    if as_json:
        unusable = [{"name": name, "problem": problem} for name, problem in broken.items()]
        told = {"adapters": [as_dict(each) for each in chosen], "broken": unusable}
        echo_json(told)
        return
    for line in list_lines(chosen, broken):
        click.echo(one_line(line))  # a manifest may come from anywhere


@adapters.command()
@click.argument("name", shell_complete=complete_adapter)
@json_option
def inspect(name: str, as_json: bool) -> None:
    """Show what the adapter NAME was made for, from what and how, how good it is, and whether it fits."""
    from thresher.adapters.adapter_folder import read_adapter

    with open_session() as session:
        found = session.registry.find(name)
        standings = {each.adapter.name: each for each in standings_of(session, as_json=as_json)}
        promotions = session.store.promotions(name)
        verdicts = session.store.verdicts(found.fingerprint)
    matrices = read_adapter(found.folder)
    shape = {
        "layers": len(matrices.layers),
        "rank": matrices.rank,
        "alpha": matrices.alpha,
        "parameters": matrices.parameters,
    }
    if as_json:
        history = [
            {
                "domain": each.domain,
                "base": each.base,
                "promoted": each.made.isoformat(),
                "ended": each.ended and each.ended.isoformat(),
            }
            for each in promotions
        ]
        manifest = found.manifest.model_dump(mode="json")
        told = as_dict(standings[name]) | shape | {"history": history, "manifest": manifest}
        told["verdicts"] = [verdict_dict(each) for each in verdicts]
        echo_json(told)
        return
    weights = {each.adapter.manifest.weights: each.adapter.name for each in standings.values()}
    for line in adapter_lines(standings[name], shape, weights, promotions, verdicts):
        click.echo(one_line(line))


@adapters.command()
@click.argument("name", required=False, shell_complete=complete_adapter)
@json_option
@click.pass_context
def verify(ctx: click.Context, name: str | None, as_json: bool) -> None:
    """Read every byte of the adapter NAME or of all, against its manifest and its base's shapes.

    Exit code 1 if one is not what its manifest says.
    """
    from thresher.app.registry.library import list_adapters
    from thresher.app.registry.library import verify as verify_adapter
    from thresher.app.registry.overview import made_for

    with open_session() as session:
        registry, models = session.registry, bases_of(session)
        problems = {}
        for found in [registry.find(name)] if name else list_adapters(registry.folder):
            model = made_for(found, models)
            problems[found.name] = verify_adapter(found, registry.base(model) if model else None)
        if name is None:
            problems |= registry.broken()
    if as_json:
        echo_json(problems)
    else:
        for each, problem in problems.items():
            click.echo(one_line(f"{each}: {problem or 'good'}"))
        if not problems:
            click.echo("There is no adapter: `thresher adapters import` brings one in.")
    if any(problems.values()):
        ctx.exit(exits.SOME_FAILED)


@adapters.command()
@click.argument("name", shell_complete=complete_adapter)
@click.option("--force", is_flag=True, help="Also where it is live: it is rolled back first.")
def remove(name: str, force: bool) -> None:
    """Delete the adapter NAME of your own from this machine."""
    with open_session() as session:
        freed = session.registry.remove(name, force=force)
    click.echo(f"{name} is removed: {freed / 1e6:.1f} MB freed", err=True)


@adapters.command()
@click.argument("name", shell_complete=complete_answering)
@domain_option
@click.option(
    "-r",
    "--record-type",
    shell_complete=complete_record_type,
    help="For this one alone; for those that it learnt where not given.",
)
@model_option
@click.option("--force", is_flag=True, help="Also where it is not proved, or fails the gate.")
def promote(name: str, domain: str | None, record_type: str | None, model: str | None, force: bool) -> None:
    """Let the adapter NAME answer for its domain and base from now on, where no --adapter is given.

    It answers for the record types that it learnt; what answers for the domain's others goes on. One that
    was trained here must have passed the gate beside what is live: `thresher adapters prove`. With 'none' as
    NAME the base model answers alone. A general adapter needs --domain; 'any' is the domain of tasks that
    have fields alone.
    """
    from thresher.app.registry.fit import learnt_types
    from thresher.app.registry.folders import NONE
    from thresher.app.registry.overview import made_for

    with open_session() as session:
        types: tuple[str, ...] = ()
        if name != NONE:
            found = session.registry.find(name)
            types = learnt_types(found.manifest)
            domain = domain or found.domain
            own = made_for(found, session.models())
            model = model or (own.name if own else None)
        if domain is None:
            which = "the base alone" if name == NONE else f"{name}, which is general,"
            raise UsageError(f"say for which domain {which} is to answer: --domain DOMAIN.")
        changed = session.promote(name, domain, model, record_type, force=force)
        base = model or session.settings.model
        answered = (record_type,) if record_type else types
        hints = list(uncalibrated_lines(session, domain, answered, model)) if changed else []
    how = "answers from now on" if changed else "is live already"
    about = of_domain(domain, answered)
    click.echo(f"{about} on {base}: {'the base alone' if name == NONE else name} {how}", err=True)
    for hint in hints:
        click.echo(one_line(hint), err=True)


@adapters.command()
@domain_option
@click.option(
    "-r",
    "--record-type",
    shell_complete=complete_record_type,
    help="The last promotion for this one; the domain's last where not given.",
)
@model_option
def rollback(domain: str | None, record_type: str | None, model: str | None) -> None:
    """Undo the last promotion for a domain: what was live before answers again. May be repeated."""
    if domain is None:
        raise UsageError("say for which domain: --domain DOMAIN.")
    with open_session() as session:
        undone = session.roll_back(domain, model, record_type)
        about = f"{of_domain(domain, undone.record_types)} on {model or session.settings.model}"
        try:
            name = session.answering(domain, model, None, next(iter(undone.record_types), None))
            click.echo(f"{about}: {name or 'the base alone'} answers again", err=True)
        except ThresherError as error:  # a pack that is gone, say: it is rolled back all the same
            click.echo(one_line(f"{about}: rolled back. But {error}"), err=True)
