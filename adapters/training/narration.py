"""What a trainer says on stderr, in words for whoever reads along, in lines for the app that started it.

A line is one line whatever it quotes, and how it begins says what it is: an id of a label that holds a line's
end, or begins as an error does, is never taken for one.
"""

import sys
import time

from thresher.adapters.errors import ThresherError
from thresher.adapters.training.metrics import Metric
from thresher.adapters.visible import one_line

#: How a line begins that tells something of the run, and the first line of what is wrong, after which nothing
#: else is said.
NOTED = "Note: "
TOLD = "Error: "


def say(line: str) -> None:
    """Writes a line."""
    sys.stderr.write(one_line(line) + "\n")
    sys.stderr.flush()


def say_note(note: str) -> None:
    """Writes what was found in the labels, say."""
    say(f"{NOTED}{note}")


def say_what_is_wrong(error: ThresherError) -> None:
    """Writes an error, a line for each of its own."""
    first, *rest = error.lines or (str(error),)
    say(f"{TOLD}{first}")
    for line in rest:
        say(line)


class Narrator:
    """A line now and then: the step, the loss, the time left."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._first: Metric | None = None
        self._told = 0.0

    def __call__(self, metric: Metric) -> None:
        """Says a line of the metrics, if it is time to."""
        if metric.kind == "validation":
            say(f"  step {metric.step} of {self._steps}: validation loss {metric.loss:.4f}")
            return
        self._first = self._first or metric
        now = time.monotonic()
        if now - self._told < 5 and metric.step < self._steps:
            return
        self._told = now
        done = metric.step - self._first.step
        left = (metric.seconds - self._first.seconds) / max(done, 1) * (self._steps - metric.step)
        say(
            f"  step {metric.step} of {self._steps}: loss {metric.loss:.4f}, "
            f"{metric.tokens_per_second:,.0f} tokens a second"
            + (f", about {_span(left)} left" if done else "")
        )


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
