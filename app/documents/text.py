"""Plain text and Markdown, in any usual encoding."""

import codecs

from thresher.app.documents.draft import Draft
from thresher.app.documents.errors import CorruptDocumentError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Encodings that text without a mark is found in, beside UTF-8.
_USUAL = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "koi8_r",
    "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr",
]  # fmt: skip
_SAMPLE = 64 * 1024


def read_text(data: bytes, draft: Draft) -> None:
    """Append the text, a region a line. Raises CorruptDocumentError where the bytes are no text."""
    draft.lines(decoded(data, draft.name))


def decoded(data: bytes, name: str) -> str:
    """The bytes as text: by mark, else UTF-8, else by the likeliest of the usual encodings.

    Raises CorruptDocumentError where they are no text.
    """
    text = text_or_none(data)
    if text is None:
        raise CorruptDocumentError(
            f"{name}: is not text in any usual encoding. "
            "If it is another kind of document give it its proper ending, else save it again as UTF-8."
        )
    return text


def text_or_none(data: bytes) -> str | None:
    """As `decoded`; None where the bytes are no text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError:
                return None
    encoding = _wide(data) or "utf-8"
    text: str | None
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = _guessed(data)
    return text if text is not None and _is_written(text) else None


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


def _guessed(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    # Cut at a line's end, never within a character.
    sample = data if len(data) <= _SAMPLE else data[: data.rfind(b"\n", 0, _SAMPLE) + 1 or _SAMPLE]
    matches = from_bytes(sample, cp_isolation=_USUAL)
    best = matches.best()
    if best is None:
        return None
    # Text with few accented letters fits several code pages alike: the commonest is meant.
    alike = {m.encoding for m in matches if (m.chaos, m.coherence) == (best.chaos, best.coherence)}
    return data.decode("cp1252" if "cp1252" in alike else best.encoding, errors="replace")


def _is_written(text: str) -> bool:
    """Whether the text is made of what people write: next to no control characters."""
    sample = text[:_SAMPLE]
    odd = sum((c < " " and c not in "\t\n\r\f\x0b\x1b") or c == "\ufffd" for c in sample)
    return odd <= 1 + len(sample) // 100
