"""`thresher packs`: the domains, what each asks of a document, and a check for packs of one's own."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from thresher.app.cli.json_out import echo_json
from thresher.app.cli.options import FILE, installed_packs, json_option

if TYPE_CHECKING:
    from thresher.adapters.pack import Pack, RecordType


@click.group(invoke_without_command=True)
@click.pass_context
def packs(ctx: click.Context) -> None:
    """List, show and check domain packs."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_packs, as_json=False)


@packs.command("list")
@json_option
def list_packs(as_json: bool) -> None:
    """List the domains and their record types."""
    found = installed_packs(as_json=as_json).packs
    if as_json:
        echo_json([_summary(pack) for pack in found.values()])
        return
    width = max(map(len, found), default=0)
    for pack in found.values():
        click.echo(f"{pack.domain:{width}}  {pack.title}: {', '.join(pack.record_types)}")


@packs.command()
@click.argument("domain")
@json_option
def show(domain: str, as_json: bool) -> None:
    """Show the record types of DOMAIN and their fields."""
    found = installed_packs(as_json=as_json)
    pack = found.packs[found.pick(domain).domain]
    if as_json:
        types = [_record_type(t) for t in pack.record_types.values()]
        echo_json(_summary(pack) | {"hash": pack.hash_of(), "record_types": types})
        return
    click.echo(f"{pack.domain}: {pack.title}\n{pack.description}\n{pack.folder}")
    for record_type in pack.record_types.values():
        click.echo(f"\n{record_type.name}: {record_type.title}")
        width = max((len(field.name) for field in record_type.fields), default=0)
        for field in record_type.fields:
            kind = f"enum({'|'.join(field.values)})" if field.values else field.type
            click.echo(f"  {field.name:{width}}  {kind}  {field.description}".rstrip())
        if record_type.open_fields:
            click.echo("  (fields given with --field take the place of these)")
        if record_type.most_windows:
            click.echo(
                f"  (of a long document the {record_type.most_windows} parts that fit these best are read)"
            )


@packs.command()
@click.argument("folder", type=FILE)
def check(folder: Path) -> None:
    """Check the pack in FOLDER, and its examples, in full."""
    from thresher.adapters.pack import load_pack
    from thresher.app.wording import counted

    pack = load_pack(folder)
    for record_type in pack.record_types.values():
        fields = counted(len(record_type.fields), "field")
        examples = counted(len(record_type.examples()), "example")
        click.echo(f"{pack.domain}/{record_type.name}: {fields}, {examples}: good")


def _summary(pack: "Pack") -> dict[str, object]:
    return {
        "domain": pack.domain,
        "title": pack.title,
        "description": pack.description,
        "folder": str(pack.folder),
        "record_types": list(pack.record_types),
    }


def _record_type(record_type: "RecordType") -> dict[str, object]:
    fields = [f.model_dump(mode="json", exclude_defaults=True) for f in record_type.fields]
    return {
        "name": record_type.name,
        "title": record_type.title,
        "instructions": record_type.instructions,
        "open_fields": record_type.open_fields,
        "most_windows": record_type.most_windows,
        "fields": fields,
    }
