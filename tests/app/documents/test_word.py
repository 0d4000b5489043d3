"""DOCX: what is read of it, in its order."""

import io
from unittest.mock import Mock

import docx as word
import pytest
from docx.oxml import parse_xml
from docx.shared import Cm
from PIL import Image

from thresher.app.documents import word as reading
from thresher.app.documents.read import read_bytes

from .word_parts import HALF, W, maths, paragraph_with, run


def test_a_word_document_in_its_order(samples: dict[str, bytes]) -> None:
    document = read_bytes(samples["offer.docx"], "offer.docx")
    assert document.kind == "docx"
    assert document.text == (
        "Ada & Co\nOffer 4711\nDear Ada,\tas agreed\nItem\tPrice\nNails\t12.50\nRegards\nPage foot\n"
    )
    assert "Nails" in [document.text[r.start : r.end] for r in document.regions]


def test_insertions_controls_and_boxes_are_read_and_deletions_are_not() -> None:
    document = word.Document()
    body = document.element.body
    for xml in (
        f"<w:p {W}><w:r><w:t>Price </w:t></w:r><w:ins><w:r><w:t>12</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>10</w:delText></w:r></w:del></w:p>",
        f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>In a control</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        f"<w:p {W}><w:r><w:t>Around</w:t></w:r><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>In a box</w:t>"
        "</w:r></w:p></w:txbxContent></w:pict></w:r></w:p>",
    ):
        body.insert(len(body) - 1, parse_xml(xml))
    out = io.BytesIO()
    document.save(out)
    read = read_bytes(out.getvalue(), "a.docx")
    assert read.text == "Price 12\nIn a control\nAround\nIn a box\n"
    assert read.notes == ("1 passage is deleted or struck out and was not read",)


