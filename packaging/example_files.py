"""Writes the example documents of the packs: PDF, DOCX, XLSX, a scan and a photograph of given texts."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from docx import Document
from fpdf import FPDF
from openpyxl import Workbook
from PIL import Image, ImageDraw, ImageFilter, ImageFont

#: A document's blocks: a text is a paragraph, or a heading if it starts with '# '; a tuple is a table's row.
Blocks = Sequence[str | tuple[str, ...]]

#: The files say that they were made on this day, so that making them again changes as little as can be.
MADE = datetime(2025, 1, 1, tzinfo=UTC)


def pdf(path: Path, blocks: Blocks) -> None:
    """A PDF with a text layer; columns of a table are equally wide."""
    page = FPDF(format="A4")
    page.set_creation_date(MADE)
    page.set_margin(22)
    page.add_page()
    for block in blocks:
        if isinstance(block, tuple):
            page.set_font("Helvetica", size=10)
            for cell in block:
                page.cell(page.epw / len(block), 6, cell)
            page.ln()
        elif block.startswith("# "):
            page.set_font("Helvetica", "B", 15)
            page.multi_cell(0, 8, block.removeprefix("# "), new_x="LMARGIN", new_y="NEXT")
        else:
            page.set_font("Helvetica", size=10)
            page.multi_cell(0, 5.5, block, align="L", new_x="LMARGIN", new_y="NEXT")
            page.ln(2)
    page.output(str(path))


def word(path: Path, blocks: Blocks) -> None:
    """A DOCX; neighbouring rows of one width form a table."""
    document = Document()
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.created = document.core_properties.modified = MADE
    table = None
    for block in blocks:
        if isinstance(block, tuple):
            if table is None or len(table.columns) != len(block):
                table = document.add_table(rows=0, cols=len(block))
            for cell, text in zip(table.add_row().cells, block, strict=True):
                cell.text = text
            continue
        table = None
        if block.startswith("# "):
            document.add_heading(block.removeprefix("# "), level=1)
        else:
            document.add_paragraph(block)
    document.save(str(path))


def sheets(path: Path, rows_by_sheet: dict[str, Sequence[Sequence[object]]]) -> None:
    """An XLSX of values, without formulas."""
    book = Workbook()
    book.properties.creator = ""
    book.properties.created = book.properties.modified = MADE.replace(tzinfo=None)
    book.remove(book.worksheets[0])
    for name, rows in rows_by_sheet.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        sheet.column_dimensions["A"].width = 34
    book.save(path)


def scan(path: Path, lines: Sequence[str], size: int = 24) -> None:
    """A grey, slightly crooked scan with specks, as PNG in 16 shades."""
    chance = random.Random(path.name)
    paper = _print(lines, size, paper=250, ink=40).rotate(0.4, Image.Resampling.BICUBIC, True, fillcolor=250)
    for _ in range(60):
        paper.putpixel((chance.randrange(paper.width), chance.randrange(paper.height)), 90)
    paper.quantize(16).save(path, optimize=True)


def photograph(path: Path, lines: Sequence[str], size: int = 26) -> None:
    """A receipt photographed on a table: turned, unevenly lit, a little blurred, as JPEG."""
    slip = _print(lines, size, paper=238, ink=45)
    mask = Image.new("L", slip.size, 255)
    turned = [i.rotate(2.2, Image.Resampling.BICUBIC, True, fillcolor=0) for i in (slip, mask)]
    table = Image.new("RGB", (slip.width + 140, slip.height + 140), (96, 70, 48))
    table.paste(turned[0].convert("RGB"), (50, 45), turned[1])
    light = Image.linear_gradient("L").resize(table.size).point(lambda v: 255 - v // 4)
    dark = Image.new("RGB", table.size, (0, 0, 0))
    Image.composite(table, dark, light).filter(ImageFilter.GaussianBlur(0.6)).save(path, quality=62)


def _print(lines: Sequence[str], size: int, paper: int, ink: int) -> Image.Image:
    """The lines on paper: a tab puts the rest of its line at the right edge."""
    font = ImageFont.load_default(size)
    width = max(int(font.getlength(line.replace("\t", "    "))) for line in lines) + 2 * size
    image = Image.new("L", (width, int(len(lines) * size * 1.5) + 2 * size), paper)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        y = size + number * size * 1.5
        left, _, right = line.partition("\t")
        draw.text((size, y), left, fill=ink, font=font)
        if right:
            draw.text((width - size - font.getlength(right), y), right, fill=ink, font=font)
    return image
