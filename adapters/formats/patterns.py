"""Regular expressions from a stranger's file: PEFT matches module names with them.

`regex` reads what `re` reads, and stops when it is told to: a pattern can be made to run for years.
"""

from typing import Literal

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


def match(pattern: str, name: str, how: Literal["match", "fullmatch"] = "match") -> "regex.Match[str] | None":
    """As `re` matches a module's name. Raises AdapterError where that fails or takes too long."""
    try:
        return getattr(regex, how)(pattern, name, timeout=_LONGEST)  # type: ignore[no-any-return]
    except (TimeoutError, MemoryError, RecursionError, regex.error) as error:
        raise AdapterError(
            f"the pattern {pattern[:80]!r} of its configuration fails or takes too long on {name} ({error}). "
            "List the layers by name instead."
        ) from error