def test_a_text_box_in_a_cell_is_read_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent>"
    run = (
        f'<w:r {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:AlternateContent>'
        f"<mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    document = word.Document()
    cells = document.add_table(1, 2).rows[0].cells
    cells[0].text = "Key"
    for paragraph in (cells[1].paragraphs[0], document.add_paragraph("Below ")):
        paragraph._p.append(parse_xml(run))
    out = io.BytesIO()
    document.save(out)
    assert read_bytes(out.getvalue(), "a.docx").text == "Key\tIn a box\nBelow\nIn a box\n"


def test_the_cells_of_a_table_stay_under_their_headings() -> None:
    document = word.Document()
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Head"
    table.cell(0, 2).text = "Sum"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "Both"
    for row in (1, 2):
        table.cell(row, 1).text, table.cell(row, 2).text = f"b{row}", f"c{row}"
    later = '<w:trPr><w:gridBefore w:val="2"/></w:trPr>'
    for content in (f"{later}<w:tc><w:p><w:r><w:t>9.50</w:t></w:r></w:p></w:tc>", ""):
        table._tbl.append(parse_xml(f"<w:tr {W}>{content}</w:tr>"))
    out = io.BytesIO()
    document.save(out)
    assert read_bytes(out.getvalue(), "a.docx").text == "Head\t\tSum\nBoth\tb1\tc1\n\tb2\tc2\n\t\t9.50\n"


def test_a_table_that_lays_the_page_out_is_read_line_by_line_and_the_tables_in_it_as_rows() -> None:
    document = word.Document()
    left, right = document.add_table(1, 2).rows[0].cells
    left.text, right.text = "Ada Lovelace\nLondon", "Engineer"
    right.add_paragraph("Acme, 2010 to 2014")
    inner = right.add_table(2, 2)
    for at, text in enumerate(("Skill", "Years", "Python", "4")):
        inner.cell(at // 2, at % 2).text = text
    outer = document.add_table(2, 2)
    outer.cell(0, 0).text, outer.cell(0, 1).text = "Item", "Sum"
    outer.cell(1, 0).text = "All in\none cell"
    out = io.BytesIO()
    document.save(out)
    assert read_bytes(out.getvalue(), "a.docx").text == (
        "Ada Lovelace\nLondon\nEngineer\nAcme, 2010 to 2014\nSkill\tYears\nPython\t4\n"
        "Item\tSum\nAll in\none cell\n"
    )


def test_tables_that_lie_in_one_another_are_looked_through_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = Mock(side_effect=reading._text_of)
    monkeypatch.setattr(reading, "_text_of", looked)
    document = word.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    for _ in range(20):
        cell.text = "outer"
        cell = cell.add_table(1, 1).cell(0, 0)
    for number in range(200):
        cell.add_paragraph(str(number))
    out = io.BytesIO()
    document.save(out)
    assert read_bytes(out.getvalue(), "a.docx").text.count("outer\n") == 20
    assert looked.call_count < 2 * 250


@pytest.mark.parametrize(("wide", "told"), [(14, True), (4, False)])
def test_of_a_large_picture_beside_the_text_it_is_said_that_it_was_not_read(wide: float, told: bool) -> None:
    picture, out = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (40, 30)).save(picture, "PNG")
    document = word.Document()
    document.add_paragraph("See the receipt below.")
    document.add_picture(picture, width=Cm(wide))
    document.save(out)
    notes = read_bytes(out.getvalue(), "a.docx").notes
    assert [note.partition(",")[0] for note in notes] == ["the document has a picture beside its text"] * told


def test_lines_of_a_cell_among_others_stay_in_its_row() -> None:
    document = word.Document()
    table = document.add_table(2, 2)
    for at, text in enumerate(("Item", "Sum", "Nails\nlong", "12.50")):
        table.cell(at // 2, at % 2).text = text
    out = io.BytesIO()
    document.save(out)
    assert read_bytes(out.getvalue(), "a.docx").text == "Item\tSum\nNails long\t12.50\n"


def test_a_column_in_which_no_row_has_text_is_none() -> None:
    document = word.Document()
    table = document.add_table(2, 9)
    for row, key, value in ((0, "Name", "Bob"), (1, "Sum", "5")):
        table.cell(row, 0).merge(table.cell(row, 6)).text, table.cell(row, 8).text = key, value
    out = io.BytesIO()
    document.save(out)
    assert read_bytes(out.getvalue(), "a.docx").text == "Name\tBob\nSum\t5\n"


def test_what_a_header_aligns_with_tabs_is_read_apart() -> None:
    tab = '<w:r><w:ptab w:relativeTo="margin" w:alignment="center" w:leader="none"/></w:r>'
    document = word.Document()
    header = document.sections[0].header.paragraphs[0]._p
    for xml in (run("ACME Ltd"), tab, run("Invoice 123"), tab, run("1 May 2024")):
        header.append(parse_xml(xml.replace("<w:r>", f"<w:r {W}>", 1)))
    out = io.BytesIO()
    document.save(out)
    assert read_bytes(out.getvalue(), "a.docx").text == "ACME Ltd\tInvoice 123\t1 May 2024\n"


MEAN = f"<m:f><m:num>{maths('a+b')}</m:num><m:den>{maths('2')}</m:den></m:f>"
MILLION = f"<m:sSup><m:e>{maths('10')}</m:e><m:sup>{maths('6')}</m:sup></m:sSup>"
BRACKETS = f"{maths('2')}<m:d><m:e>{maths('3+4')}</m:e></m:d>"
LINES = '<m:dPr><m:begChr m:val="|"/><m:endChr m:val="|"/></m:dPr>'
PAIR = '<m:dPr><m:sepChr m:val=";"/></m:dPr>'


@pytest.mark.parametrize(
    ("equation", "read"),
    [
        (maths("5 mg"), "5 mg"),
        (HALF, "1/2"),
        (MEAN, "(a+b)/2"),
        (MILLION, "10^6"),
        (BRACKETS, "2(3+4)"),
        (maths("2") + HALF + maths("x"), "2 1/2 x"),
        (MILLION + maths("5"), "10^6 5"),
        (f"<m:d>{LINES}<m:e>{maths('-5')}</m:e></m:d>", "|-5|"),
        (f"<m:d>{PAIR}<m:e>{maths('1')}</m:e><m:e>{maths('2')}</m:e></m:d>", "(1;2)"),
    ],
)
def test_an_equation_is_read_in_its_line(equation: str, read: str) -> None:
    data = paragraph_with(run("The dose was "), f"<m:oMath>{equation}</m:oMath>", run(" daily"))
    assert read_bytes(data, "a.docx").text == f"The dose was {read} daily\n"


def test_what_cannot_stand_in_a_line_is_no_other_number() -> None:
    root = f"<m:rad><m:radPr/><m:deg>{maths('3')}</m:deg><m:e>{maths('8')}</m:e></m:rad>"
    document = read_bytes(paragraph_with(run("It is "), f"<m:oMath>{root}</m:oMath>"), "a.docx")
    assert document.text == "It is \ufffd\n"
    assert len(document.notes) == 1


def test_two_equations_of_a_paragraph_have_a_line_each() -> None:
    both = "".join(f"<m:oMath>{maths(text)}</m:oMath>" for text in ("x=12", "34=y"))
    document = read_bytes(paragraph_with(f"<m:oMathPara>{both}</m:oMathPara>"), "a.docx")
    assert document.text == "x=12\n34=y\n"


def test_a_character_of_a_symbol_font_is_read_by_its_font() -> None:
    ticked = '<w:r><w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>\uf0fe</w:t></w:r>'
    assert read_bytes(paragraph_with(ticked, run(" paid")), "a.docx").text == "☑ paid\n"
    document = read_bytes(paragraph_with(run("\uf0fe paid")), "a.docx")
    assert (document.text, len(document.notes)) == ("\ufffd paid\n", 1)


@pytest.mark.parametrize(
    ("font", "code", "read"),
    [
        ("Wingdings", "F0FE", "☑"),
        ("Wingdings", "F0A8", "☐"),
        ("Wingdings", "F06F", "☐"),
        ("Wingdings", "00FD", "☒"),
        ("Wingdings", "F0FC", "✓"),
        ("Wingdings", "F081", "①"),
        ("Wingdings 2", "F052", "☑"),
        ("Wingdings 2", "F0A3", "☐"),
        ("Symbol", "F0B1", "±"),
        ("Symbol", "F06D", "μ"),
        ("Symbol", "F05F", "_"),
        ("Symbol", "F07E", "∼"),
        ("Symbol", "F0BC", "…"),
        ("MS Gothic", "2612", "☒"),
    ],
)
def test_a_sign_of_a_symbol_font_is_read(font: str, code: str, read: str) -> None:
    document = read_bytes(
        paragraph_with(run("Accepted: "), f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'), "a.docx"
    )
    assert document.text == f"Accepted: {read}\n"
    assert document.notes == ()


@pytest.mark.parametrize("code", ["F0FE", "", "x", "FFFFFFFFF"])
def test_a_sign_that_is_not_known_is_noted(code: str) -> None:
    data = paragraph_with(run("Accepted: "), f'<w:r><w:sym w:font="Webdings" w:char="{code}"/></w:r>')
    document = read_bytes(data, "a.docx")
    assert document.text == "Accepted: \ufffd\n"
    assert document.notes == ("1 character is not known and read as \ufffd: look at the document itself",)
