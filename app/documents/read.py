"""A file → a Document: what it is, by its bytes, and the reader of that format."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from thresher.app.documents import formats
from thresher.app.documents.document import Document
from thresher.app.documents.draft import Draft
from thresher.app.documents.errors import (
    CorruptDocumentError,
    EmptyDocumentError,
    EncryptedDocumentError,
    MislabelledDocumentError,
    MissingDocumentError,
    OversizedDocumentError,
    UnsupportedDocumentError,
)
from thresher.app.documents.formats import Format
from thresher.app.documents.html import read_html
from thresher.app.documents.image import read_image
from thresher.app.documents.limits import Limits
from thresher.app.documents.mail import read_mail
from thresher.app.documents.pdf import read_pdf
from thresher.app.documents.spreadsheet import read_spreadsheet
from thresher.app.documents.table import read_table
from thresher.app.documents.text import no_text, read_text
from thresher.app.documents.word import read_word

#: What may say 'text' of itself in its ending: any of these may hold what looks like another.
_TEXTUAL = (formats.TEXT, formats.CSV, formats.EML, formats.HTML)

#: What to do, by kind, where a document has no text.
_SCAN = "If it is a scan, scan it again, larger and sharper."
_SHOWS = "If it shows some, as a picture say, print it as a PDF and add that."
_AGAIN = "Get it again from where it came."
_BLANK = {
    **dict.fromkeys(("pdf", "image"), _SCAN),
    **dict.fromkeys(("docx", "xlsx", "html", "email"), _SHOWS),
    **dict.fromkeys(("csv", "text"), _AGAIN),
}


def read_document(path: Path, *, limits: Limits = Limits()) -> Document:  # noqa: B008 (frozen)
    """The document in a file.

    Raises a DocumentError of app.documents.errors that names the file and what to do, whatever its bytes.
    """
    return read_bytes(bytes_of_file(path, limits), path.name, path=path, limits=limits)


def read_bytes(
    data: bytes,
    name: str,
    *,
    path: Path | None = None,
    limits: Limits = Limits(),  # noqa: B008 (frozen)
) -> Document:
    """As `read_document`, of bytes that are already here. `name` may end in a format's ending."""
    draft = Draft(name, limits)
    kind = read_into(draft, data)
    return Document(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        kind=kind,
        text=draft.text,
        path=path,
        regions=tuple(draft.regions),
        pages=draft.pages,
        ocr_pages=draft.ocr_pages,
        notes=tuple(draft.notes),
    )


def read_into(draft: Draft, data: bytes) -> str:
    """Append the text of a file, or of a message's attachment, to its draft. Returns its kind.

    Raises DocumentError.
    """
    if not data:
        raise EmptyDocumentError(f"{draft.name}: the file is empty. {_AGAIN}")
    format_ = _format_of(draft.name, data)
    assert format_.kind is not None
    _READERS[format_.kind](data, draft)
    if draft.is_blank and draft.unseen:
        raise EmptyDocumentError(
            f"{draft.name}: all that it holds is hidden, deleted or struck out, and was not read. "
            "Make it visible in a program for such documents and save it again."
        )
    if draft.is_blank:
        raise EmptyDocumentError(f"{draft.name}: holds no text that can be read. {_BLANK[format_.kind]}")
    return format_.kind


def kind_of(data: bytes, name: str) -> str:
    """The kind that a file of these bytes is read as. Raises DocumentError where it is not read."""
    kind = _format_of(name, data).kind
    assert kind is not None
    return kind


def bytes_of_file(path: Path, limits: Limits = Limits()) -> bytes:  # noqa: B008 (frozen)
    """The bytes of a document's file. Raises DocumentError where it is no file, or beyond the limits."""
    try:
        if path.is_dir():
            raise MissingDocumentError(f"{path}: is a folder. Name a file in it.")
        if not path.exists():
            raise MissingDocumentError(f"{path}: there is no such file. Check the path.")
        if not path.is_file():  # it could give bytes for ever
            raise MissingDocumentError(
                f"{path}: is no file, but a pipe or a device. Save what it gives to a file and name that."
            )
        with path.open("rb") as file:
            data = file.read(limits.file_bytes + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise MissingDocumentError(
            f"{path}: cannot be read ({reason}). Check the path and its rights."
        ) from error
    if len(data) > limits.file_bytes:
        raise OversizedDocumentError(
            f"{path.name}: the file is larger than {limits.file_bytes // 2**20} MiB. "
            "Split it into smaller documents."
        )
    return data


def _format_of(name: str, data: bytes) -> Format:
    """The format to read the bytes as. Raises DocumentError where there is none, or the ending lies."""
    said, found = formats.by_ending(name), formats.by_content(data)
    if formats.is_encrypted_office(data):
        raise EncryptedDocumentError(
            f"{name}: is an Office file behind a password. Open it, remove the password "
            "(File > Info > Protect), save it, and add that."
        )
    if found is formats.UNKNOWN or (found is formats.ZIP and said in (formats.DOCX, formats.XLSX)):
        if said in _TEXTUAL:
            raise no_text(name)
        if said is not None and said.kind is not None:
            raise CorruptDocumentError(
                f"{name}: should be {said}, but its bytes are of no such thing. "
                "Get a fresh copy, or open it in the program that made it and save it again."
            )
        known = said or found
        raise UnsupportedDocumentError(f"{name}: is {known}, which Thresher does not read. {known.remedy}")
    if said is None or said is found:
        if found.kind is None:
            raise UnsupportedDocumentError(
                f"{name}: is {found}, which Thresher does not read. {found.remedy}"
            )
        return found
    # Without a note: nothing of it is lost, and notes are kept for all files of these bytes.
    if said.kind == found.kind == "image":
        return found
    # Text is text: a table, a message that begins oddly, notes that quote a header.
    if said in _TEXTUAL and (found is formats.TEXT or (found is formats.EML and said is not formats.HTML)):
        return said
    if said is formats.TEXT and found is formats.MBOX:  # a mailing list keeps its archives so
        return said
    remedy = f"Give it the ending {found.endings[0]}." if found.kind else found.remedy
    raise MislabelledDocumentError(f"{name}: its ending says {said.name}, but it is {found}. {remedy}")


def _read_mail(data: bytes, draft: Draft) -> None:
    read_mail(data, draft, read_into)


_READERS: dict[str, Callable[[bytes, Draft], None]] = {
    "pdf": read_pdf,
    "image": read_image,
    "docx": read_word,
    "xlsx": read_spreadsheet,
    "csv": read_table,
    "html": read_html,
    "email": _read_mail,
    "text": read_text,
}
