"""Where adapters lie, and what they are called. Opens no file of them.

A shipped adapter lies in its pack, `packs/DOMAIN/adapters/BASE/`, or for any domain in `general/BASE/`, and
is called DOMAIN-BASE or general-BASE. The user's own are called as their folders.
"""

from pathlib import Path

from thresher.adapters.errors import UsageError
from thresher.adapters.pack_library import SHIPPED
from thresher.app.naming import check_name

#: What stands for the base model alone where an adapter's name is asked.
NONE = "none"
#: Adapters of no one domain that ship with Thresher, one folder a base.
GENERAL = SHIPPED.parent / "general"


def adapter_folders(own: Path) -> dict[str, Path]:
    """Every adapter's folder by name, the shipped ones first. `own` holds the user's."""
    shipped = shipped_folders()
    return shipped | {folder.name: folder for folder in subfolders(own) if folder.name not in shipped}


def shipped_folders(*domains: str) -> dict[str, Path]:
    """The folders of the adapters that ship, by name: those of these domains or all, then general ones."""
    packs = [SHIPPED / domain for domain in domains] or subfolders(SHIPPED)
    found = {f"{pack.name}-{base.name}": base for pack in packs for base in subfolders(pack / "adapters")}
    return found | {f"general-{base.name}": base for base in subfolders(GENERAL)}


def named_by(folder: Path) -> str:
    """The name of the adapter that lies, or lay, in a folder, wherever home and Thresher were then."""
    match folder.parts:
        case (*_, SHIPPED.parent.name, SHIPPED.name, domain, "adapters", base):
            return f"{domain}-{base}"
        case (*_, GENERAL.name, base):
            return f"general-{base}"
        case _:
            return folder.name


def own_folder(own: Path, name: str) -> Path:
    """The folder of one of the user's own adapters, whole or broken.

    Raises UsageError where there is none of that name, or where it ships with Thresher.
    """
    folder = own / check_name(name, "an adapter")
    if folder.is_dir():
        return folder
    if name in shipped_folders():
        raise UsageError(
            f"{name} ships with Thresher and is not removed. To answer without it, run "
            "`thresher adapters promote none --domain DOMAIN`."
        )
    raise UsageError(f"there is no adapter {name!r}: see `thresher adapters list`.")


def check_new_name(own: Path, name: str) -> str:
    """`name`, if a new adapter may be called so. Raises UsageError."""
    check_name(name, "an adapter")
    if name == NONE:
        raise UsageError("the name 'none' stands for the base alone. Choose another with --name.")
    if name in adapter_folders(own) or (own / name).exists():
        raise UsageError(f"there is an adapter {name} already. Choose another with --name, or remove it.")
    return name


def subfolders(parent: Path) -> list[Path]:
    """Those that mean something: hidden ones and those of the Python cache do not."""
    if not parent.is_dir():
        return []
    return sorted(f for f in parent.iterdir() if f.is_dir() and not f.name.startswith((".", "__")))
