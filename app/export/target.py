"""Where records go: a file that appears when it is whole, or a stream. Knows no format."""

import fcntl
import io
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

from thresher.adapters.atomic import sync
from thresher.adapters.errors import UsageError

#: What the name of a file ends in until it is whole.
PARTIAL = ".partial"


class Target:
    """Bytes out. A path is written as `NAME.partial` and takes its name in `finish`.

    `write` hands every call to the system, so that a killed process leaves what it has written.
    Raises UsageError where the path is taken (and not `overwrite`), is being written, or cannot be.
    """

    def __init__(self, target: Path | TextIO | BinaryIO, overwrite: bool) -> None:
        self._path: Path | None = None
        self._whole = 0  # bytes of all writes that came to their end
        self._owned = isinstance(target, Path)
        self._overwrite = overwrite
        if isinstance(target, Path):
            self._stream: Any = self._open(target)
        elif isinstance(target, io.TextIOBase) and not hasattr(target, "buffer"):
            self._stream = _Encoded(target)
        elif isinstance(target, io.TextIOBase) or hasattr(target, "buffer"):
            target.flush()
            self._stream = cast(TextIO, target).buffer
        else:
            self._stream = target

    def write(self, data: bytes) -> None:
        """Append. Raises OSError (a full disk, a closed pipe)."""
        left = memoryview(data)
        while left:
            left = left[self._stream.write(left) :]  # a file may take a part, and then no more
        self._stream.flush()
        self._whole += len(data)

    def finish(self) -> None:
        """All is written: the file takes its name. A stream stays open."""
        if not self._owned:
            return
        if self._path is None:  # a device or a pipe
            self._stream.close()
            return
        self._stream.flush()
        os.fsync(self._stream.fileno())
        partial = partial_of(self._path)
        if self._path.exists() and not self._overwrite:
            raise UsageError(f"{self._path} has appeared meanwhile; the records are in {partial}, rename it")
        partial.replace(self._path)
        self._stream.close()  # and not before: it holds the claim to the name
        with suppress(OSError):  # the file is whole, and some folders may not be opened to be forced out
            sync(self._path.parent)

    def abandon(self, *, keep: bool) -> None:
        """Something went wrong: `NAME.partial` stays where it is of use, and goes where it is not.

        What a write began and did not end is cut off.
        """
        if self._owned:
            if self._path is not None and not keep:
                partial_of(self._path).unlink(missing_ok=True)
            with suppress(OSError):  # what went wrong has been told of
                if self._path is not None and keep:
                    self._stream.truncate(self._whole)
                self._stream.close()

    def _open(self, path: Path) -> io.RawIOBase | BinaryIO:
        try:
            if path.is_dir():
                raise UsageError(f"{path} is a folder; give the name of a file in it")
            if path.exists() and not path.is_file():
                return path.open("wb")  # by the name given: what /dev/stdout leads to, a pipe, has none
            path = path.resolve()  # a link stays a link to the file that is written
            if path.exists() and not self._overwrite:
                raise UsageError(f"{path} is there already; choose another name, or ask to overwrite it")
            if not path.parent.is_dir():
                raise UsageError(f"{path}: there is no folder {path.parent}; make it, or choose another")
            opened = partial_of(path).open("ab", buffering=0)  # holds nothing that a full disk refused
            if not _is_claimed(opened, partial_of(path)):
                opened.close()
                raise UsageError(
                    f"{path} is being written at this moment, by another command or window; wait until it is "
                    "done, or choose another name"
                )
            opened.truncate(0)  # what a killed process left
        except OSError as error:
            raise UsageError(f"{path}: cannot be written ({error.strerror}); choose another place") from error
        self._path = path
        return opened


class _Encoded:
    """A text stream that has no bytes below it, as a stream of UTF-8."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, data: memoryview) -> int:
        try:
            self._stream.write(str(data, "utf-8"))
        except UnicodeDecodeError as error:
            raise UsageError("this format is no text; give a file to write it to") from error
        return len(data)

    def flush(self) -> None:
        self._stream.flush()


def _is_claimed(stream: io.RawIOBase, partial: Path) -> bool:
    """Whether the file is this writer's alone; the claim ends with the stream, however the process ends."""
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # some network drives know no locks
        return True
    try:
        return os.path.samestat(os.fstat(stream.fileno()), partial.stat())
    except FileNotFoundError:  # another writer has just finished it
        return False


def partial_of(path: Path) -> Path:
    """What a file is called until it is whole."""
    return Path(f"{path}{PARTIAL}")
