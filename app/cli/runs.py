"""`thresher runs`: past runs, and their records written once more."""

from pathlib import Path

import click

from thresher.app.cli.json_out import echo_json
from thresher.app.cli.options import NUMBER, json_option, open_store, output_options, stored_run


@click.group(invoke_without_command=True)
@click.pass_context
def runs(ctx: click.Context) -> None:
    """List past runs, and export one again."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_runs, limit=20, as_json=False)


@runs.command("list")
@click.option(
    "-n", "--limit", type=click.IntRange(1), default=20, show_default=True, help="The newest so many."
)
@json_option
def list_runs(limit: int, as_json: bool) -> None:
    """List the newest runs first."""
    with open_store() as store:
        past = store.runs(limit)
    if as_json:
        rows = [
            {
                "run": run.id,
                "started": run.started.isoformat(),
                "finished": run.finished and run.finished.isoformat(),
                "cancelled": run.cancelled,
                "domain": run.task.domain,
                "record_type": run.task.record_type,
                "model": run.task.model,
                "adapter": run.task.adapter,
                "total": run.total,
                "ok": run.ok,
                "partial": run.partial,
                "failed": run.failed,
            }
            for run in past
        ]
        echo_json(rows)
        return
    if not past:
        click.echo("no runs yet; 'thresher extract --help' says how to start one")
    for run in past:
        state = "stopped" if run.cancelled else "done" if run.finished else "unfinished"
        counts = ", ".join(f"{n} {word}" for word in ("ok", "partial", "failed") if (n := getattr(run, word)))
        started = run.started.astimezone().strftime("%Y-%m-%d %H:%M")
        what = f"{run.task.domain}/{run.task.record_type}"
        click.echo(
            f"{run.id:>4}  {started}  {state:10}  {what}  {run.done} of {run.total}: {counts or 'nothing'}"
        )


@runs.command()
@click.argument("run", type=NUMBER)
@output_options
def export(run: int, format_name: str | None, output: Path | None, overwrite: bool) -> None:
    """Write the records of RUN, corrections in place."""
    from thresher.app.cli.output import writing

    with open_store() as store:
        found, stored = stored_run(store, run)
        with writing(format_name, output, overwrite, found.task.fields) as writer:
            for one in stored:
                writer.write(one.record, one.fields)
    # A run that came to its end lacks only what was forgotten since.
    if found.done < found.total and (found.finished is None or found.cancelled):
        click.echo(
            f"note: run {run} has {found.done} of its {found.total} documents; the command that began it "
            "goes on with the others",
            err=True,
        )
