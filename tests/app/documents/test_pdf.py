import io
from collections.abc import Callable

import pypdfium2
import pytest
from fpdf import FPDF
from PIL import Image

from thresher.app.documents.document import Document
from thresher.app.documents.errors import CorruptDocumentError, EncryptedDocumentError, OversizedDocumentError
from thresher.app.documents.limits import Limits
from thresher.app.documents.read import read_bytes


def made(write: Callable[[FPDF], None]) -> bytes:
    pdf = FPDF(unit="pt", format=(600, 800))
    pdf.set_font("Helvetica", size=12)
    pdf.add_page()
    write(pdf)
    return bytes(pdf.output())


def looks(text: str) -> str:
    """What a field or a note shows, as an object."""
    drawn = f"/Tx BMC BT /F1 12 Tf 2 5 Td ({text}) Tj ET EMC"
    head = f"/BBox[0 0 {max(200, 7 * len(text))} 20]/Resources<</Font<</F1 4 0 R>>>>/Length {len(drawn)}"
    return f"<</Subtype/Form{head}>>stream\n{drawn}\nendstream"


def filled(
    *laid_on: str,
    values: tuple[str, ...] = (),
    size: str = "/MediaBox[0 0 600 800]",
    all_sizes: str = "",
    content: str = "BT /F1 12 Tf 50 700 Td (Name:) Tj ET",
    picture: bytes = b"",
) -> bytes:
    """A form of one page with annotations laid on; objects 10, 11 … are the looks of `values`."""
    fields = " ".join(f"<</Type/Annot/Rect[100 695 300 715]{each}>>" for each in laid_on)
    resources = "/Font<</F1 4 0 R>>/XObject<</Scan 5 0 R>>"
    objects = {
        1: "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/DA(/F1 12 Tf 0 g)/DR<</Font<</F1 4 0 R>>>>>>>>",
        2: f"<</Type/Pages/Kids[3 0 R]/Count 1{all_sizes}>>",
        3: f"<</Type/Page/Parent 2 0 R{size}/Contents 6 0 R/Resources<<{resources}>>/Annots[{fields}]>>",
        4: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        5: "<</Subtype/Image/Width 700/Height 300/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode"
        f"/Length {len(picture)}>>stream\n{picture.decode('latin-1')}\nendstream",
        6: f"<</Length {len(content)}>>stream\n{content}\nendstream",
        **{number: looks(value) for number, value in enumerate(values, start=10)},
    }
    body = "\n".join(f"{number} 0 obj\n{text}\nendobj" for number, text in objects.items())
    return f"%PDF-1.7\n{body}\ntrailer<</Root 1 0 R>>\n%%EOF".encode("latin-1")


FIELD = "/Subtype/Widget/FT/Tx/T(name)/V(Ada Quill)/DA(/F1 12 Tf 0 g)"
SHOWN = "/AP<</N 10 0 R>>"


def box_of(document: Document, word: str) -> list[float]:
    start = document.text.index(word)
    box = document.place(start, start + len(word)).box
    assert box is not None
    return list(box)


def test_lines_columns_and_pages_in_reading_order(samples: dict[str, bytes]) -> None:
    document = read_bytes(samples["offer.pdf"], "offer.pdf")
    assert document.text == ("Offer 4711\nItem   Price\nNails, long   12.50\n\nTerms: thirty days\n")
    assert (document.kind, document.pages, document.ocr_pages, document.notes) == ("pdf", 2, 0, ())


