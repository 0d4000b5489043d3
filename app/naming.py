"""Names that the user gives to things which become folders: models, adapters."""

from thresher.adapters.errors import UsageError

_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


def check_name(name: str, what: str) -> str:
    """`name`, if `what` ("a model", "an adapter") may be called so.

    Raises UsageError: a name must never become another path.
    """
    if not name or name[0] in ".-" or len(name) > 100 or not _ALPHABET.issuperset(name):
        raise UsageError(f"{name!r} is no name for {what}: use letters, digits, and . _ - (not first).")
    return name
