"""What a person reads on stderr while an adapter is trained: a bar with time left, the loss, charts of it."""

import sys
from collections.abc import Sequence

import click

from thresher.adapters.training.metrics import Metric
from thresher.adapters.visible import one_line
from thresher.app.cli.bar import WithBar, make_bar
from thresher.app.cli.charts import bars, loss_curve
from thresher.app.training.sweep import SweepEnds, SweepNews, TryBegins, TryEnds
from thresher.app.wording import counted, time_left


class TrainingNarrator(WithBar):
    """Tells metrics, what the trainer says, and how a sweep goes. `quiet` leaves errors alone."""

    def __init__(self, *, quiet: bool = False) -> None:
        drawn = not quiet and sys.stderr.isatty()
        super().__init__(make_bar() if drawn else None, "reading labels", left="")
        self._quiet = quiet
        self._steps: list[Metric] = []
        self._trying = ""
        self._told = 0.0

    def tell(self, news: Metric | str | SweepNews) -> None:
        """A line of the metrics, something to say, or a sweep's next moment."""
        match news:
            case str():
                self._say(news)
            case Metric():
                self._metric(news)
            case TryBegins():
                more = f", at least {news.more} more after it" if news.more else ""
                self._begin(f"rate {news.rate:g}: ")
                self._say(f"try {news.number}: rate {news.rate:g}, {counted(news.steps, 'step')}{more}")
            case TryEnds():
                loss = news.tried.loss
                came = (
                    "the loss is not finite" if loss is None else f"loss {loss:.4f} on the labels held back"
                )
                self._say(f"rate {news.tried.rate:g}: {came}{' (tried before)' if news.before else ''}")
            case SweepEnds():
                self._begin("")
                for line in sweep_chart(news):
                    self._say(line)

    def _begin(self, trying: str) -> None:
        """Another run begins."""
        self._steps, self._told, self._trying = [], 0.0, trying
        if self._bar is not None:
            self._bar.reset(self._task, total=None, description=f"{trying}reading labels", left="")

    def _metric(self, metric: Metric) -> None:
        if metric.kind == "validation":
            if not self._trying:  # a try's is told when it ends
                self._say(f"step {metric.step}: loss {metric.loss:.4f} on the labels held back")
            return
        self._steps.append(metric)
        left = time_left(self._seconds_left())
        about = f"{self._trying}loss {metric.loss:.4f}, {metric.tokens_per_second:,.0f} tokens a second"
        if self._bar is not None:
            self._bar.update(
                self._task, completed=metric.step, total=metric.steps, description=about, left=left
            )
        elif metric.seconds - self._told >= 10 or metric.step == metric.steps:
            self._told = metric.seconds
            rest = f", {left}" if left else ""
            self._say(f"step {metric.step} of {metric.steps}: {about}{rest}")

    def stopped(self, message: str) -> None:
        """The run was stopped."""
        self._say(message)

    def summarise(self, name: str, domain: str, metrics: Sequence[Metric]) -> None:
        """The loss over all the run, and what to do next."""
        training, held_back = (
            [(metric.step, metric.loss) for metric in metrics if metric.kind == kind]
            for kind in ("train", "validation")
        )
        for line in loss_curve(training, held_back, training[-1][0] if training else 0):
            self._say(line)
        for mark, what, points in (("⠒", "in training", training), ("●", "held back", held_back)):
            if points:
                self._say(f"{mark} loss {what:11}  {points[0][1]:.3f} → {points[-1][1]:.3f}")
        if held_back and held_back[-1][1] > min(loss for _, loss in held_back):
            # Most who see it rise take the adapter for spoilt (docs/training.md, "How many steps").
            self._say(
                "held back, it rose from its lowest: the adapter is surer of its mistakes, and may make fewer"
            )
        self._say(f"{name} is there, a candidate for {domain}")
        self._say(f"score it: thresher evaluate --domain {domain} --adapter {name} --records GOLD.jsonl")

    def _seconds_left(self) -> float | None:
        first, last = self._steps[0], self._steps[-1]
        done = last.step - first.step
        return (last.seconds - first.seconds) / done * (last.steps - last.step) if done else None

    def _say(self, line: str) -> None:
        if not self._quiet:
            click.echo(one_line(line), err=True)


def sweep_chart(ends: SweepEnds) -> Sequence[str]:
    """A bar a rate, and which one is taken."""
    rows = []
    for tried in ends.tries:
        told = "not finite" if tried.loss is None else f"{tried.loss:.4f}"
        rows.append((f"{tried.rate:g}", tried.loss, told + ("  <- taken" if tried.rate == ends.rate else "")))
    steps = counted(ends.tries[0].steps, "step")
    return [f"loss on the labels held back, by learning rate, after {steps}:", *bars(rows)]
