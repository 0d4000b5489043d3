"""Paths as people and shells give them: any text may be one, and to ask for it never raises."""

import os
from pathlib import Path

#: How the lock file begins that Office keeps beside a document that is open: '~$name.docx'.
_LOCK = "~$"


def expanded(path: Path) -> Path:
    """With `~` as the home that it stands for; as it stands where there is no such home ('~$name.docx')."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def working_folder() -> Path:
    """Where relative paths begin: the home folder where the working folder is gone, removed by somebody."""
    try:
        return Path.cwd()
    except OSError:
        return Path.home()


def absolute(path: Path) -> Path:
    """From the working folder on, with `~` expanded."""
    return working_folder() / expanded(path)


def exists(path: Path) -> bool:
    """False also of what cannot be asked for: a name too long for the system, or in a locked folder."""
    try:
        return path.exists()
    except (OSError, ValueError):  # ValueError: a NUL in it
        return False


def is_folder(path: Path) -> bool:
    """As `exists`."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_file(path: Path) -> bool:
    """As `exists`."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def locked_folder(path: Path) -> Path | None:
    """The folder on the way to `path` that may not be searched; None where none keeps one from it.

    The link in its stead where one leads into it.
    """
    for step in (*reversed(path.parents), path):
        try:
            step.stat()
        except PermissionError:
            return step if os.path.islink(step) else step.parent  # noqa: PTH114 Path's may raise
        except (OSError, ValueError):
            return None
    return None


def is_left_by_office(path: Path) -> bool:
    """Whether it is no document, but says that one is open."""
    return path.name.startswith(_LOCK)
