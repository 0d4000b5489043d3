"""Regular expressions from a stranger's file: PEFT matches module names with them.

`regex` reads what `re` reads, and stops when it is told to: a pattern can be made to run for years.
"""

import regex

from thresher.adapters.errors import AdapterError

#: Seconds for one name; a pattern that was meant needs microseconds.
_LONGEST = 0.5


def why_not(pattern: str) -> str | None:
    """Why it is no regular expression, None where it is one."""
    try:
        regex.compile(pattern)
    except (regex.error, RecursionError, OverflowError, ValueError) as error:
        return str(error)
    return None


def full_match(pattern: str, name: str) -> bool:
    """Whether the pattern matches the whole name. Raises AdapterError where it takes too long."""
    return _match(pattern, rf"(?:{pattern})\Z", name) is not None


def first_group(pattern: str, whole: str, name: str) -> str | None:
    """The first group of `whole`, made from `pattern`, matched at the name's start. Raises AdapterError."""
    match = _match(pattern, whole, name)
    return match[1] if match else None


def _match(pattern: str, whole: str, name: str) -> "regex.Match[str] | None":
    try:
        return regex.match(whole, name, timeout=_LONGEST)
    except (TimeoutError, MemoryError, RecursionError) as error:
        raise AdapterError(
            f"the pattern {pattern[:80]!r} of its configuration takes too long to match {name}. "
            "List the layers by name instead."
        ) from error
