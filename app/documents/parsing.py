"""The boundary to the parsers that others wrote: whatever they raise on a broken file becomes one error."""

from collections.abc import Iterator
from contextlib import contextmanager

from thresher.adapters.errors import DocumentError
from thresher.app.documents.errors import CorruptDocumentError, OversizedDocumentError


@contextmanager
def parsing(name: str, format_name: str) -> Iterator[None]:
    """Around calls into a parser, and never around code of ours.

    Raises CorruptDocumentError for anything that the parser raises, OversizedDocumentError where it ran out
    of memory. An error of ours passes through.
    """
    try:
        yield
    except DocumentError:
        raise
    except MemoryError as error:
        raise OversizedDocumentError(
            f"{name}: needs more memory than there is. Split it into smaller documents."
        ) from error
    except Exception as error:  # parsers raise anything: KeyError, struct.error, AssertionError …
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise CorruptDocumentError(
            f"{name}: is damaged, so the {format_name} cannot be read ({reason}). "
            "Open it in the program that made it and save it again, or get a fresh copy."
        ) from error