def test_a_word_has_its_page_and_its_box_in_points_from_the_top_left(samples: dict[str, bytes]) -> None:
    document = read_bytes(samples["offer.pdf"], "offer.pdf")
    start = document.text.index("12.50")
    assert document.place(start, start + 5).page == 1
    left, top, right, bottom = box_of(document, "12.50")
    assert left == pytest.approx(300, abs=1)
    assert top < 120 < bottom  # the baseline
    assert 20 < right - left < 40
    assert bottom - top < 20
    terms = document.text.index("Terms")
    assert document.place(terms, terms + 5).page == 2


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_that_is_turned_reads_the_same_and_boxes_lie_on_the_page_as_shown(turn: int) -> None:
    def write(pdf: FPDF) -> None:
        pdf.text(50, 100, "First line")
        pdf.text(50, 130, "Second line")

    pdf = pypdfium2.PdfDocument(made(write))
    pdf[0].set_rotation(turn)
    out = io.BytesIO()
    pdf.save(out)
    document = read_bytes(out.getvalue(), "turned.pdf")
    assert document.text == "First line\nSecond line\n"
    left, top, right, bottom = box_of(document, "First")
    upright = {
        0: (left, top, right, bottom),
        90: (top, 800 - right, bottom, 800 - left),
        180: (600 - right, 800 - bottom, 600 - left, 800 - top),
        270: (600 - bottom, left, 600 - top, right),
    }
    assert upright[turn] == pytest.approx((50, 89, 72, 103), abs=2)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_text_that_lies_sideways_is_read_as_lines_of_its_own(turn: int) -> None:
    def write(pdf: FPDF) -> None:
        pdf.text(50, 50, "Upright words")
        with pdf.rotation(turn, 300, 400):
            pdf.text(300, 400, "Turned one")
            pdf.text(300, 420, "Turned two")

    document = read_bytes(made(write), "sideways.pdf")
    assert document.text == "Upright words\nTurned one\nTurned two\n"


def test_words_are_parted_where_the_file_has_no_spaces() -> None:
    def write(pdf: FPDF) -> None:
        at = 50.0
        for word in ("Due", "within", "thirty", "days"):
            pdf.text(at, 60, word)
            at += pdf.get_string_width(word) + 3

    assert read_bytes(made(write), "tight.pdf").text == "Due within thirty days\n"


def test_letters_that_are_placed_one_by_one_make_words() -> None:
    def write(pdf: FPDF) -> None:
        at = 50.0
        for letter in "4711":
            pdf.text(at, 60, letter)
            at += pdf.get_string_width(letter)

    assert read_bytes(made(write), "letters.pdf").text == "4711\n"


def test_a_page_that_is_a_picture_is_read_by_ocr_with_boxes_in_points(scan: Image.Image) -> None:
    def write(pdf: FPDF) -> None:
        pdf.image(scan, x=50, y=100, w=350, h=150)
        pdf.add_page()
        pdf.text(50, 60, "Typed page")

    document = read_bytes(made(write), "scan.pdf")
    assert "OFFER 4711" in document.text
    assert "Nails   12.50" in document.text
    assert "Typed page" in document.text
    assert (document.pages, document.ocr_pages) == (2, 1)
    start = document.text.index("12.50")
    region = document.regions_of(start, start + 5)[0]
    assert region.confidence is not None
    assert region.confidence > 0.8
    assert box_of(document, "12.50")[0] == pytest.approx(50 + 450 / 2, abs=6)
    assert box_of(document, "12.50")[1] == pytest.approx(100 + 140 / 2, abs=8)


def test_a_page_too_thin_for_text_costs_no_other() -> None:
    def write(pdf: FPDF) -> None:
        pdf.text(50, 60, "Total: 12.50")
        pdf.add_page(format=(6, 1000))
        pdf.image(Image.new("RGB", (6, 1000), "navy"), 0, 0, 6, 1000)

    document = read_bytes(made(write), "strip.pdf")
    assert document.text == "Total: 12.50\n\n"
    assert document.notes == ("page 2 holds no text",)


def test_an_empty_page_among_others_is_noted() -> None:
    def write(pdf: FPDF) -> None:
        pdf.text(50, 60, "One")
        pdf.add_page()

    document = read_bytes(made(write), "two.pdf")
    assert document.notes == ("page 2 holds no text",)


@pytest.mark.parametrize("kind", [FIELD, "/Subtype/FreeText/Contents(Ada Quill)"])
def test_what_was_filled_in_or_noted_is_read_where_it_stands(kind: str) -> None:
    document = read_bytes(filled(kind + SHOWN, values=("Ada Quill",)), "form.pdf")
    assert document.text == "Name:   Ada Quill\n"
    assert (document.ocr_pages, document.notes) == (0, ())
    assert box_of(document, "Ada")[0] == pytest.approx(102, abs=1)


@pytest.mark.parametrize("flags", [1, 4, 5, 2, 6, 32, 36])
def test_a_field_that_the_page_hides_is_not_read(flags: int) -> None:
    text = read_bytes(filled(f"{FIELD}{SHOWN}/F {flags}", values=("Ada Quill",)), "form.pdf").text
    assert text == ("Name:\n" if flags & (2 | 32) else "Name:   Ada Quill\n")


