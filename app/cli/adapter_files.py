"""`thresher adapters import` and `export`: adapters that come from elsewhere, and go elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from thresher.adapters.errors import UsageError
from thresher.adapters.visible import one_line
from thresher.app.cli.options import FILE, complete_adapter, complete_model, domain_option, open_session
from thresher.app.cli.standings import standings_of
from thresher.app.paths import is_folder

if TYPE_CHECKING:
    from thresher.adapters.adapter import Adapter
    from thresher.adapters.base_model import BaseModel
    from thresher.adapters.formats.exporting import Form
    from thresher.adapters.manifest import BoundPack
    from thresher.app.session import Session

#: What `--format` takes.
FORMS = ("peft", "mlx-lm", "gguf")


@click.command("import")
@click.argument("path", type=FILE)
@click.option(
    "--base", "base_name", shell_complete=complete_model, help="The installed model that it was trained on."
)
@domain_option
@click.option("--name", help="What to call it; the folder's own name where not given.")
def import_(path: Path, base_name: str | None, domain: str | None, name: str | None) -> None:
    """Take in the adapter in the folder PATH: of PEFT, of mlx-lm, or of Thresher on another machine.

    An adapter of PEFT or mlx-lm does not say surely what it was made for: --base does, and --domain binds it
    to a domain; without one it is general and fits any. One of Thresher's own says it itself.
    """
    from thresher.adapters.manifest import MANIFEST_FILE
    from thresher.app.registry.folders import check_new_name

    path = path.absolute()
    if not is_folder(path):
        raise UsageError(f"{path}: is no folder. Name the folder that holds adapter_config.json.")
    with open_session() as session:
        name = check_new_name(session.registry.folder, name or path.name)
        if (path / MANIFEST_FILE).exists():
            adapter = _ours(session, path, base_name, domain, name)
        else:
            adapter = _theirs(session, path, base_name, domain, name)
        found = session.registry.add(adapter)
        (standing,) = (each for each in standings_of(session, as_json=False) if each.adapter.name == name)
    manifest = found.manifest
    for note in manifest.source.notes if manifest.source else ():
        click.echo(one_line(f"note: {note}"), err=True)
    bound = f"for {found.domain or 'any domain'} on {manifest.base.name}"
    click.echo(one_line(f"{name} is there, {bound}"), err=True)
    for wrong in standing.wrong:
        click.echo(one_line(f"not used: {wrong}"), err=True)
    if not standing.wrong:
        where = "" if found.domain else " --domain DOMAIN"
        click.echo(f"`thresher adapters promote {name}{where}` lets it answer", err=True)


@click.command()
@click.argument("name", shell_complete=complete_adapter)
@click.option("--format", "form", type=click.Choice(FORMS), required=True, help="For whom it is written.")
@click.option(
    "-o",
    "--output",
    type=FILE,
    required=True,
    help="The new folder, or for gguf the new file.",
)
def export(name: str, form: str, output: Path) -> None:
    """Write the adapter NAME as PEFT, mlx-lm or llama.cpp (gguf) read it."""
    from thresher.adapters.formats.exporting import export as export_adapter
    from thresher.app.registry.overview import made_for

    output = output.absolute()
    with open_session() as session:
        found = session.registry.find(name)
        model = made_for(found, session.models())
        if model is None:
            base = found.manifest.base
            raise UsageError(
                f"{name} was made for {base.name} ({base.fingerprint[:12]}), which is not installed, and its "
                "layers' names and shapes are needed. Pull or add that base first."
            )
        adapter = session.registry.load(found, model)
        written = cast("Form", form.replace("-", "_"))
        export_adapter(adapter, session.registry.base(model), output, written)
    click.echo(f"{name} is written for {form}: {output}", err=True)


def _ours(session: "Session", path: Path, base_name: str | None, domain: str | None, name: str) -> "Adapter":
    """Raises UsageError where the options and the manifest disagree."""
    from dataclasses import replace

    from thresher.adapters.adapter_folder import read_adapter, unfit

    base = _base(session, base_name) if base_name else None
    adapter = read_adapter(path)
    manifest = adapter.manifest
    made = manifest.pack.domain if manifest.pack else None
    if domain is not None and domain != made:
        raise UsageError(
            f"{path.name} says itself that it is for {made or 'any domain'}. Leave --domain out."
        )
    if base and (wrong := unfit(manifest, base, None)):
        raise UsageError(f"{path.name} does not fit: {' '.join(map(str, wrong))}")
    for model in session.models():
        if model.fingerprint == manifest.base.fingerprint:
            read_adapter(path, session.registry.base(model))
            break
    # Whatever it was there, Thresher did not bring it here.
    origin = "imported" if manifest.origin == "shipped" else manifest.origin
    return replace(adapter, manifest=manifest.model_copy(update={"name": name, "origin": origin}))


def _theirs(
    session: "Session", path: Path, base_name: str | None, domain: str | None, name: str
) -> "Adapter":
    """Raises UsageError where the base is not said."""
    from thresher.adapters.formats.importing import detect, import_adapter

    detect(path)
    if base_name is None:
        there = ", ".join(model.name for model in session.models()) or "none"
        raise UsageError(f"say which model it was trained on: --base NAME. Installed: {there}.")
    return import_adapter(path, _base(session, base_name), _pack(session, domain), name)


def _base(session: "Session", name: str) -> "BaseModel":
    from thresher.app.models.library import find

    return session.registry.base(find(session.locations.models, name))


def _pack(session: "Session", domain: str | None) -> "BoundPack | None":
    from thresher.adapters.manifest import BoundPack

    if domain is None:
        return None
    found = session.found_packs()
    found.pick(domain)
    return BoundPack.of(found.packs[domain])
