"""The ways in which a document cannot be read. Each message names the document and what to do."""

from thresher.adapters.errors import DocumentError


class MissingDocumentError(DocumentError):
    """The path is not there, or may not be read."""

    kind = "missing"


class EmptyDocumentError(DocumentError):
    """The file has no bytes, or no text in any page."""

    kind = "empty"


class EncryptedDocumentError(DocumentError):
    """The file asks for a password."""

    kind = "encrypted"


class CorruptDocumentError(DocumentError):
    """The file breaks its own format."""

    kind = "corrupt"


class MislabelledDocumentError(DocumentError):
    """The bytes are of another format than the file's ending says."""

    kind = "mislabelled"


class OversizedDocumentError(DocumentError):
    """The file, or what it expands to, is beyond the stated limits."""

    kind = "oversized"


class UnsupportedDocumentError(DocumentError):
    """A format that Thresher does not read."""

    kind = "unsupported"
