from email.message import EmailMessage

import pytest

from thresher.app.documents.errors import OversizedDocumentError
from thresher.app.documents.limits import Limits
from thresher.app.documents.read import read_bytes


def part_of(document: object, text: str) -> str | None:
    from thresher.app.documents.document import Document

    assert isinstance(document, Document)
    start = document.text.index(text)
    return document.place(start, start + len(text)).part


def test_headers_body_and_attachments_each_with_its_part(samples: dict[str, bytes]) -> None:
    document = read_bytes(samples["offer.eml"], "offer.eml")
    assert document.kind == "email"
    assert document.text.startswith(
        "From: Ada Lovelace <ada@example.org>\nTo: buyer@example.org\n"
        "Date: Fri, 01 Mar 2024 10:00:00 +0000\nSubject: Offer 4711 über Nägel\n\n"
        "Dear buyer,\nsee the attachment.\n"
    )
    assert "in HTML" not in document.text
    assert part_of(document, "see the attachment") == "body"
    assert part_of(document, "Terms: thirty days") == "offer.pdf"
    assert part_of(document, "25%") == "offer.xlsx"
    assert part_of(document, "We need nails.") == "message 4.eml > body"
    start = document.text.index("Terms")
    assert document.place(start, start + 5).page == 2
    assert document.pages == 2
    assert len(document.notes) == 2
    assert "offer.xlsx: sheet 'Secret' is hidden" in document.notes[0]
    assert document.notes[1].startswith("attachment broken.pdf: is damaged")


def test_a_message_in_html_alone() -> None:
    message = EmailMessage()
    message["From"] = "a@example.org"
    message["To"] = "b@example.org"
    message.set_content("<p>Total: <b>12.50</b></p><p hidden>not shown</p>", subtype="html")
    text = read_bytes(message.as_bytes(), "page.eml").text
    assert text.endswith("\n\nTotal: 12.50\n")


def test_a_message_without_an_ending_is_known_by_its_headers(samples: dict[str, bytes]) -> None:
    assert read_bytes(samples["offer.eml"], "message").kind == "email"


def test_a_header_that_lies_about_the_encoding_loses_nothing() -> None:
    head = 'From: a@example.org\nSubject: x\nContent-Type: text/plain; charset="no-such"\n\n'
    data = f"{head}Grüße\n".encode()
    assert read_bytes(data, "odd.eml").text.endswith("Grüße\n")


def test_messages_within_messages_end_at_the_limit() -> None:
    message = EmailMessage()
    message.set_content("innermost")
    for _ in range(4):
        outer = EmailMessage()
        outer["Subject"] = "around"
        outer.set_content("a layer")
        outer.add_attachment(message)
        message = outer
    data = message.as_bytes()
    assert "innermost" in read_bytes(data, "deep.eml").text
    shallow = read_bytes(data, "deep.eml", limits=Limits(depth=2))
    assert "innermost" not in shallow.text
    assert any("more than 2 deep" in note for note in shallow.notes)


def test_too_many_attachments() -> None:
    message = EmailMessage()
    message.set_content("see below")
    for number in range(3):
        message.add_attachment(b"text", maintype="text", subtype="plain", filename=f"{number}.txt")
    with pytest.raises(OversizedDocumentError, match="more than 2 attachments"):
        read_bytes(message.as_bytes(), "many.eml", limits=Limits(parts=2))
