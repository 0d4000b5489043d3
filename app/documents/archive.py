"""Checks on the ZIP archive that a DOCX or XLSX is, before its parser opens it.

An archive can claim little and expand without end, and XML can define entities that do the same. Office
writes neither.
"""

import io
import re
import zipfile

from thresher.app.documents.draft import Draft
from thresher.app.documents.errors import CorruptDocumentError, EncryptedDocumentError, OversizedDocumentError
from thresher.app.documents.parsing import parsing

_CHUNK = 2**20
_DECLARATIONS = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)")
_LONGEST_MATCH = 32


def check_archive(data: bytes, draft: Draft, format_name: str) -> None:
    """Raises OversizedDocumentError, EncryptedDocumentError or CorruptDocumentError, or returns."""
    with parsing(draft.name, format_name):
        archive = zipfile.ZipFile(io.BytesIO(data))
    with archive:
        # Python never reads more of a part than the directory says, so the directory's sum is a bound.
        if sum(part.file_size for part in archive.infolist()) > draft.limits.expanded_bytes:
            raise OversizedDocumentError(
                f"{draft.name}: expands to more than {draft.limits.expanded_bytes // 2**20} MiB. "
                "If that is no mistake, save its parts as smaller documents."
            )
        for part in archive.infolist():
            if part.flag_bits & 1:
                raise EncryptedDocumentError(
                    f"{draft.name}: its archive asks for a password. Save it without one and add that."
                )
            if part.filename.endswith((".xml", ".rels")):
                _check_xml(archive, part, draft, format_name)


def _check_xml(archive: zipfile.ZipFile, part: zipfile.ZipInfo, draft: Draft, format_name: str) -> None:
    tail = b""
    with parsing(draft.name, format_name), archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if _DECLARATIONS.search(tail + chunk):
                raise CorruptDocumentError(
                    f"{draft.name}: its part {part.filename} declares XML entities, which Office never "
                    "does and an attack may. Open it in Office and save it again, if you trust it."
                )
            tail = chunk[-_LONGEST_MATCH:]
