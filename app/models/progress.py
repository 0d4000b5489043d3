"""What a pull tells its face: an activity, and how far it is."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Transfer:
    """`done` of `total` bytes of an activity; total is None where there is nothing to count."""

    activity: str
    done: int
    total: int | None


OnTransfer = Callable[[Transfer], None]


def silent(transfer: Transfer) -> None:
    """Tells nobody."""
