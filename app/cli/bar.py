"""The bars that commands draw on stderr while something takes its time."""

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


class WithBar:
    """Has a bar with one task while it is entered; `_bar` is None where none is to be drawn."""

    def __init__(self, bar: "Bar | None", activity: str, **fields: Any) -> None:
        """`activity` is what the task says at first; `fields` are those of the bar's own columns."""
        self._bar = bar
        self._first = activity, fields

    def __enter__(self) -> Self:
        if self._bar is not None:
            activity, fields = self._first
            self._bar.start()
            self._task = self._bar.add_task(activity, total=None, **fields)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()


def make_bar() -> "Bar":
    """A bar whose tasks have a description and a field `left`; it is gone when it stops."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    return Progress(
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}", markup=False),
        TextColumn("{task.description}", markup=False),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=True,
    )
