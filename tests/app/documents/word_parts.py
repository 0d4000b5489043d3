"""Pieces of Word documents, as XML, and documents made of them."""

import io

import docx as word
from docx.oxml import parse_xml

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
RAISED = '<w:vertAlign w:val="superscript"/>'
LOWERED = '<w:vertAlign w:val="subscript"/>'
STYLES = f"""<w:styles {W}>
<w:style w:type="character" w:styleId="Raised"><w:rPr>{RAISED}</w:rPr></w:style>
<w:style w:type="character" w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Within"><w:basedOn w:val="Secret"/></w:style>
<w:style w:type="character" w:styleId="Round"><w:basedOn w:val="Round"/></w:style>
<w:style w:type="paragraph" w:styleId="Form"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>"""


def paragraph_with(*content: str) -> bytes:
    """A document of one paragraph, with some styles."""
    document = word.Document()
    for style in parse_xml(STYLES):
        document.styles.element.append(style)
    body = document.element.body
    body.insert(0, parse_xml(f"<w:p {W} {M}>{''.join(content)}</w:p>"))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def styled(text: str, *properties: str) -> str:
    return f'<w:r><w:rPr>{"".join(properties)}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def maths(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


HALF = f"<m:f><m:num>{maths('1')}</m:num><m:den>{maths('2')}</m:den></m:f>"
