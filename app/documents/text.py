"""Plain text and Markdown, in any usual encoding."""

import codecs
import re
from typing import NamedTuple

from thresher.app.documents.draft import Draft
from thresher.app.documents.errors import CorruptDocumentError
from thresher.app.documents.latin import latin_encoding

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Encodings that text without a mark is found in, beside UTF-8 and those of Latin letters, which its letters
#: tell; of those that fit alike the first is meant.
_USUAL = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "koi8_r",
    "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr",
    "cp1255", "cp1256", "cp866", "cp874",
]  # fmt: skip
#: What is meant where an encoding is declared: browsers take the larger one that has all of it.
_MEANT = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949",
}  # fmt: skip
_SAMPLE, _BEFORE = 64 * 1024, 4 * 1024
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
#: Text is damaged UTF-8 where this many times as many letters beyond ASCII are right.
FAR_MORE = 5
_LOST = "\N{REPLACEMENT CHARACTER}"


def read_text(data: bytes, draft: Draft) -> None:
    """Append the text, a region a line. Raises CorruptDocumentError where the bytes are no text."""
    draft.lines(decoded(data, draft))


class _Found(NamedTuple):
    text: str
    guess: str | None = None  # the encoding, where neither a mark nor UTF-8 told it


def decoded(data: bytes, draft: Draft) -> str:
    """The bytes as text: by mark, else UTF-8, else by the likeliest of the usual encodings.

    A guess is noted, and what cannot be decoded. Raises CorruptDocumentError where they are no text.
    """
    text = decoded_or_none(data, draft)
    if text is None:
        raise no_text(draft.name)
    return text


def decoded_or_none(data: bytes, draft: Draft) -> str | None:
    """As `decoded`; None where the bytes are no text."""
    found = _found(data)
    if found is None:
        return None
    if found.guess:
        known_as = found.guess.replace("_", "-").replace("cp125", "windows-125").replace("iso", "iso-")
        draft.notes.append(
            f"the text is not UTF-8 and was read as {known_as}: "
            "look whether its letters are right, else save it again as UTF-8"
        )
    note_lost(found.text, draft)
    return found.text


def text_or_none(data: bytes) -> str | None:
    """As `decoded_or_none`, without the notes."""
    found = _found(data)
    return found and found.text


def as_declared(data: bytes, encoding: str) -> str | None:
    """The bytes in the encoding that they say they have; None where that is none, or UTF."""
    try:
        name = codecs.lookup(encoding).name
        return None if name.startswith("utf") else data.decode(_MEANT.get(name, name), errors="replace")
    except (LookupError, ValueError):
        return None


def no_text(name: str) -> CorruptDocumentError:
    """What to say of a file that should be text, and is in no encoding that is known."""
    return CorruptDocumentError(
        f"{name}: is not text in any usual encoding. "
        "If it is another kind of document give it its proper ending, else save it again as UTF-8."
    )


def note_lost(text: str, draft: Draft) -> None:
    """Add a note where the text has characters that stand for bytes which could not be decoded."""
    if lost := text.count(_LOST):
        what = "1 character is" if lost == 1 else f"{lost:,} characters are"
        draft.notes.append(f"{what} damaged and read as {_LOST}: get a fresh copy of the file")


def _found(data: bytes) -> _Found | None:
    marked = next(((mark, encoding) for mark, encoding in _MARKS if data.startswith(mark)), None)
    mark, encoding = marked or (b"", _wide(data))
    found: _Found | None
    if encoding is not None:
        found = _Found(data[len(mark) :].decode(encoding, errors="replace"))
    else:
        text = utf8_or_none(data)
        found = _guessed(data) if text is None else _Found(text)
    return found if found is not None and _is_written(found.text) else None


def utf8_or_none(data: bytes) -> str | None:
    """The bytes as UTF-8, damaged ones replaced where far more are right; None where it is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("utf-8-sig", errors="replace")
    lost = text.count(_LOST)
    right = len(text) - len(text.encode("ascii", "ignore")) - lost
    # The letters of no other encoding are so often UTF-8 by chance.
    return text if right > FAR_MORE * lost else None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of mostly Latin text is zero."""
    sample = data[: _SAMPLE & ~1]
    pairs = len(sample) // 2
    if len(data) % 2 or not pairs:
        return None
    even, odd = sample[::2].count(0) / pairs, sample[1::2].count(0) / pairs
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else None


def _guessed(data: bytes) -> _Found | None:
    sample = data
    if len(data) > _SAMPLE and (beyond := _BEYOND_ASCII.search(data)):
        # From a little before what tells it, to a line's end: never within a character.
        start = max(beyond.start() - _BEFORE, 0)
        sample = data[start : data.rfind(b"\n", beyond.start(), start + _SAMPLE) + 1 or start + _SAMPLE]
    guess = latin_encoding(sample) or _likeliest(sample)
    return _Found(data.decode(guess, errors="replace"), guess) if guess else None


def _likeliest(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    matches = from_bytes(sample, cp_isolation=_USUAL)
    best = matches.best()
    if best is None:
        return None
    # Text with few letters beyond ASCII fits several encodings alike: the commonest is meant.
    alike = {
        encoding
        for match in matches
        if (match.chaos, match.coherence) == (best.chaos, best.coherence)
        for encoding in match.could_be_from_charset
    }
    return next((encoding for encoding in _USUAL if encoding in alike), best.encoding)


def _is_written(text: str) -> bool:
    """Whether the text is made of what people write: next to no control characters."""
    sample = text[:_SAMPLE]
    odd = sum((c < " " and c not in "\t\n\r\f\x0b\x1b") or c == _LOST for c in sample)
    return odd <= 1 + len(sample) // 100
