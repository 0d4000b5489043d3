"""A writer of records, whatever the format: open, write one by one, close."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal, Protocol, Self, TextIO, get_args

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.app.export.csv import Csv
from thresher.app.export.jsonl import JsonLines
from thresher.app.export.markdown import Markdown
from thresher.app.export.target import Target
from thresher.app.export.xlsx import Xlsx
from thresher.app.record import Record

Format = Literal["jsonl", "csv", "xlsx", "markdown"]


class _Form(Protocol):
    """A format. `keeps_partial` where half a file is of use."""

    keeps_partial: bool

    def write(self, record: Record, fields: Sequence[Field] | None, /) -> None: ...
    def end(self) -> None: ...


class Writer:
    """Records out. As a context it closes at the end, and abandons the file where the block raises."""

    def __init__(self, form: _Form, target: Target) -> None:
        self._form = form
        self._target = target
        self._open = True

    def write(self, record: Record, fields: Sequence[Field] | None = None) -> None:
        """Add a record, with its own `fields` where they are not the writer's.

        Raises UsageError where the disk or the pipe takes no more.
        """
        try:
            self._form.write(record, fields)
        except BrokenPipeError:
            raise  # the reader has seen enough: for the command line to end quietly
        except OSError as error:
            raise _unwritable(error) from error

    def close(self) -> None:
        """Finish: a file takes its name, and not before. A second call does nothing."""
        if not self._open:
            return
        self._open = whole = False
        try:
            self._form.end()
            whole = True
            self._target.finish()
        except BaseException as error:
            # What is whole is of use, also where it may not take its name.
            self._target.abandon(keep=whole or self._form.keeps_partial)
            if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
                raise _unwritable(error) from error
            raise

    def abandon(self) -> None:
        """Stop without a result: only the finished lines of JSON lines stay, in `NAME.partial`."""
        if self._open:
            self._open = False
            self._target.abandon(keep=self._form.keeps_partial)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            self.abandon()


def open_writer(
    format: Format,
    target: Path | TextIO | BinaryIO,
    fields: Sequence[Field] = (),
    *,
    overwrite: bool = False,
) -> Writer:
    """A writer to a file or a stream. `fields` order the columns, and tell dates from other text.

    Raises UsageError: an unknown format, a file that is there already, a place that cannot be written.
    """
    if format not in get_args(Format):
        raise UsageError(f"{format!r} is no format; there are: {', '.join(get_args(Format))}")
    opened = Target(target, overwrite)
    form: _Form
    match format:
        case "jsonl":
            form = JsonLines(opened)
        case "csv":
            form = Csv(opened, fields)
        case "xlsx":
            form = Xlsx(opened, fields)
        case "markdown":
            form = Markdown(opened)
    return Writer(form, opened)


def _unwritable(error: OSError) -> UsageError:
    return UsageError(
        f"the records cannot be written ({error.strerror}). Free space or choose another place, then do the "
        "same again: what is done is kept"
    )
