"""How fast documents are read, beside other readers: python tests/benchmarks/bench_reading.py [ROUNDS]

A PDF of 100 pages of text beside pdfplumber (with layout and without), and ten scans of receipts beside
rapidocr as it comes. The readers take turns, so that a machine that slows down slows all of them; the table
gives medians and how many times as long the other took.
"""

import io
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pdfplumber
import pypdfium2
import rapidocr
from fpdf import FPDF
from PIL import Image

from thresher.app.documents.read import read_document

PAGES, LINES, SCANS = 100, 45, 10
ITEMS = (
    "Nails",
    "Screws, long",
    "Paint, white",
    "Brush",
    "Timber 2 m",
    "Hinge",
    "Sand paper",
    "Glue",
    "Lamp",
)


def text_pdf(folder: Path) -> Path:
    """Invoices of one page each: a heading, and a table of four columns."""
    chance = random.Random(4711)
    pdf = FPDF(unit="pt", format="A4")
    pdf.set_font("Helvetica", size=10)
    for page in range(PAGES):
        pdf.add_page()
        pdf.text(50, 50, f"Invoice {page:05}   Due within thirty days of the date of this invoice")
        for line in range(LINES):
            at = 80 + 15 * line
            pdf.text(50, at, str(line + 1))
            pdf.text(90, at, chance.choice(ITEMS))
            pdf.text(300, at, f"{chance.randrange(1, 100)} pieces")
            pdf.text(450, at, f"{chance.randrange(100, 99_999) / 100:,.2f}")
    path = folder / "invoices.pdf"
    pdf.output(str(path))
    return path


def scans(folder: Path) -> list[Path]:
    """Receipts, typed into a PDF, rendered at 150 dots an inch, with the noise of a scanner."""
    chance = random.Random(4712)
    paths = []
    for number in range(SCANS):
        pdf = FPDF(unit="pt", format=(280, 480))
        pdf.set_font("Courier", size=11)
        pdf.add_page()
        pdf.text(60, 40, "ADA & CO HARDWARE")
        pdf.text(60, 58, f"Receipt {4711 + number}")
        total = 0.0
        for line in range(18):
            price = chance.randrange(100, 9_999) / 100
            total += price
            pdf.text(20, 90 + 18 * line, chance.choice(ITEMS))
            pdf.text(200, 90 + 18 * line, f"{price:8.2f}")
        pdf.text(20, 440, "TOTAL")
        pdf.text(200, 440, f"{total:8.2f}")
        picture = pypdfium2.PdfDocument(bytes(pdf.output()))[0].render(scale=150 / 72).to_pil().convert("L")
        noise = Image.effect_noise(picture.size, 40)
        path = folder / f"receipt-{number}.png"
        Image.blend(picture, noise, 0.15).rotate(0.4, fillcolor=255).save(path)
        paths.append(path)
    return paths


def taking_turns(readers: dict[str, Callable[[], int]], rounds: int) -> dict[str, tuple[float, int]]:
    """The median seconds of each reader and the characters that it read. The first turn warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in readers}
    characters = {}
    for turn in range(rounds + 1):
        for name, read in readers.items():
            start = time.perf_counter()
            characters[name] = read()
            if turn:
                seconds[name].append(time.perf_counter() - start)
    return {name: (median(taken), characters[name]) for name, taken in seconds.items()}


def table(title: str, units: int, unit: str, results: dict[str, tuple[float, int]]) -> str:
    """The results as lines; the first reader is ours and the measure of the rest."""
    ours = next(iter(results.values()))[0]
    out = io.StringIO()
    out.write(f"{title}\n{'':26}{'seconds':>10}{f's/{unit}':>10}{'characters':>12}{'times ours':>12}\n")
    for name, (seconds, characters) in results.items():
        out.write(f"{name:26}{seconds:10.2f}{seconds / units:10.4f}{characters:12,}{seconds / ours:12.2f}\n")
    return out.getvalue()


def main(rounds: int = 3) -> None:
    """Make the files, let the readers take turns, and print the tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pdf, pictures = text_pdf(folder), scans(folder)
        plain: Any = rapidocr.RapidOCR(params={"Global.log_level": "critical"})

        def plumber(*, layout: bool) -> int:
            with pdfplumber.open(pdf) as opened:
                return sum(len(page.extract_text(layout=layout)) for page in opened.pages)

        text = taking_turns(
            {
                "thresher": lambda: len(read_document(pdf).text),
                "pdfplumber": lambda: plumber(layout=False),
                "pdfplumber, layout": lambda: plumber(layout=True),
            },
            rounds,
        )
        ocr = taking_turns(
            {
                "thresher": lambda: sum(len(read_document(path).text) for path in pictures),
                "rapidocr as it comes": lambda: sum(
                    len("\n".join(plain(str(path)).txts or ())) for path in pictures
                ),
            },
            rounds,
        )
    sys.stdout.write(table(f"Text: a PDF of {PAGES} pages, median of {rounds}", PAGES, "page", text) + "\n")
    sys.stdout.write(table(f"OCR: {SCANS} scans of receipts, median of {rounds}", SCANS, "scan", ocr))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
