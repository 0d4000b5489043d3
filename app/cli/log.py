"""Where warnings go: a file for bug reports, never the terminal that belongs to records and narration."""

import logging
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from thresher.app.locations import Locations


class _LateFile(logging.FileHandler):
    """A log file that is made, with its folder, by the first message. Where it cannot be, work goes on."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", delay=True)

    def _open(self) -> Any:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()

    def emit(self, record: logging.LogRecord) -> None:
        # The library opens the file outside its own handling of errors: it would end a batch.
        with suppress(OSError):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        # The library prints a traceback: of a full disk, at each message, among what a script reads.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


def log_to_file(locations: Locations) -> None:
    """Send Thresher's own warnings to `thresher.log`, and those of the libraries nowhere.

    The libraries' may quote what they read: the log holds no document text.
    """
    own = _LateFile(locations.logs / "thresher.log")
    own.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger("thresher").addHandler(own)
    logging.getLogger().addHandler(logging.NullHandler())
    logging.captureWarnings(True)
