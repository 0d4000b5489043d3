"""Files that others may have put in place, read as files: a pipe or a device could give bytes for ever, and a
file of any size fill the memory. Knows nothing of what is in them.
"""

import errno
import stat
from pathlib import Path

#: No manifest, configuration or settings are larger.
MAX_BYTES = 4 << 20


def check_regular(path: Path) -> None:
    """Raises OSError where it is not there, or is a folder, a pipe, a socket or a device."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "is a folder", str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "is no regular file", str(path))


def read_regular(path: Path, most: int = MAX_BYTES) -> bytes:
    """All bytes of a file. Raises OSError, as `check_regular` does, and where there are more than `most`."""
    check_regular(path)
    with path.open("rb") as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"is larger than {most:,} bytes", str(path))
    return data


def read_regular_text(path: Path, most: int = MAX_BYTES) -> str:
    """The same as text in UTF-8. Raises ValueError where it is none."""
    return read_regular(path, most).decode()
