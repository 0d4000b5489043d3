"""DOCX: runs that are hidden, deleted, struck out, raised or lowered."""

import io

import docx as word
import pytest
from docx.oxml import parse_xml

from thresher.app.documents.errors import EmptyDocumentError
from thresher.app.documents.read import read_bytes

from .word_parts import HALF, LOWERED, RAISED, W, maths, paragraph_with, run, styled


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (run("Revenue: 4,512") + styled("3", RAISED) + run(" thousand"), "Revenue: 4,512 3 thousand"),
        (run("1.5 × 10") + styled("6", RAISED), "1.5 × 10 6"),
        (run("10") + styled("-", RAISED) + styled("6", RAISED), "10 -6"),
        (run("2") + styled("1", RAISED) + run("/") + styled("2", LOWERED) + run(" baths"), "2 1/2 baths"),
        (run("on 4") + styled("th", RAISED) + run(", CO") + styled("2", LOWERED), "on 4th, CO2"),
        (run("4,51") + styled("2", '<w:vertAlign w:val="baseline"/>'), "4,512"),
        (run("4,5") + styled("12", RAISED) + styled("3", RAISED) + run("4"), "4,5 123 4"),
        (run("5") + styled("2", RAISED) + styled("3", LOWERED), "5 2 3"),
        (run("5") + styled("", RAISED) + run("6"), "56"),
        (run("10") + styled("3", RAISED) + f"<m:oMath>{HALF}</m:oMath>", "10 3 1/2"),
        (run("4,512") + styled("3", '<w:rStyle w:val="Raised"/>'), "4,512 3"),
    ],
)
def test_a_raised_or_lowered_number_is_no_part_of_another(content: str, read: str) -> None:
    assert read_bytes(paragraph_with(content), "a.docx").text == f"{read}\n"


@pytest.mark.parametrize(
    ("content", "read", "note"),
    [
        (
            styled("100", "<w:strike/>") + run("90"),
            "90",
            "1 passage is deleted or struck out and was not read",
        ),
        (
            styled("100", "<w:dstrike/>") + styled(" net", '<w:strike w:val="true"/>') + run("90"),
            "90",
            "1 passage is deleted or struck out and was not read",
        ),
        (
            run("a") + styled("5", "<w:vanish/>") + run("b") + styled("6", "<w:vanish/>"),
            "ab",
            "2 passages are hidden and were not read",
        ),
        (styled("5", '<w:rStyle w:val="Within"/>') + run("b"), "b", "1 passage is hidden and was not read"),
        ('<w:pPr><w:pStyle w:val="Form"/></w:pPr>' + run("5"), "", "1 passage is hidden and was not read"),
        ('<w:pPr><w:pStyle w:val="Form"/></w:pPr>' + styled("5", '<w:rStyle w:val="Secret"/>'), "5", None),
        ('<w:pPr><w:pStyle w:val="Form"/></w:pPr>' + styled("5", '<w:vanish w:val="0"/>'), "5", None),
        (styled("5", '<w:rStyle w:val="Round"/>', '<w:strike w:val="0"/>', "<w:webHidden/>"), "5", None),
        ("<w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>" + run("5") + styled(" ", "<w:vanish/>"), "5", None),
    ],
)
def test_what_is_hidden_or_struck_out_is_not_read_and_noted(
    content: str, read: str, note: str | None
) -> None:
    document = read_bytes(paragraph_with(content, f"<m:oMath>{maths('x')}</m:oMath>"), "a.docx")
    assert document.text == f"{read}x\n"
    assert document.notes == ((note,) if note else ())


def test_a_document_of_which_nothing_is_seen_says_so() -> None:
    with pytest.raises(EmptyDocumentError, match=r"a\.docx: all that it holds is hidden, deleted or struck"):
        read_bytes(paragraph_with(styled("5", "<w:vanish/>"), styled("6", "<w:strike/>")), "a.docx")


def styled_in_chain(bases: list[int]) -> bytes:
    """A document with a run of each of the styles, which are based on one another; the first is hidden."""
    document = word.Document()
    for number, base in enumerate(bases):
        hidden = "" if number else "<w:rPr><w:vanish/></w:rPr>"
        document.styles.element.append(
            parse_xml(f'<w:style {W} w:styleId="s{number}"><w:basedOn w:val="s{base}"/>{hidden}</w:style>')
        )
    paragraph = "".join(
        styled("x", f'<w:rStyle w:val="s{number}"/>') for number in reversed(range(len(bases)))
    )
    document.element.body.insert(0, parse_xml(f"<w:p {W}>{paragraph}{run('seen')}</w:p>"))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("first", [-1, 0, 19_999])
def test_styles_that_are_based_on_one_another_without_end_are_no_trap(first: int) -> None:
    document = read_bytes(styled_in_chain([first, *range(19_999)]), "a.docx")
    assert document.text == "seen\n"
    assert document.notes == ("1 passage is hidden and was not read",)
