"""The moment, as the database keeps it."""

from datetime import UTC, datetime


def now() -> str:
    """ISO 8601 in UTC, to the millisecond: sorts as text."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
