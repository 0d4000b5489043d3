"""Small documents of every format, written here: each holds the same offer."""

import io
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from functools import cache

import pytest
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

HTML = """<!DOCTYPE html><html><head><title>Offer 4711</title><style>.x { display: none }</style></head>
<body><h1>Offer 4711</h1><p>Nails for <b>Ada</b> Lovelace</p>
<table><tr><th>Item</th><th>Price</th></tr><tr><td>Nails</td><td>12.50</td></tr></table>
<script>var secret = 1</script><p class="x">hidden by sheet</p><p hidden>hidden by attribute</p>
<p style="display:none">hidden by style</p></body></html>"""


@cache
def pdf() -> bytes:
    page = FPDF(unit="pt", format=(600, 800))
    page.set_font("Helvetica", size=12)
    page.add_page()
    page.text(50, 60, "Offer 4711")
    page.text(50, 100, "Item")
    page.text(300, 100, "Price")
    page.text(50, 120, "Nails, long")
    page.text(300, 120, "12.50")
    page.add_page()
    page.text(50, 60, "Terms: thirty days")
    return bytes(page.output())


@cache
def picture() -> Image.Image:
    image = Image.new("RGB", (700, 300), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(36)
    draw.text((30, 40), "OFFER 4711", fill="black", font=font)
    draw.text((30, 130), "Nails", fill="black", font=font)
    draw.text((450, 130), "12.50", fill="black", font=font)
    draw.text((30, 220), "Total", fill="black", font=font)
    draw.text((450, 220), "13.75", fill="black", font=font)
    return image


@cache
def image(format_name: str = "PNG") -> bytes:
    out = io.BytesIO()
    picture().save(out, format_name)
    return out.getvalue()


@cache
def docx() -> bytes:
    import docx as word

    document = word.Document()
    document.sections[0].header.paragraphs[0].text = "Ada & Co"
    document.sections[0].footer.paragraphs[0].text = "Page foot"
    document.add_heading("Offer 4711", 1)
    document.add_paragraph("Dear Ada,\tas agreed")
    table = document.add_table(2, 2)
    for row, texts in enumerate((("Item", "Price"), ("Nails", "12.50"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    document.add_paragraph("Regards")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@cache
def xlsx() -> bytes:
    import datetime

    import openpyxl

    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Offer"
    sheet.append(["Item", None, "Price", "Share", "Day", "Paid"])
    sheet.append(["Nails", None, 12.5, 0.25, datetime.date(2024, 3, 1), True])
    sheet["D2"].number_format = "0%"
    sheet["B5"] = "Total"
    sheet["C5"] = 0.1 + 0.2
    hidden = workbook.create_sheet("Secret")
    hidden.sheet_state = "hidden"
    hidden["A1"] = "hidden"
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


@cache
def eml() -> bytes:
    message = EmailMessage()
    message["From"] = "Ada Lovelace <ada@example.org>"
    message["To"] = "buyer@example.org"
    message["Subject"] = "Offer 4711 über Nägel"
    message["Date"] = "Fri, 01 Mar 2024 10:00:00 +0000"
    message.set_content("Dear buyer,\nsee the attachment.\n")
    message.add_alternative("<p>Dear buyer, in HTML</p>", subtype="html")
    for name, data in (("offer.pdf", pdf()), ("offer.xlsx", xlsx()), ("broken.pdf", b"%PDF-1.7 no more")):
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    inner = EmailMessage()
    inner["From"] = "carl@example.org"
    inner["Subject"] = "Earlier"
    inner.set_content("We need nails.")
    message.add_attachment(inner)
    return message.as_bytes()


#: One document a kind, by its file name; the picture is left to the tests that can spare its seconds.
SAMPLES: dict[str, Callable[[], bytes]] = {
    "offer.pdf": pdf,
    "offer.docx": docx,
    "offer.xlsx": xlsx,
    "offer.csv": lambda: b'Item;Price\nNails;12,50\n"Screws; long";3,20\n',
    "offer.html": HTML.encode,
    "offer.eml": eml,
    "offer.txt": lambda: "Offer 4711\r\n\r\n  Nails\t12.50 €\r\n".encode(),
    "offer.md": lambda: b"# Offer 4711\n\n| Item | Price |\n",
}


@pytest.fixture(scope="session")
def samples() -> dict[str, bytes]:
    """The bytes of a document of every kind that is read without OCR, by file name."""
    return {name: make() for name, make in SAMPLES.items()}


@pytest.fixture(scope="session")
def scan() -> Image.Image:
    """A picture of the offer, as a scanner would give it."""
    return picture()


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with one part changed, or added where `change` is given nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
        if name not in old.namelist():
            new.writestr(name, change(b""))
    return out.getvalue()
