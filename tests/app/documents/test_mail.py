import io
from email.message import EmailMessage

import pytest
from PIL import Image

from thresher.app.documents.errors import (
    MislabelledDocumentError,
    OversizedDocumentError,
    UnsupportedDocumentError,
)
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


@pytest.mark.parametrize("plain", ["", " \n", "This mail is in HTML.\n"])
def test_html_is_read_where_the_plain_text_only_stands_in_for_it(plain: str) -> None:
    message = EmailMessage()
    message["From"] = "a@example.org"
    message.set_content(plain)
    rows = "".join(f"<tr><td>Nails</td><td>{price}.50</td></tr>" for price in range(10, 15))
    message.add_alternative(f"<table>{rows}</table><p>Total: 62.50</p>", subtype="html")
    document = read_bytes(message.as_bytes(), "mail.eml")
    assert document.text.endswith(
        "\n\nNails\t10.50\nNails\t11.50\nNails\t12.50\nNails\t13.50\nNails\t14.50\nTotal: 62.50\n"
    )
    assert document.notes == ()
    assert part_of(document, "62.50") == "body"


def test_a_short_text_before_html_that_is_no_other_form_of_it_is_read() -> None:
    message = EmailMessage()
    message["From"] = "a@example.org"
    message.set_content("See below.\n")
    message.make_mixed()
    below = EmailMessage()
    below.set_content(f"<p>{'Nails at 12.50. ' * 10}</p>", subtype="html")
    message.attach(below)
    text = read_bytes(message.as_bytes(), "mail.eml").text
    assert "See below." in text
    assert text.count("12.50") == 10


def test_html_with_its_pictures_beside_the_plain_body_is_not_read_again(samples: dict[str, bytes]) -> None:
    message = EmailMessage()
    message["From"] = "a@example.org"
    message.set_content("Total: 12.50\n")
    message.add_alternative("<p>Total: <b>12.50</b></p>", subtype="html")
    html = message.get_payload(1)
    assert isinstance(html, EmailMessage)
    html.add_related(samples["offer.pdf"], "application", "pdf", filename="inline.pdf")
    html.add_attachment("<p>a file of its own</p>", subtype="html", filename="notes.html")
    document = read_bytes(message.as_bytes(), "mail.eml")
    assert document.text.count("12.50") == 2  # in the body and in the PDF
    assert part_of(document, "Terms: thirty days") == "inline.pdf"
    assert part_of(document, "a file of its own") == "notes.html"


def test_a_plain_body_goes_on_below_a_picture() -> None:
    message, plain, below = EmailMessage(), EmailMessage(), EmailMessage()
    plain.set_content("Total: 12.50\n")
    plain.make_mixed()
    below.set_content("Due: in May\n")
    plain.attach(below)
    message["From"] = "a@example.org"
    message.make_alternative()
    message.attach(plain)
    message.add_alternative("<p>Total: 12.50</p><p>Due: in May</p>", subtype="html")
    text = read_bytes(message.as_bytes(), "mail.eml").text
    assert (text.count("12.50"), text.count("in May")) == (1, 1)


def test_a_message_below_a_list_s_heading_is_read_once() -> None:
    inner = EmailMessage()
    inner.set_content("Total: 12.50\n")
    inner.add_alternative("<p>Total: <b>12.50</b></p>", subtype="html")
    message = EmailMessage()
    message["From"] = "list@example.org"
    message.set_content("To the members of the list\n")
    message.make_mixed()
    message.attach(inner)
    text = read_bytes(message.as_bytes(), "listed.eml").text
    assert "To the members" in text
    assert text.count("12.50") == 1


def test_a_message_without_an_ending_is_known_by_its_headers(samples: dict[str, bytes]) -> None:
    assert read_bytes(samples["offer.eml"], "message").kind == "email"


