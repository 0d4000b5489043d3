"""How a pull is told on stderr: a bar with speed and time left on a terminal, else a line now and then."""

import sys
import time
from typing import TYPE_CHECKING

import click

from thresher.app.cli.bar import WithBar
from thresher.app.models.progress import Transfer

if TYPE_CHECKING:
    from rich.progress import Progress

_EVERY = 15.0  # seconds between two lines where there is no terminal


class TransferBar(WithBar):
    """Takes transfers; draws while it is entered."""

    def __init__(self) -> None:
        super().__init__(_make_bar() if sys.stderr.isatty() else None, "")
        self._activity = ""
        self._told = 0.0

    def tell(self, transfer: Transfer) -> None:
        """Show how far it is."""
        if self._bar is None:
            self._line(transfer)
            return
        if transfer.activity != self._activity:
            self._activity = transfer.activity
            # A task of its own for each activity: the speed of one says nothing of the next.
            self._bar.remove_task(self._task)
            self._task = self._bar.add_task(transfer.activity, total=transfer.total, completed=transfer.done)
        self._bar.update(self._task, completed=transfer.done, total=transfer.total)

    def _line(self, transfer: Transfer) -> None:
        now = time.monotonic()
        if transfer.activity == self._activity and now - self._told < _EVERY:
            return
        self._activity, self._told = transfer.activity, now
        of = f": {transfer.done / 1e6:,.0f} of {transfer.total / 1e6:,.0f} MB" if transfer.total else ""
        click.echo(f"{transfer.activity}{of}", err=True)


def _make_bar() -> "Progress":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
