"""EML: the headers that a person reads, the body, and each attachment through the reader of its format.

Knows no other format: whoever calls hands in the reader.
"""

import codecs
import email
import email.policy
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage, MIMEPart

from thresher.adapters.errors import DocumentError
from thresher.app.documents.draft import Draft
from thresher.app.documents.errors import CorruptDocumentError, OversizedDocumentError
from thresher.app.documents.html import read_html
from thresher.app.documents.parsing import parsing
from thresher.app.documents.text import decoded_or_none, note_lost, utf8_or_none

_HEAD_ENDS = re.compile(rb"\r?\n\r?\n")
_HEADERS = ("From", "To", "Cc", "Date", "Subject")
#: The part that stands for the message itself in a region.
BODY = "body"
#: A plain text shorter than this share of its HTML is none: empty, or a word on what program shows the mail.
STAND_IN = 0.5
#: What a part without a name is called by its type: of a piece of HTML its text alone would not tell.
_ENDINGS = {"text/html": ".html", "text/csv": ".csv"}

ReadPart = Callable[[Draft, bytes], str]


def read_mail(data: bytes, draft: Draft, read_part: ReadPart) -> None:
    """Append the message's text. An attachment that cannot be read becomes a note.

    Raises OversizedDocumentError beyond `limits.depth` or `limits.parts`, CorruptDocumentError.
    """
    if draft.depth > draft.limits.depth:
        raise OversizedDocumentError(
            f"{draft.name}: messages lie in one another more than {draft.limits.depth} deep. "
            "Save the inner message as a file of its own and add that."
        )
    data = _with_readable_head(data, draft)
    with parsing(draft.name, "e-mail message"):
        message = email.message_from_bytes(data, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
    body = _body_of(message, draft)
    _write_head_and_body(message, body, draft)
    for number, part in enumerate(_attachments(message, body, draft), start=1):
        if number > draft.limits.parts:
            raise OversizedDocumentError(
                f"{draft.name}: has more than {draft.limits.parts} attachments. "
                "Add them as files of their own."
            )
        _read_attachment(part, number, draft, read_part)


def _with_readable_head(data: bytes, draft: Draft) -> bytes:
    """The message, its headers in UTF-8: some programs write them in an encoding that nothing names."""
    found = _HEAD_ENDS.search(data)
    head = data[: found.start()] if found else data
    text = None if utf8_or_none(head) is not None else decoded_or_none(head, draft)
    return data if text is None else text.encode() + data[len(head) :]


def _body_of(message: EmailMessage, draft: Draft) -> MIMEPart | None:
    """The plain text, or the HTML where there is none or the plain text only stands in for it."""
    with parsing(draft.name, "e-mail message"):
        body = message.get_body(("plain", "html"))
        choices = [part for part in message.walk() if part.get_content_type() == "multipart/alternative"]
    around = next((part for part in choices if _holds(part, body, draft)), None)
    if body is None or around is None:
        return body
    with parsing(draft.name, "e-mail message"):
        html = around.get_body(("html",))
    if html is None or html is body:
        return body
    full = draft.child(draft.name)
    read_html(_bytes_of(html, draft), full)
    plain = _text_of(_bytes_of(body, draft), full)
    return html if _letters(plain) < STAND_IN * _letters(full.text) else body


def _letters(text: str) -> int:
    return len("".join(text.split()))


def _write_head_and_body(message: EmailMessage, body: MIMEPart | None, draft: Draft) -> None:
    inner = draft.child(draft.name)
    for name in _HEADERS:
        if text := " ".join(_header(message, name, draft).split()):
            inner.lines(f"{name}: {text}")
    inner.write("\n")
    if body is not None:
        data = _bytes_of(body, draft)
        if _type_of(body, draft) == "text/html":
            read_html(data, inner)
        else:
            inner.lines(_text_of(data, inner))
    draft.absorb(inner, BODY)


def _header(message: EmailMessage, name: str, draft: Draft) -> str:
    """A header's value, decoded; as it stands where it is malformed: no reason to lose the message."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    try:
        with parsing(draft.name, "e-mail message"):
            return str(message.get(name, ""))
    except CorruptDocumentError:
        return str(raw)


def _type_of(part: MIMEPart, draft: Draft) -> str:
    with parsing(draft.name, "e-mail message"):
        return part.get_content_type()


def _text_of(data: bytes, draft: Draft) -> str:
    text = decoded_or_none(data, draft)
    if text is None:
        text = data.decode("utf-8", errors="replace")
        note_lost(text, draft)
    return text


def _bytes_of(part: MIMEPart, draft: Draft) -> bytes:
    """The part's bytes; of text, in UTF-8 where its header names another encoding and is right."""
    with parsing(draft.name, "e-mail message"):
        payload = part.get_payload(decode=True)
        charset = part.get_content_charset() if part.get_content_maintype() == "text" else None
    data = payload if isinstance(payload, bytes) else b""
    if charset is None:
        return data
    try:
        # Who says Latin-1 means Windows' own: as Latin-1 its quotes and "€" would be control characters.
        name = codecs.lookup(charset).name
        return data.decode("cp1252" if name == "iso8859-1" else name).encode()
    except (LookupError, ValueError):  # the header is wrong
        return data


def _holds(part: MIMEPart, inner: MIMEPart | None, draft: Draft) -> bool:
    with parsing(draft.name, "e-mail message"):
        return any(each is inner for each in part.walk())


def _attachments(message: EmailMessage, body: MIMEPart | None, draft: Draft) -> Iterator[EmailMessage]:
    """The leaves of the message that are neither its body nor another form of it; messages whole.

    Of an alternative without the body, which follows a mailing list's heading say, one form.
    """
    stack = [(message, "")]
    while stack:
        part, form = stack.pop()  # the type of the text that is read of the alternative around it
        if part is body:
            continue
        type_ = _type_of(part, draft)
        if type_ == "message/rfc822":
            yield part
        elif part.is_multipart():
            if type_ == "multipart/alternative" and not form:
                text = body if _holds(part, body, draft) else _body_of(part, draft)
                form = "" if text is None else _type_of(text, draft)
            inner = [p for p in part.get_payload() if isinstance(p, EmailMessage)]
            stack.extend((p, form) for p in reversed(inner))
        elif form and type_.startswith("text/") and type_ != form and not part.is_attachment():
            continue
        elif part is not message or body is None:
            yield part


def _read_attachment(part: EmailMessage, number: int, draft: Draft, read_part: ReadPart) -> None:
    with parsing(draft.name, "e-mail message"):
        name = " ".join((part.get_filename() or "").split())
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0)
            data = inner.as_bytes() if isinstance(inner, EmailMessage) else b""
            name = name or f"message {number}.eml"
        else:
            data = _bytes_of(part, draft)
            name = name or f"attachment {number}{_ENDINGS.get(part.get_content_type(), '')}"
    child = draft.child(name)
    try:
        read_part(child, data)
    except DocumentError as error:
        draft.notes.append(f"attachment {error}")
        return
    draft.write(f"\n--- {name} ---\n")
    draft.absorb(child, name)
