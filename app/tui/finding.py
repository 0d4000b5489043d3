"""Finds documents, browsed for or given as paths: a worker looks, and tells the screen by `SourcesFound`."""

from collections.abc import Sequence
from pathlib import Path

from textual.screen import Screen

from thresher.app.paths import expanded
from thresher.app.tui.browser import BrowserDialog
from thresher.app.tui.messages import Problem, SourcesFound


def start_browsing(screen: Screen[None]) -> None:
    """Opens the browser over `screen`, and looks up what is chosen there."""

    def take(paths: list[str] | None) -> None:
        if paths:
            start_finding(screen, paths)

    screen.app.push_screen(BrowserDialog(Path.cwd()), take)


def start_finding(screen: Screen[None], paths: Sequence[str]) -> None:
    """Looks up files, folders and globs for `screen`."""
    screen.run_worker(lambda: _find(screen, paths), thread=True, group="sources")


def _find(screen: Screen[None], paths: Sequence[str]) -> None:
    # Imported here: it brings the readers with it.
    from thresher.app.sources import expand_paths

    try:
        # One name a file, however it was given: the queue holds it once.
        found = expand_paths([str(expanded(Path(path)).absolute()) for path in paths])
        screen.post_message(SourcesFound(found.sources, found.skipped))
    except Exception as error:
        screen.post_message(SourcesFound((), 0, Problem.of(error)))
