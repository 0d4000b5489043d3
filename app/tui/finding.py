"""Finds documents, browsed for or given as paths: a worker looks, and tells the screen by `SourcesFound`.

A search ends when its worker is cancelled: by `stop_finding`, or with the app.
"""

from collections.abc import Sequence
from pathlib import Path

from textual.screen import Screen
from textual.worker import get_current_worker

from thresher.app.paths import absolute, exists, expanded, working_folder
from thresher.app.tui.browser import BrowserDialog
from thresher.app.tui.messages import Problem, SourcesFound
from thresher.app.tui.pasted import pasted_paths
from thresher.app.wording import counted

_GROUP = "sources"
_NO_PATH = "There is no path in what was pasted."


class _Stopped(Exception):
    """The search was cancelled."""


def start_browsing(screen: Screen[None]) -> None:
    """Opens the browser over `screen`, and looks up what is chosen there."""

    def take(paths: list[str] | None) -> None:
        if paths:
            start_finding(screen, paths)

    screen.app.push_screen(BrowserDialog(working_folder()), take)


def start_finding(screen: Screen[None], paths: Sequence[str]) -> None:
    """Looks up files, folders and globs for `screen`."""
    screen.run_worker(lambda: _find(screen, paths), thread=True, group=_GROUP)


def start_pasting(screen: Screen[None], text: str) -> None:
    """The same of what was pasted, in which there may be words that are no path."""
    if not pasted_paths(text):
        screen.notify(_NO_PATH, severity="warning", markup=False)
        return
    screen.run_worker(
        lambda: _find(screen, pasted_paths(text, _is_there), pasted=True), thread=True, group=_GROUP
    )


def tell_left_out(screen: Screen[None], found: SourcesFound) -> None:
    """Says what became no document."""
    if found.skipped:
        skipped = counted(found.skipped, "file")
        screen.notify(f"{skipped} left out: of a kind that is not read.", markup=False)
    if found.links:
        links = counted(found.links, "link to a folder", "links to folders")
        screen.notify(f"{links} left out: add what is to be read.", markup=False)
    if found.words:
        left_out = f"{counted(found.words, 'word')} left out: the name of nothing here."
        screen.notify(left_out if found.sources else _NO_PATH, severity="warning", markup=False)


def is_finding(screen: Screen[None]) -> bool:
    """Whether a search goes on for `screen`; it hears of a change by `Worker.StateChanged`.

    Not of a stop: a worker that is cancelled before its first step tells of nothing.
    """
    return any(
        worker.group == _GROUP and worker.node is screen and not (worker.is_finished or worker.is_cancelled)
        for worker in screen.workers
    )


def stop_finding(screen: Screen[None]) -> bool:
    """Cancels the searches of `screen`; whether there was one."""
    return bool(screen.workers.cancel_group(screen, _GROUP))


def _find(screen: Screen[None], paths: Sequence[str], *, pasted: bool = False) -> None:
    # Imported here: it brings the readers with it.
    from thresher.app.sources import expand_paths

    worker = get_current_worker()

    def between() -> None:
        if worker.is_cancelled:
            raise _Stopped

    try:
        # One name a file, however it was given: the queue holds it once.
        found = expand_paths([str(absolute(Path(path))) for path in paths], between=between)
        words = _words(paths) if pasted else set()
        sources = [source for source in found.sources if source.path not in words]
        left_over = len(found.sources) - len(sources)
        screen.post_message(SourcesFound(sources, found.skipped, found.links, left_over))
    except _Stopped:
        return
    except Exception as error:
        screen.post_message(SourcesFound((), problem=Problem.of(error)))


def _words(paths: Sequence[str]) -> set[Path]:
    """Those of `paths` that are relative and not there: whoever pastes a sentence means no file."""
    relative = [path for path in map(Path, paths) if not expanded(path).is_absolute()]
    return {absolute(path) for path in relative if not exists(absolute(path))}


def _is_there(line: str) -> bool:
    return bool(line) and exists(absolute(Path(line)))
