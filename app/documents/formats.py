"""What a file is: by its bytes, and by what its ending says. Reads nothing beyond what that takes."""

import io
import re
import zipfile
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath

from thresher.app.documents.text import text_or_none

_AS_VOWELS = (*"AEIOUaeiou", "HTML", "SVG")


@dataclass(frozen=True)
class Format:
    """A kind of file. `kind` is the Document's kind, None for a format that is not read.

    `remedy` says what to do with one that is not read.
    """

    name: str
    endings: tuple[str, ...]
    kind: str | None = None
    remedy: str = "Save or print it as a PDF and add that."

    def __str__(self) -> str:
        """With its article: 'an Excel workbook'."""
        return f"an {self.name}" if self.name.startswith(_AS_VOWELS) else f"a {self.name}"


_AS_IMAGE = "Save it as a JPEG or PNG and add that."
_UNPACK = "Unpack it and add the documents inside."

PDF = Format("PDF", (".pdf",), "pdf")
JPEG = Format("JPEG image", (".jpg", ".jpeg", ".jpe", ".jfif"), "image")
PNG = Format("PNG image", (".png",), "image")
TIFF = Format("TIFF image", (".tif", ".tiff"), "image")
BMP = Format("BMP image", (".bmp", ".dib"), "image")
WEBP = Format("WebP image", (".webp",), "image")
DOCX = Format("Word document", (".docx", ".docm"), "docx")
XLSX = Format("Excel workbook", (".xlsx", ".xlsm"), "xlsx")
CSV = Format("CSV table", (".csv", ".tsv"), "csv")
HTML = Format("HTML page", (".html", ".htm", ".xhtml"), "html")
EML = Format("e-mail message", (".eml",), "email")
TEXT = Format("text file", (".txt", ".text", ".md", ".markdown"), "text")

DOC = Format("old Word document", (".doc", ".dot"), remedy="Open it in Word and save it as .docx.")
XLS = Format("old Excel workbook", (".xls", ".xlt"), remedy="Open it in Excel and save it as .xlsx.")
XLSB = Format("binary Excel workbook", (".xlsb",), remedy="Open it in Excel and save it as .xlsx.")
PPT = Format("PowerPoint presentation", (".ppt", ".pptx", ".pps", ".ppsx", ".pptm"))
MSG = Format("Outlook message", (".msg",), remedy="Open it in Outlook and save it as .eml.")
MBOX = Format("mailbox", (".mbox", ".mbx"), remedy="Save each of its messages as .eml and add those.")
OLE = Format("old Office file", (), remedy="Open it in the program that made it and save it as a PDF.")
RTF = Format("rich text file", (".rtf",), remedy="Open it in a word processor and save it as .docx.")
ODT = Format("OpenDocument text", (".odt", ".ott"), remedy="Open it and save it as .docx.")
ODS = Format("OpenDocument spreadsheet", (".ods", ".ots"), remedy="Open it and save it as .xlsx.")
ODP = Format("OpenDocument presentation", (".odp", ".odg"))
EPUB = Format("EPUB book", (".epub",))
ZIP = Format("ZIP archive", (".zip", ".jar", ".apk"), remedy=_UNPACK)
ARCHIVE = Format(
    "compressed archive", (".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".zst"), remedy=_UNPACK
)
GIF = Format("GIF image", (".gif",), remedy=_AS_IMAGE)
HEIC = Format("HEIC photograph", (".heic", ".heif", ".avif"), remedy=_AS_IMAGE)
SVG = Format("SVG drawing", (".svg",), remedy=_AS_IMAGE)
POSTSCRIPT = Format("PostScript file", (".ps", ".eps"))
MEDIA = Format(
    "sound or film", (".mp3", ".mp4", ".mov", ".wav", ".avi", ".mkv", ".ogg", ".m4a"),
    remedy="Thresher reads no sound or film. Add its transcript as text.",
)  # fmt: skip
PROGRAM = Format(
    "program", (".exe", ".dll", ".com", ".msi", ".so", ".dylib", ".bin"),
    remedy="A program holds no document. Leave it out.",
)  # fmt: skip
DATABASE = Format(
    "database", (".sqlite", ".db", ".mdb", ".accdb", ".parquet"),
    remedy="Export the table as .csv and add that.",
)  # fmt: skip
UNKNOWN = Format("file of an unknown format", ())

READ = (PDF, JPEG, PNG, TIFF, BMP, WEBP, DOCX, XLSX, CSV, HTML, EML, TEXT)
NOT_READ = (
    DOC, XLS, XLSB, PPT, MSG, MBOX, RTF, ODT, ODS, ODP, EPUB, ZIP, ARCHIVE, GIF, HEIC, SVG, POSTSCRIPT, MEDIA,
    PROGRAM, DATABASE,
)  # fmt: skip
_BY_ENDING = {ending: format_ for format_ in (*READ, *NOT_READ) for ending in format_.endings}

#: The endings of what is read: what a folder is searched for.
READ_ENDINGS = frozenset(ending for format_ in READ for ending in format_.endings)

_MAGIC: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0", TIFF),
    (b"MM\0+", TIFF),
    (b"{\\rtf", RTF),
    (b"GIF8", GIF),
    (b"%!PS", POSTSCRIPT),
    (b"\x1f\x8b", ARCHIVE),
    (b"BZh", ARCHIVE),
    (b"\xfd7zXZ\0", ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (b"Rar!\x1a\x07", ARCHIVE),
    (b"\x28\xb5\x2f\xfd", ARCHIVE),
    (b"MZ", PROGRAM),
    (b"\x7fELF", PROGRAM),
    (b"\xcf\xfa\xed\xfe", PROGRAM),
    (b"\xca\xfe\xba\xbe", PROGRAM),
    (b"SQLite format 3\0", DATABASE),
    (b"PAR1", DATABASE),
    (b"ID3", MEDIA),
    (b"OggS", MEDIA),
    (b"\x1aE\xdf\xa3", MEDIA),
)
#: Their first bytes may be letters, as text may begin: what follows in them has control characters.
_BINARY = (PROGRAM, MEDIA, ARCHIVE, DATABASE)
_CONTROL = re.compile(rb"[\0-\x08\x0e-\x19\x1c-\x1f]")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--(?>.*?-->)\s*)*+<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_HEADER = re.compile(r"[!-9;-~]+:[ \t]|[!-9;-~]+:$|[ \t]+\S|From \S+@")
#: Where a message of a mailbox begins: a sender and a time, then a header.
_MESSAGE = re.compile(r"(?:\A|\n\r?\n)(?>From \S.*\d:\d\d.*\n)[!-9;-~]++:")
_MAIL_HEADERS = re.compile(
    r"^(?:From|To|Cc|Date|Subject|Received|Return-Path|Message-ID|MIME-Version|Delivered-To|Sender|Reply-To"
    r"|Content-Type|X-[\w-]+|DKIM-Signature)[ \t]*:",
    re.I | re.M,
)


