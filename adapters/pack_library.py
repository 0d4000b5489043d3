"""The packs at hand: those that ship with Thresher and the user's own, and the record type asked for."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from thresher.adapters.errors import PackError, UsageError
from thresher.adapters.pack import Pack, RecordType, read_pack

#: The packs that ship with Thresher, one folder a domain.
SHIPPED = Path(__file__).parent / "packs"


class FoundPacks(NamedTuple):
    """The packs by domain, in alphabetical order, and what was wrong with those that could not be read."""

    packs: dict[str, Pack]
    errors: tuple[PackError, ...]
    broken: dict[str, PackError]  # those of `errors` that are of one domain, by its name

    def pick(self, domain: str, record_type: str | None = None) -> RecordType:
        """The record type of that name as the pack has it; the pack's first where none is named.

        Raises UsageError that lists what there is, with the closest name; PackError where the user's pack of
        that domain is the broken one.
        """
        if domain in self.broken:
            raise self.broken[domain]
        if domain not in self.packs:
            raise UsageError(_not_found("domain", domain, self.packs))
        types = self.packs[domain].record_types
        if record_type is None:
            return next(iter(types.values()))
        if record_type not in types:
            raise UsageError(_not_found(f"record type of {domain}", record_type, types))
        return types[record_type]


def find_packs(user_folder: Path | None = None) -> FoundPacks:
    """Every pack, the user's in place of a shipped one of the same domain.

    A pack of the user that is broken is left out and reported: it stops no other. The shipped one of its
    domain does not stand in for it, or records would be of fields that the user has replaced. Examples are
    not looked at, so that this takes milliseconds. Raises PackError where a shipped pack is broken.
    """
    packs = {folder.name: read_pack(folder) for folder in _folders(SHIPPED)}
    errors: list[PackError] = []
    broken: dict[str, PackError] = {}
    try:
        own = _folders(user_folder) if user_folder else []
    except OSError as error:
        own = []
        errors.append(PackError(f"{user_folder}: cannot be listed ({error.strerror}). Allow reading it."))
    for folder in own:
        try:
            packs[folder.name] = read_pack(folder)
        except PackError as error:
            packs.pop(folder.name, None)
            broken[folder.name] = error
    return FoundPacks(dict(sorted(packs.items())), (*errors, *broken.values()), broken)


def _folders(parent: Path) -> list[Path]:
    """The folders that mean to be packs: hidden ones and those of the Python cache do not."""
    if not parent.is_dir():
        return []
    return sorted(
        folder for folder in parent.iterdir() if folder.is_dir() and not folder.name.startswith((".", "__"))
    )


def _not_found(what: str, name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = get_close_matches(name.casefold(), names, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"there is no {what} {name!r}.{hint} There are: {', '.join(names) or 'none'}."
