"""`thresher doctor`: what this machine has and lacks, and what to do about each shortfall."""

from dataclasses import asdict

import click

from thresher.app.cli import exits
from thresher.app.cli.json_out import echo_json
from thresher.app.cli.options import json_option
from thresher.app.locations import Locations

_MARKS = {"good": ("ok", "green"), "slow": ("!!", "yellow"), "bad": ("XX", "red")}


@click.command()
@json_option
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Say what this machine has, lacks, and what to do. Exit code 1 if something prevents work."""
    from thresher.adapters.visible import one_line
    from thresher.app.doctor import examine

    findings = examine(Locations.default())
    if as_json:
        echo_json([asdict(finding) for finding in findings])
    else:
        width = max(len(finding.subject) for finding in findings)
        for finding in findings:
            mark, colour = _MARKS[finding.level]
            told = one_line(f"{finding.subject:{width}}  {finding.detail}")
            click.echo(f"{click.style(mark, fg=colour)}  {told}")
            if finding.remedy:
                click.echo(f"    {'':{width}}  -> {one_line(finding.remedy)}")
    if any(finding.level == "bad" for finding in findings):
        ctx.exit(exits.SOME_FAILED)
