"""A run in a worker: a widget is told by `EventsWaiting` on the way and by one `RunEnded`."""

import threading
from collections.abc import Sequence

from textual.message import Message
from textual.widget import Widget
from textual.worker import get_current_worker

from thresher.app.sources import Source
from thresher.app.task import Task
from thresher.app.tui.messages import EventsWaiting, Inbox, Problem, RunEnded
from thresher.app.tui.ports import SessionPort


class Running:
    """One run over `sources`, told to `widget`. Its events are in `inbox`."""

    def __init__(
        self,
        widget: Widget,
        session: SessionPort,
        sources: Sequence[Source],
        task: Task,
        *,
        again: bool,
        accept_at: float | None,
    ) -> None:
        """Starts at once. With `again`, what was done before is done anew.

        `accept_at` is the share of right values that is asked of those that go unseen, None where none do.
        """
        self.task = task
        self.accept_at = accept_at
        self.inbox = Inbox()
        self._widget = widget
        self._session = session
        self._sources = sources
        self._again = again
        self._cancel = threading.Event()
        widget.run_worker(self._work, thread=True, group="run")

    def cancel(self) -> None:
        """Has the run end soon; what is done is kept."""
        self._cancel.set()

    def _work(self) -> None:
        problem = None
        try:
            for event in self._session.extract(
                self._sources,
                self.task,
                again=self._again,
                cancel=self._cancel,
                accept_at=self.accept_at,
            ):
                if self.inbox.put(event):
                    self._tell(EventsWaiting(self.inbox))
        except Exception as error:
            self._widget.log.error(f"the run failed: {type(error).__name__}")
            problem = Problem.of(error)
        self._tell(RunEnded(self.inbox, problem))

    def _tell(self, message: Message) -> None:
        if not get_current_worker().is_cancelled:  # else the widget is gone, and the run ends by itself
            self._widget.post_message(message)
