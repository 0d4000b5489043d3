"""How a trainer's process is stopped: at once while it reads, after the step in hand once it trains.

While it reads nothing is written, so nothing can be lost, and one long document keeps Python from a handler
of its own for a minute.
"""

import os
import signal
import threading

from thresher.adapters.training.exit_codes import STOPPED

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopping:
    """Takes the signals for the rest of the process. `asked` is set where the run is to stop."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self._trains = False
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)

    def with_parent(self) -> None:
        """Also when stdin ends: who started the process is gone."""
        # A daemon that reads the bare descriptor: it may stay in its read when Python ends.
        threading.Thread(target=self._at_the_end_of_stdin, daemon=True).start()

    def after_the_step(self) -> None:
        """From now on it trains, and stops in good order."""
        self._trains = True
        for number in _SIGNALS:
            signal.signal(number, lambda *_: self.asked.set())

    def _at_the_end_of_stdin(self) -> None:
        while os.read(0, 1024):
            pass
        if not self._trains:
            os._exit(STOPPED)
        self.asked.set()
