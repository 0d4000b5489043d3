"""What `thresher doctor` tells of one thing that it looked at."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["good", "slow", "bad"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `slow` works, though less well; `bad` prevents work.

    `remedy` says what to do, and is None where there is nothing to do.
    """

    subject: str
    level: Level
    detail: str
    remedy: str | None = None
