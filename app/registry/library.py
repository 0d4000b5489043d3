"""Which adapters there are, the user's own and those that ship, whole or broken. Knows no store."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path

from thresher.adapters.adapter_folder import read_adapter, remove_adapter
from thresher.adapters.base_model import BaseModel
from thresher.adapters.errors import AdapterError, UsageError
from thresher.adapters.formats.config_file import CONFIG_FILE
from thresher.adapters.formats.peft import WEIGHTS_FILE
from thresher.adapters.manifest import Manifest, read_manifest
from thresher.adapters.regular_file import read_regular
from thresher.adapters.tensor_file import read_tensors
from thresher.app.naming import check_name
from thresher.app.registry.folders import adapter_folders, own_folder, shipped_folders, subfolders


@dataclass(frozen=True)
class InstalledAdapter:
    """An adapter whose files are there.

    `fingerprint` is the sha256, in hex, of all that changes an answer: the matrices, how they are scaled,
    whether names decide, the cues of fields, and the letters of documents that it learnt.
    """

    name: str
    folder: Path
    manifest: Manifest
    fingerprint: str
    shipped: bool

    @property
    def domain(self) -> str | None:
        """The one domain that it was made for; None for a general one."""
        return self.manifest.pack.domain if self.manifest.pack else None

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path in self.folder.iterdir() if path.is_file())


def list_adapters(own: Path) -> list[InstalledAdapter]:
    """All adapters whose files are there. Others are left to `broken_adapters`."""
    return [found for found in _all(own) if isinstance(found, InstalledAdapter)]


def broken_adapters(own: Path) -> list[tuple[str, str]]:
    """Folders that look like adapters and are not: (name, what is wrong and what to do)."""
    shipped = shipped_folders()
    taken = [
        (f.name, f"the name {f.name} belongs to an adapter that ships with Thresher. Rename the folder {f}.")
        for f in subfolders(own)
        if f.name in shipped
    ]
    return [found for found in _all(own) if not isinstance(found, InstalledAdapter)] + taken


def find(own: Path, name: str) -> InstalledAdapter:
    """The adapter `name`. Raises UsageError where there is none, AdapterError where its folder is broken."""
    folders = adapter_folders(own)
    if check_name(name, "an adapter") not in folders:
        close = get_close_matches(name, folders, n=1)
        meant = f" Did you mean {close[0]!r}?" if close else ""
        there = ", ".join(folders) or "none"
        raise UsageError(
            f"there is no adapter {name!r}.{meant} There are: {there}. `thresher adapters import` brings one "
            "in; --adapter none asks the base alone."
        )
    return _read(name, folders[name])


def verify(adapter: InstalledAdapter, base: BaseModel | None) -> str:
    """What is wrong with it, every byte read, in the shapes of its base where given; "" where it is good."""
    try:
        read_adapter(adapter.folder, base)
    except AdapterError as error:
        return str(error)
    return ""


def remove(own: Path, name: str) -> int:
    """Deletes one of the user's own adapters, whole or broken; returns the bytes freed. Raises UsageError."""
    folder = own_folder(own, name)
    if folder.is_symlink():
        folder.unlink()  # it lies elsewhere: the link is ours, the adapter is not
        return 0
    return remove_adapter(folder)


def _all(own: Path) -> Iterator[InstalledAdapter | tuple[str, str]]:
    for name, folder in adapter_folders(own).items():
        try:
            yield _read(check_name(name, "an adapter"), folder)
        except (AdapterError, UsageError) as error:
            yield name, str(error)


def _read(name: str, folder: Path) -> InstalledAdapter:
    """Its manifest, and whether the other files are there and whole by their headers."""
    manifest = read_manifest(folder)
    try:
        read_tensors(folder / WEIGHTS_FILE, AdapterError)
        configuration = read_regular(folder / CONFIG_FILE)
    except OSError as error:
        missing = Path(str(error.filename)).name
        raise AdapterError(
            f"{name}: {missing} cannot be read ({error.strerror}). Fetch the adapter again, or remove it."
        ) from error
    # Without these it is as it was before they could be: no work is done anew.
    by_names = b"\0names" if manifest.names_decide else b""
    learnt = [
        b"\0" + manifest.model_dump_json(include={name}).encode()
        for name in ("cues", "letters")
        if getattr(manifest, name)
    ]
    told = b"".join([manifest.weights.encode(), b"\0", configuration, by_names, *learnt])
    return InstalledAdapter(
        name, folder, manifest, sha256(told).hexdigest(), shipped=folder == shipped_folders().get(name)
    )
