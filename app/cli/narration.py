"""What a person reads on stderr while a run goes on: a bar with time left, failures by name, a summary.

Takes the session's events and writes nothing on stdout. Without a terminal each step is a plain line.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

import click

from thresher.adapters.errors import PackError
from thresher.adapters.fields import Field
from thresher.adapters.visible import one_line
from thresher.app.calibration.acceptance_lines import acceptance_lines
from thresher.app.calibration.judge import Judge
from thresher.app.cli import exits
from thresher.app.cli.bar import WithBar, make_bar
from thresher.app.events import (
    DocumentStarted,
    Event,
    ModelLoading,
    Progress,
    RecordReady,
    RunFinished,
    RunStarted,
)
from thresher.app.sources import Source
from thresher.app.task import Task
from thresher.app.wording import answering, counted, time_left, took, windows_words

#: So many gold values that break their field's type are told one by one.
_UNFIT = 5


class Narrator(WithBar):
    """Tells events, one after the other; `finished` is the last one, once it came.

    `quiet` leaves errors alone; `as_json` writes them, and notes, as JSON lines, and no prose that would
    break these.
    `bar` draws one where stderr is a terminal.
    """

    def __init__(self, *, quiet: bool = False, as_json: bool = False, bar: bool = True) -> None:
        self.finished: RunFinished | None = None
        self._prose = not (quiet or as_json)
        drawn = bar and self._prose and sys.stderr.isatty()
        super().__init__(make_bar() if drawn else None, "starting", left="")
        self._as_json, self._quiet = as_json, quiet
        self._shared: frozenset[str] = frozenset()
        self._done = self._ready = self._total = self._reused = self._with_error = 0
        self._accepted = (0, 0)  # values, of so many that were judged
        self._seconds_left: float | None = None

    def tell(self, event: Event) -> None:
        """Say what the event means, if anything."""
        match event:
            case RunStarted():
                self._total = event.total
                self._say(f"run {event.run}: {counted(event.total, 'document')}")
                self._draw()
            case ModelLoading():
                if event.slow:
                    self.notes(event.slow)
                self._draw(f"loading the model {event.model}")
            case DocumentStarted():
                self._draw(f"reading {self._name(event.source)}")
            case Progress():
                self._done, self._total, self._seconds_left = event.done, event.total, event.seconds_left
                self._draw(event.activity)
            case RecordReady():
                self._record(event)
            case RunFinished():
                self.finished = event

    def reads(self, sources: Sequence[Source]) -> None:
        """Take in what the batch is, so that files of one name are told apart."""
        names = Counter(source.path.name for source in sources if source.path)
        self._shared = frozenset(name for name, count in names.items() if count > 1)

    def asks(self, task: Task, judge: Judge | None = None, own: Iterable[Field] = ()) -> None:
        """Tell who answers, and from where on values are accepted unseen; `own` are fields of documents."""
        self._say(f"asking {answering(task.model, task.adapter)}")
        for line in acceptance_lines(judge, chain(task.fields, own)) if judge else ():
            self._say(line)

    def notes(self, what: str, source: Source | None = None) -> None:
        """Tell something that the reader should know of the run, or of one of its documents."""
        self._say(f"note: {self._name(source)}: {what}" if source else f"note: {what}")
        self._note(what, source)

    def unfit(self, values: Sequence[str]) -> None:
        """Tell which gold values break their field's type, with file and line."""
        for value in values[:_UNFIT]:
            self.notes(f"{value}; it is scored as it is written")
        if (more := len(values) - _UNFIT) > 0:
            self.notes(f"and so are {more} more that break their field's type")

    def left_out(self, packs: Sequence[PackError]) -> None:
        """Tell which packs of the user's are broken, beside the one that is asked."""
        for error in packs:
            self._say(f"warning: {error}")
            self._note(str(error))

    def skipped(self, files: int, links: int = 0) -> None:
        """Tell how many files of the folders are of no format that is read, and how many links lead on."""
        if files:
            self._say(f"{counted(files, 'file')} left out: of no format that is read")
        if links:
            what = counted(links, "link to a folder", "links to folders")
            self._say(f"{what} left out: name what is to be read")

    @property
    def seconds(self) -> float | None:
        """How long the run took; None while it goes on."""
        return self.finished.seconds if self.finished else None

    @property
    def exit_code(self) -> int:
        """What the run ends with."""
        run = self.finished
        if run is None or run.cancelled:
            return exits.STOPPED
        return exits.SOME_FAILED if self._with_error else exits.DONE

    def summarise(self, *, whole: bool = True) -> None:
        """The closing words, after the output is safely written.

        `whole`: the run is all that its command does; else who asked for it says how a stopped one goes on.
        """
        run = self.finished
        if run is None:
            return
        done = run.ok + run.partial + run.failed
        words = [f"{run.ok} ok"]
        words += [f"{run.partial} partial"] if run.partial else []
        words += [f"{run.failed} failed"] if run.failed else []
        before = f" ({self._reused} of them done before)" if self._reused else ""
        self._say(
            f"run {run.run}: {counted(done, 'document')}{before}: {', '.join(words)}, in {took(run.seconds)}"
        )
        accepted, judged = self._accepted
        if judged:
            self._say(
                f"accepted unseen {accepted} of {counted(judged, 'value')} ({accepted / judged:.1%}); the "
                "rest wants a look"
            )
        if run.cancelled:
            left = max(self._total - done, 0)
            how = (
                " The same command, without --again, goes on from here; "
                f"'thresher runs export {run.run}' writes what is done."
            )
            self._say(
                f"stopped: what is done is kept; {counted(left, 'document')} left.{how if whole else ''}"
            )

    def _record(self, event: RecordReady) -> None:
        self._ready += 1
        if self._ready == self._total:
            self._seconds_left = None  # the estimate was made before the last record
        self._reused += event.reused
        record = event.record
        weighed = len(record.weighed)
        self._accepted = self._accepted[0] + weighed - record.looks, self._accepted[1] + weighed
        for note in (*record.notes, windows_words(record.windows)):
            if note:
                self.notes(note, event.source)
        if record.error is not None:
            self._with_error += 1
            document = as_given(event.source)
            exits.report(record.error.kind, record.error.message, as_json=self._as_json, document=document)
        elif self._bar is None:
            how = "done before" if event.reused else took(record.seconds)
            left = f", {words}" if (words := time_left(self._seconds_left)) else ""
            self._say(
                f"{self._ready}/{self._total} {self._name(event.source)}: {record.status} ({how}{left})"
            )

    def _name(self, source: Source) -> str:
        """The file's name, its path where others of the batch have that name, or the id of a mere text."""
        if source.path and source.path.name not in self._shared:
            return source.path.name
        return as_given(source)

    def _note(self, what: str, source: Source | None = None) -> None:
        if self._as_json and not self._quiet:
            exits.report_json("note", what, as_given(source) if source else None)

    def _say(self, line: str) -> None:
        # Above the bar, where there is one: rich takes stderr meanwhile.
        if self._prose:
            click.echo(one_line(line), err=True)

    def _draw(self, activity: str = "") -> None:
        if self._bar is not None:
            self._bar.update(
                self._task,
                completed=self._done,
                total=self._total or None,
                description=one_line(activity),
                left=time_left(self._seconds_left),
            )


def as_given(source: Source) -> str:
    """The file as it was given, or the record's id where there is no file."""
    return str(source.path) if source.path else source.id