def by_ending(name: str) -> Format | None:
    """What the name's ending says; None where it says nothing that is known."""
    return _BY_ENDING.get(PurePath(name).suffix.lower())


def by_content(data: bytes) -> Format:
    """What the bytes are. Text is TEXT, unless it plainly is a page or a message."""
    binary = _CONTROL.search(data[:512]) is not None
    for magic, format_ in _MAGIC:
        if data.startswith(magic) and (binary or format_ not in _BINARY):
            return format_
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith(b"BM") and int.from_bytes(data[14:18], "little") in (12, 40, 52, 56, 64, 108, 124):
        return BMP
    if data[:4] == b"RIFF" and binary:
        return WEBP if data[8:12] == b"WEBP" else MEDIA
    if data[4:8] == b"ftyp":
        return HEIC if data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"hevc") else MEDIA
    if data[257:262] == b"ustar":
        return ARCHIVE
    if data.startswith(_OLE):
        return _inside_ole(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _inside_zip(data)
    return _inside_text(data)


def is_encrypted_office(data: bytes) -> bool:
    """Whether the bytes are a Word, Excel or PowerPoint file behind a password: an OLE file around it."""
    return data.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") in data


def _inside_ole(data: bytes) -> Format:
    for stream, format_ in (
        ("WordDocument", DOC), ("Workbook", XLS), ("PowerPoint Document", PPT), ("__substg1.0_", MSG),
        ("Book", XLS),
    ):  # fmt: skip
        if stream.encode("utf-16-le") in data:
            return format_
    return OLE


def _inside_zip(data: bytes) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            mimetype = archive.open("mimetype").read(100).decode("latin-1") if "mimetype" in names else ""
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, NotImplementedError, RuntimeError, EOFError):
        return ZIP
    for word, format_ in (
        ("opendocument.text", ODT), ("opendocument.spreadsheet", ODS), ("opendocument", ODP), ("epub", EPUB)
    ):  # fmt: skip
        if word in mimetype:
            return format_
    for part, format_ in (
        ("word/document.xml", DOCX), ("xl/workbook.xml", XLSX), ("xl/workbook.bin", XLSB),
        ("ppt/presentation.xml", PPT),
    ):  # fmt: skip
        if part in names:
            return format_
    return ZIP


def _inside_text(data: bytes) -> Format:
    text = text_or_none(data)
    if text is None:
        return UNKNOWN
    head = text[:4096]
    if _HTML.match(head):
        return HTML
    if re.match(r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!DOCTYPE svg[^>]*>\s*)?<svg\b", head):
        return SVG
    if text.startswith("From ") and len(list(islice(_MESSAGE.finditer(text), 2))) > 1:
        return MBOX
    return EML if _begins_with_headers(head) else TEXT


def _begins_with_headers(head: str) -> bool:
    """Whether the text begins with a message's header lines, three of them well known."""
    lines = head.replace("\r\n", "\n").split("\n\n", 1)[0].split("\n")
    return all(map(_HEADER.match, lines[:-1])) and len(_MAIL_HEADERS.findall("\n".join(lines))) >= 3