def test_values_and_notes_that_were_saved_without_their_looks_are_read() -> None:
    assert read_bytes(filled(FIELD), "form.pdf").text == "Name:   Ada Quill\n"

    def write(pdf: FPDF) -> None:
        pdf.text(50, 60, "Report")
        pdf.free_text_annotation("Ward 7", x=50, y=100, w=200, h=20)

    assert read_bytes(made(write), "noted.pdf").text == "Report\nWard 7\n"


def test_a_filled_page_keeps_the_size_that_it_has_from_the_file() -> None:
    sizes = "/MediaBox[0 0 1000 1000]/CropBox[20 50 600 900]"
    document = read_bytes(filled(FIELD + SHOWN, values=("Ada Quill",), size="", all_sizes=sizes), "form.pdf")
    for word, left in (("Name", 30), ("Ada", 82)):
        assert box_of(document, word)[0] == pytest.approx(left, abs=1)
        assert box_of(document, word)[3] == pytest.approx(203, abs=2)


def test_a_scanned_form_is_read_by_ocr_with_what_was_filled_in(scan: Image.Image) -> None:
    jpeg = io.BytesIO()
    scan.save(jpeg, "JPEG")
    values = ("Ada Quill", " ".join(["and more of it"] * 20))
    document = read_bytes(
        filled(
            FIELD + SHOWN,
            FIELD + "/AP<</N 11 0 R>>/Rect[20 20 580 28]",
            values=values,
            content="q 600 0 0 500 0 100 cm /Scan Do Q",
            picture=jpeg.getvalue(),
        ),
        "scan.pdf",
    )
    assert document.ocr_pages == 1
    assert "OFFER 4711" in document.text
    assert "Ada Quill" in document.text


def test_a_password_is_asked_for_by_name() -> None:
    def write(pdf: FPDF) -> None:
        pdf.set_encryption(owner_password="owner", user_password="user")
        pdf.text(50, 60, "secret")

    with pytest.raises(EncryptedDocumentError, match=r"locked\.pdf.*password"):
        read_bytes(made(write), "locked.pdf")


def test_a_pdf_that_ends_early_is_corrupt(samples: dict[str, bytes]) -> None:
    with pytest.raises(CorruptDocumentError, match=r"half\.pdf"):
        read_bytes(samples["offer.pdf"][:60], "half.pdf")


def test_too_many_pages(samples: dict[str, bytes]) -> None:
    with pytest.raises(OversizedDocumentError, match="more than 1 pages"):
        read_bytes(samples["offer.pdf"], "offer.pdf", limits=Limits(pages=1))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_of_a_picture_beside_the_text_it_is_said_that_it_was_not_read(turn: int, scan: Image.Image) -> None:
    def write(pdf: FPDF) -> None:
        pdf.text(50, 60, "See the receipt below.")
        pdf.image(scan, 50, 100, 400, 400)
        pdf.add_page()
        pdf.image(scan, 0, 0, pdf.w, pdf.h)  # a scan that has a text layer, as programs for OCR make
        for line in range(12):
            pdf.text(50, 60 + 20 * line, "Nails, screws and more")
        pdf.add_page()
        pdf.text(50, 60, "With a mark on the paper")
        pdf.image(scan, 50, 100, 100, 100)

    turned = pypdfium2.PdfDocument(made(write))
    for page in turned:
        page.set_rotation(turn)
    out = io.BytesIO()
    turned.save(out)
    document = read_bytes(out.getvalue(), "a.pdf")
    assert document.ocr_pages == 0
    (note,) = document.notes
    assert note.startswith("page 1 has a picture beside its text")


def test_a_blank_strip_of_a_scan_that_has_a_text_layer_is_no_picture_beside_it(scan: Image.Image) -> None:
    def write(pdf: FPDF) -> None:
        for strip in range(3):
            pdf.image(scan, 0, strip * pdf.h / 3, pdf.w, pdf.h / 3)
        for line in range(12):
            pdf.text(50, 60 + 20 * line, "Nails, screws and more")

    document = read_bytes(made(write), "a.pdf")
    assert (document.ocr_pages, document.notes) == (0, ())
