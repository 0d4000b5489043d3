"""Options that several commands share, their completion, and the session that commands run on."""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from thresher.adapters.errors import UsageError
from thresher.app.cli import exits
from thresher.app.endings import ENDINGS
from thresher.app.locations import Locations
from thresher.app.paths import exists, expanded, is_file, is_folder

if TYPE_CHECKING:
    from thresher.adapters.errors import PackError
    from thresher.adapters.fields import Field
    from thresher.adapters.pack_library import FoundPacks
    from thresher.app.session import Session
    from thresher.app.store import RunSummary, Store, StoredRecord

F = TypeVar("F", bound=Callable[..., Any])

#: How names begin that mean another file in another process.
_OPEN_FILES = ("/dev/stdin", "/dev/fd/", "/proc/")
#: A run or a record; the database counts no further.
NUMBER = click.IntRange(1, 2**63 - 1)


class FilePath(click.Path):
    """A file or folder, with `~` expanded: in `--output=~/records.csv` no shell does it."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path; it need not be there."""
        return expanded(Path(os.fsdecode(super().convert(value, param, ctx))))


FILE = FilePath()


def _complete_domain(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    return [domain for domain in installed_packs().packs if domain.startswith(incomplete)]


def complete_record_type(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Those of the domain that is given, or of all."""
    packs = installed_packs().packs
    chosen = packs.get(ctx.params.get("domain") or "")
    of = [chosen] if chosen else packs.values()
    return sorted({name for pack in of for name in pack.record_types if name.startswith(incomplete)})


def complete_model(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """The names of the models that are there, whole or broken."""
    models = Locations.default().models
    names = (folder.name for folder in models.iterdir()) if models.is_dir() else ()
    return sorted(name for name in names if name.startswith(incomplete) and not name.startswith("."))


def complete_adapter(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """The names of the adapters that are there, whole or broken."""
    from thresher.app.registry.folders import adapter_folders

    names = adapter_folders(Locations.default().adapters)
    return sorted(name for name in names if name.startswith(incomplete))


def complete_answering(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The same, and the word for no adapter."""
    from thresher.app.registry.folders import NONE

    return [*complete_adapter(ctx, parameter, incomplete), *([NONE] if NONE.startswith(incomplete) else [])]


domain_option = click.option(
    "-d", "--domain", shell_complete=_complete_domain, help="The domain, e.g. expenses: see 'thresher packs'."
)
record_type_option = click.option(
    "-r",
    "--record-type",
    shell_complete=complete_record_type,
    help="The record type of the domain; its first one where not given.",
)
field_option = click.option(
    "-f",
    "--field",
    "field_specs",
    multiple=True,
    metavar="NAME:TYPE[:DESCRIPTION]",
    help="A field beside the pack's, or in place of a pack: string, person, date, number, integer, "
    "boolean, list[string], or enum(a|b). Repeat for more.",
)
model_option = click.option(
    "-m", "--model", shell_complete=complete_model, help="The base model; the settings' where not given."
)
adapter_option = click.option(
    "--adapter",
    shell_complete=complete_answering,
    help="An adapter's name, or 'none' for the base model alone; the live one where not given.",
)
format_option = click.option(
    "--format",
    "format_name",
    type=click.Choice(list(ENDINGS)),
    help="How records are written; guessed from --output's ending, else jsonl.",
)
output_option = click.option("-o", "--output", type=FILE, help="The file to write; stdout where not given.")
overwrite_option = click.option("--overwrite", is_flag=True, help="Replace the output file where it exists.")
accept_option = click.option(
    "--accept-at",
    type=click.FloatRange(0.5, 1, min_open=True, max_open=True),
    metavar="SHARE",
    help="Mark the values that can be taken unseen if this share of them shall be right, e.g. 0.98. "
    "Needs a calibration.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON in place of prose.")


def task_options(command: F) -> F:
    """The options that say which record is asked, and of whom."""
    for option in (adapter_option, model_option, field_option, record_type_option, domain_option):
        command = option(command)
    return command


def output_options(command: F) -> F:
    """The options that say where records go, and in which format."""
    for option in (overwrite_option, output_option, format_option):
        command = option(command)
    return command


def parse_field_specs(specs: Sequence[str]) -> "tuple[Field, ...]":
    """The fields of repeated `--field` options. Raises UsageError that quotes the one that is wrong."""
    from thresher.adapters.fields import parse_field, unique

    return unique((parse_field(spec) for spec in specs), "--field")


def check_files(files: Iterable[Path], *, lasting: bool = False) -> None:
    """Raises UsageError for a file that an option names and that is not there, or is a folder.

    `lasting`: another process reads it too, or it is read again, so a pipe will not do.
    """
    for file in files:
        if not exists(file):
            raise UsageError(f"{file}: there is no such file. Check the path.")
        if is_folder(file):
            raise UsageError(f"{file}: is a folder. Name a file in it.")
        if lasting and (not is_file(file) or str(file).startswith(_OPEN_FILES)):
            raise UsageError(
                f"{file}: is a pipe or a device, and is read more than once. Write its lines into a file, "
                "and name that."
            )


def installed_packs(*, as_json: bool = False) -> "FoundPacks":
    """The packs that ship and the user's own; a broken one of the user's is named on stderr."""
    from thresher.adapters.pack_library import find_packs

    found = find_packs(Locations.default().packs)
    warn_of_packs(found.errors, as_json=as_json)
    return found


def warn_of_packs(errors: "Sequence[PackError]", *, as_json: bool = False) -> None:
    """Names on stderr each pack of the user that is left out because it is broken: as JSON in a note."""
    if not errors:
        return  # nothing is imported for nothing: completion runs this, too
    from thresher.adapters.visible import one_line

    for error in errors:
        if as_json:
            exits.report_json("note", str(error))
        else:
            click.echo(one_line(f"warning: {error}"), err=True)


def open_session() -> "Session":
    """The session on the user's data; close it, or use it as a context."""
    from thresher.app.session import Session

    return Session(Locations.default())


def open_store() -> "Store":
    """The user's store, for commands that need no model; close it, or use it as a context."""
    from thresher.app.store import Store

    return Store.open(Locations.default())


def stored_run(store: "Store", run: int) -> "tuple[RunSummary, list[StoredRecord]]":
    """A run and its records. Raises UsageError where there is no such run, or no record in it."""
    found, records = store.run(run), store.records(run)
    if not records:
        if store.broke_off(run):
            raise UsageError(f"run {run} was broken off before its first record; give its command again")
        raise UsageError(f"run {run} has no record yet; 'thresher runs' says how far it has come")
    return found, records
