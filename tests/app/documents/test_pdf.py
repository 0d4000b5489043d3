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


def test_an_empty_page_among_others_is_noted() -> None:
    def write(pdf: FPDF) -> None:
        pdf.text(50, 60, "One")
        pdf.add_page()

    document = read_bytes(made(write), "two.pdf")
    assert document.notes == ("page 2 holds no text",)


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
