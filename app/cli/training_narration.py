"""What a person reads on stderr while an adapter is trained: a bar with time left, the loss, its curve."""

import sys
from itertools import pairwise
from types import TracebackType
from typing import Self

import click

from thresher.adapters.training.metrics import Metric
from thresher.app.cli.bar import make_bar
from thresher.app.wording import one_line, time_left

_BARS = "▁▂▃▄▅▆▇█"
#: Columns of the curve.
_WIDTH = 48


class TrainingNarrator:
    """Tells metrics and what the trainer says. `quiet` leaves errors alone."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._metrics: list[Metric] = []
        self._bar = make_bar() if not quiet and sys.stderr.isatty() else None
        self._told = 0.0

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
            self._task = self._bar.add_task("reading labels", total=None, left="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def tell(self, news: Metric | str) -> None:
        """A line of the metrics, or something to say."""
        if isinstance(news, str):
            self._say(news)
            return
        self._metrics.append(news)
        if news.kind == "validation":
            self._say(f"step {news.step}: loss {news.loss:.4f} on the labels held back")
            return
        left = self._seconds_left()
        about = f"loss {news.loss:.4f}, {news.tokens_per_second:,.0f} tokens a second"
        if self._bar is not None:
            self._bar.update(
                self._task, completed=news.step, total=news.steps, description=about, left=time_left(left)
            )
        elif news.seconds - self._told >= 10 or news.step == news.steps:
            self._told = news.seconds
            rest = f", {words}" if (words := time_left(left)) else ""
            self._say(f"step {news.step} of {news.steps}: {about}{rest}")

    def stopped(self, message: str) -> None:
        """The run was stopped."""
        self._say(message)

    def summarise(self, name: str, domain: str) -> None:
        """The curve, and how to score it on other labels."""
        for kind, what in (("train", "loss in training"), ("validation", "loss held back")):
            losses = [metric.loss for metric in self._metrics if metric.kind == kind]
            if len(losses) > 1:
                self._say(f"{what:17} {curve(losses)}  {losses[0]:.3f} → {losses[-1]:.3f}")
        self._say(f"{name} is there, a candidate for {domain}")
        self._say(f"score it: thresher evaluate --domain {domain} --adapter {name} --records GOLD.jsonl")

    def _seconds_left(self) -> float | None:
        steps = [metric for metric in self._metrics if metric.kind == "train"]
        done = steps[-1].step - steps[0].step
        if not done:
            return None
        return (steps[-1].seconds - steps[0].seconds) / done * (steps[-1].steps - steps[-1].step)

    def _say(self, line: str) -> None:
        if not self._quiet:
            click.echo(one_line(line), err=True)


def curve(numbers: list[float]) -> str:
    """The numbers as bars, from 0 to the largest; each stands for the mean of as many as fit its column."""
    columns = min(len(numbers), _WIDTH)
    edges = [round(n * len(numbers) / columns) for n in range(columns + 1)]
    means = [sum(numbers[a:b]) / (b - a) for a, b in pairwise(edges)]
    top = max(means) or 1.0
    return "".join(_BARS[min(int(mean / top * len(_BARS)), len(_BARS) - 1)] for mean in means)
