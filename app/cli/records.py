"""`thresher records`: what a run found, one record at a time, and how to put a value right."""

import json

import click

from thresher.adapters.errors import UsageError
from thresher.app.cli.json_out import echo_json
from thresher.app.cli.options import NUMBER, installed_packs, json_option, open_store, stored_run
from thresher.app.cli.show import record_lines
from thresher.app.export import record_json
from thresher.app.locations import Locations


@click.group()
def records() -> None:
    """Show and correct the records of past runs."""


@records.command("list")
@click.argument("run", type=NUMBER)
@json_option
def list_records(run: int, as_json: bool) -> None:
    """List the records of RUN with their numbers."""
    with open_store() as store:
        _, stored = stored_run(store, run)
    for one in stored:
        record = one.record
        if as_json:
            line = {"record": one.id, "id": record.id, "path": record.path, "status": record.status}
            echo_json(line)
        else:
            from thresher.adapters.visible import one_line

            corrected = f"  ({len(one.corrected)} corrected)" if one.corrected else ""
            click.echo(f"{one.id:>6}  {record.status:7}  {one_line(record.path or record.id)}{corrected}")


@records.command()
@click.argument("record", type=NUMBER)
@json_option
def show(record: int, as_json: bool) -> None:
    """Show RECORD: each value with its outcome, its place and the text that states it."""
    with open_store() as store:
        stored = store.record(record)
        document = store.document_of(record)
    if as_json:
        line = {"record": stored.id, "corrected": sorted(stored.corrected), **record_json(stored.record)}
        echo_json(line)
        return
    for line_of_record in record_lines(stored.record, document.text if document else None, stored.corrected):
        click.echo(line_of_record)


@records.command()
@click.argument("record", type=NUMBER)
def example(record: int) -> None:
    """Keep RECORD, which is right, as an example of its pack, where that is one of yours.

    A general adapter that answers for the pack is shown its short examples before each document.
    """
    from thresher.app.kept_example import keep_example
    from thresher.app.wording import kept_words

    found = installed_packs()
    with open_store() as store:
        kept = keep_example(found, Locations.default().packs, store, record)
    click.echo(kept_words(kept.path, kept.is_shown))


# What looks like an option and is none is a value: -5.
@records.command(context_settings={"ignore_unknown_options": True})
@click.argument("record", type=NUMBER)
@click.argument("field")
@click.argument("value")
@click.option("--note", default="", help="Why, for whoever looks at the correction later.")
def correct(record: int, field: str, value: str, note: str) -> None:
    """Put FIELD of RECORD right: VALUE is JSON, or text as it stands.

    null says that the document does not state it; a list is JSON: '["one", "two"]'. Text that looks like a
    number stays text in a text field.
    """
    with open_store() as store:
        try:
            recounted = store.correct(record, field, None if value == "null" else value, note)
        except UsageError as refused:
            # Not a text: the store says, of the field's type, whether what the JSON means will do.
            try:
                meant = json.loads(value)
            except json.JSONDecodeError:
                raise refused from None
            recounted = store.correct(record, field, meant, note)
    click.echo(f"record {record}: {field} is corrected")
    if recounted:
        from thresher.app.wording import recounted_words

        for name, day in recounted.items():
            click.echo(f"record {record}: {recounted_words(name, day)}")
