"""Keeping a record as an example, from a screen: written in a worker, told of by `Written`."""

from textual.screen import Screen

from thresher.app.tui.messages import Problem, Written
from thresher.app.tui.ports import SessionPort
from thresher.app.tui.telling import work_and_tell
from thresher.app.wording import kept_words


def start_keeping(screen: Screen[None], session: SessionPort, record_id: int) -> None:
    """Makes a record that is right an example of its pack; what is wrong with it is told."""
    work_and_tell(screen, lambda: _keep(session, record_id), "The example is not kept", "export")


def _keep(session: SessionPort, record_id: int) -> Written:
    try:
        kept = session.keep_example(record_id)
    except Exception as error:
        return Written(problem=Problem.of(error))
    return Written(kept_words(kept.path, kept.is_shown))
