"""The root of every error that a user may see.

    ThresherError
    ├── UsageError            the command or its arguments are wrong (exit code 2)
    ├── PackError             a pack's file is wrong: names file and key (exit code 2)
    ├── DocumentError         a document cannot be read (app.documents.errors has the kinds)
    ├── ModelError            a model is broken or cannot be had (exit code 3)
    │   └── NoModelError      no model is installed
    ├── AdapterError          an adapter is broken, or was made for something else
    └── StoreError            the database cannot be used

The others end a command with 1. `kind` is a stable word for scripts; the message says what is wrong and,
last, what to do.
"""

import errno
from typing import ClassVar

#: What the system says where it takes no more of what is written: a full disk, a quota, a broken device.
_TAKES_NO_MORE = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
#: What it says where it lets this user, or nobody, read or write.
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


class ThresherError(Exception):
    """Something that the user can act on. The message names the file or field and the remedy."""

    kind: ClassVar[str] = "error"
    #: The message in lines, where it lists several things; empty where it is one.
    lines: tuple[str, ...] = ()


class UsageError(ThresherError):
    """The command, a path or an argument is wrong."""

    kind = "usage"


class PackError(ThresherError):
    """A pack's file is missing, malformed or contradicts itself."""

    kind = "pack"


class DocumentError(ThresherError):
    """A document cannot be turned into text."""

    kind = "document"


class ModelError(ThresherError):
    """A model is broken, does not fit, or cannot be fetched."""

    kind = "model"


class NoModelError(ModelError):
    """No model of that name, or none at all, is installed."""

    kind = "no_model"


class AdapterError(ThresherError):
    """An adapter is broken, cannot be converted, or was made for another base, template or pack."""

    kind = "adapter"


class StoreError(ThresherError):
    """The database is damaged, locked or from a newer version."""

    kind = "store"


def takes_no_more(error: BaseException | None) -> bool:
    """Whether the disk or the device that is written to takes no more: nobody's wrong use, and no defect."""
    return isinstance(error, OSError) and error.errno in _TAKES_NO_MORE


def is_forbidden(error: BaseException | None) -> bool:
    """Whether a file or folder may not be read or written by this user: no defect either."""
    return isinstance(error, OSError) and error.errno in _FORBIDDEN