def test_a_header_that_lies_about_the_encoding_loses_nothing() -> None:
    head = 'From: a@example.org\nSubject: x\nContent-Type: text/plain; charset="no-such"\n\n'
    data = f"{head}Grüße\n".encode()
    assert read_bytes(data, "odd.eml").text.endswith("Grüße\n")


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Łódź, Żółć: 12,50", "iso-8859-2"),
        ("Счет от Иванов", "koi8-r"),
        ("請求書 1000", "iso-2022-jp"),
        ("“Grüße” für 10 €", "windows-1252"),
    ],
)
@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_text_is_in_the_encoding_that_its_header_names(text: str, charset: str, subtype: str) -> None:
    message = EmailMessage()
    message["From"] = "a@example.org"
    message.set_content(text, subtype=subtype, charset=charset)
    message.add_attachment(text, subtype=subtype, charset=charset, filename="as attached")
    document = read_bytes(message.as_bytes(), "mail.eml")
    assert document.text.count(text) == 2
    if charset == "windows-1252":
        said = message.as_bytes().replace(b"windows-1252", b"iso-8859-1")
        assert read_bytes(said, "mail.eml").text == document.text


def test_a_picture_that_only_draws_a_line_costs_nothing_but_itself() -> None:
    line = io.BytesIO()
    Image.new("RGB", (2400, 8), "navy").save(line, "PNG")
    message = EmailMessage()
    message["From"] = "a@example.org"
    message.set_content("<p>Total: 12.50</p><img src='cid:line'>", subtype="html")
    message.add_related(line.getvalue(), "image", "png", cid="<line>", filename="line.png")
    document = read_bytes(message.as_bytes(), "mail.eml")
    assert "Total: 12.50" in document.text
    (note,) = document.notes
    assert note.startswith("attachment line.png: holds no text")


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


def message_of(subject: str) -> bytes:
    message = EmailMessage()
    message["From"] = "a@example.org"
    message["Date"] = "Mon, 01 Jan 2024 10:00:00 +0000"
    message["Subject"] = subject
    message.set_content(f"From here on {subject}.\n")
    message.add_attachment("terms", filename="terms.txt")
    return message.as_bytes()


@pytest.mark.parametrize(
    "line", ["From a@example.org Mon Jan  1 10:00:00 2024", "From - Mon Jan  1 10:00:00 2024"]
)
@pytest.mark.parametrize("name", ["Inbox", "inbox.mbox", "inbox.eml"])
def test_a_mailbox_is_refused_lest_all_but_its_first_message_be_lost(name: str, line: str) -> None:
    mailbox = b"\n".join(f"{line}\n".encode() + message_of(subject) for subject in ("one", "two"))
    with pytest.raises((UnsupportedDocumentError, MislabelledDocumentError), match=r"mailbox.*as \.eml"):
        read_bytes(mailbox, name)
    assert "two" in read_bytes(mailbox, "archive.txt").text  # as a mailing list keeps it


def test_to_tell_a_mailbox_costs_no_more_than_its_length() -> None:
    text = "From a " + "1:11 " * 100_000 + ".\n" + "x" * 100_000 + "\n"
    assert read_bytes(text.encode(), "a.txt").text == text


def test_one_message_as_a_mailbox_has_it_is_a_message() -> None:
    message = b"From a@example.org Mon Jan  1 10:00:00 2024\n" + message_of("one")
    assert "Subject: one" in read_bytes(message, "one.eml").text


def test_a_piece_of_html_among_the_parts_is_read_as_html() -> None:
    message = EmailMessage()
    message["From"] = "a@example.org"
    message.set_content("see below")
    message.add_attachment("<p>Total: <b>12.50</b></p>", subtype="html", disposition="inline")
    document = read_bytes(message.as_bytes(), "mail.eml")
    assert document.text.endswith("\n--- attachment 1.html ---\nTotal: 12.50\n")


def test_headers_in_an_encoding_that_nothing_names_are_read_and_told_of() -> None:
    text = "From: Jörg Groß <a@example.org>\nTo: b@example.org\nSubject: Prüfbericht für März\n\n12.50\n"
    document = read_bytes(text.encode("cp1252"), "mail.eml")
    assert document.text == text
    assert "read as windows-1252" in document.notes[0]
