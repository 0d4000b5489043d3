"""Completion of a path that is being typed: the first name in its folder that goes on like it."""

import asyncio
import os
from pathlib import Path

from textual.suggester import Suggester

from thresher.adapters.visible import one_line
from thresher.app.paths import absolute


class PathSuggester(Suggester):
    """Suggests the rest of the last name of a path; folders end with a slash."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The completed path, as it was begun; None where nothing goes on like it."""
        return await asyncio.to_thread(complete_path, value)


def complete_path(typed: str) -> str | None:
    """See `PathSuggester`. Looks at the disk; a folder that cannot be read has no names.

    A name that a person could not type, for its control characters, is none to complete: the tree marks it.
    """
    folder, start = os.path.split(typed)
    if not typed or not start:
        return None
    try:
        with os.scandir(absolute(Path(folder))) as entries:
            matching = sorted(
                (
                    (entry.name, entry.is_dir())
                    for entry in entries
                    if entry.name.startswith(start) and one_line(entry.name) == entry.name
                ),
                key=lambda pair: pair[0].casefold(),
            )
    except (OSError, ValueError):
        return None
    if not matching:
        return None
    name, is_folder = matching[0]
    return typed[: len(typed) - len(start)] + name + ("/" if is_folder else "")
